"""The account that a person is handed of who was told of them."""

from dataclasses import dataclass
from typing import ClassVar

from openpars.paper.issue import Issue


@dataclass(frozen=True, kw_only=True)
class AccountLine:
    """One disclosure in a sentence, with what is to be remarked of it; `data` are the kinds of data given, and
    `entry` is its place in the log."""

    words: str
    remarks: tuple[str, ...]
    data: tuple[str, ...]
    entry: str


@dataclass(frozen=True, kw_only=True)
class Accounting:
    """To whom a person's records were disclosed: for that person (specs/accounting.md). It does not name them.
    `commands` are what to type to check it, a line each."""

    kind: ClassVar[str] = "accounting"
    title: ClassVar[str] = "Who was told of you"

    issue: Issue
    summary: str
    lines: tuple[AccountLine, ...]
    delayed: str | None
    notes: tuple[str, ...]
    check: tuple[str, ...]
    commands: tuple[str, ...]
    complain: tuple[str, ...]
    reference: str
