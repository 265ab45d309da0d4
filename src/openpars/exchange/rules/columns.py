"""What a foreign file's columns are, declared as data: each is mapped, listed as not mapped, or forbidden.

A column that the declaration does not know is reported, so nothing of a file is dropped in silence; one whose
name holds a forbidden word (citizenship, immigration status) is dropped unread, and that is reported too.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openpars.errors import FileMalformed, Problem
from openpars.records.rules.elements import FORBIDDEN_WORDS


@dataclass(frozen=True)
class Column:
    """A column of a foreign file: where its value goes, or, with `to` empty, why it is not mapped."""

    name: str
    to: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class FileSpec:
    """A kind of file: `source` is written beside every row that comes from it."""

    source: str
    title: str
    columns: tuple[Column, ...]

    @property
    def needed(self) -> tuple[str, ...]:
        """Columns without which the file is not of this kind."""
        return tuple(column.name for column in self.columns if column.to)


@dataclass(frozen=True)
class Header:
    """What a file's first row says, by column position: `names` holds None where a column is not to be
    read."""

    names: tuple[str | None, ...]
    not_mapped: tuple[str, ...]
    unknown: tuple[str, ...]
    forbidden: tuple[str, ...]


def match(spec: FileSpec, first_row: Sequence[str]) -> Header:
    """Compare a file's first row with what `spec` declares. Raises FileMalformed where a needed column is
    missing or named twice."""
    given = [name.strip().lower() for name in first_row]
    declared = {column.name: column for column in spec.columns}
    problems = [
        Problem("first row", f"column `{name}` is missing: this is not a file of {spec.title}", 1)
        for name in spec.needed
        if name not in given
    ]
    problems += [
        Problem("first row", f"column `{name}` is named twice", 1)
        for name in spec.needed
        if given.count(name) > 1
    ]
    if problems:
        raise FileMalformed(problems)
    forbidden = tuple(name for name in given if is_forbidden(name))
    read = [name in declared and bool(declared[name].to) and name not in forbidden for name in given]
    return Header(
        names=tuple(name if kept else None for name, kept in zip(given, read, strict=True)),
        not_mapped=tuple(name for name in given if name in declared and not declared[name].to),
        unknown=tuple(name for name in given if name not in declared and name not in forbidden),
        forbidden=forbidden,
    )


def is_forbidden(name: str) -> bool:
    """Whether a column's name speaks of what OpenPARS never keeps (records.rules.elements)."""
    plain = name.lower().replace(" ", "_").replace("-", "_")
    return any(word in plain for word in FORBIDDEN_WORDS)
