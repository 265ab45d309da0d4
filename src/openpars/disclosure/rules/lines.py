"""One line of an accounting of disclosures, in plain words (specs/accounting.md section 1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.records.rules.elements import CATALOGUE

NAMED = 4
"""Kinds of data that a sentence names; the others are counted, and listed below it."""

_GIVEN = {
    "search": "was given, in answer to a search,",
    "open": "opened your record and was given",
    "list": "was given, in a list of several people,",
    "event": "was told by a subscription, as it happened, of a change of",
}
_LOOKED = {
    "account": "made this account of who was told of you",
    "client": "read, as your counsel, who was told of you",
    "own": "You read this account yourself",
    "audit": "looked, as an auditor, at who was told of you",
}
_PLACES = {name: place for place, name in enumerate(CATALOGUE)}


@dataclass(frozen=True)
class Line:
    """One disclosure in which a person was given. `agency` and `title` are names as of now; `index` is None while the
    log has not numbered the entry. `elsewhere`: of an arrest that was found to be somebody else's since; `muted`: what
    was asked has been destroyed. `salt` (hex) opens the entry where it is about this person alone."""

    disclosure: UUID
    at: datetime
    kind: str
    agency_ori: str
    agency: str
    number: int | None
    title: str
    clause: str
    purpose: str
    case_number: str | None
    elements: tuple[str, ...]
    records: int
    index: int | None
    tags: tuple[str, ...]
    elsewhere: bool
    muted: bool
    salt: str | None

    @property
    def is_look(self) -> bool:
        """Whether it is a look at these lines, rather than at the record."""
        return self.kind in _LOOKED


def sentence(line: Line, moment: str) -> str:
    """What happened, in one sentence for the person whom it is about; `moment` is when, in words."""
    if line.kind == "own":
        return f"{_LOOKED['own']} on {moment}, with a code from {line.agency}."
    who = f"{line.agency} ({line.agency_ori})"
    if line.is_look:
        return f"On {moment}, {who} {_LOOKED[line.kind]}{_allowed(line)}."
    what = data_words(line.elements)
    named = ", ".join(what[:NAMED])
    more = len(what) - NAMED
    if more > 0:
        named += f" and {more} more kind{'' if more == 1 else 's'} of data"
    case = f" in case {line.case_number}" if line.case_number else ""
    purpose = PURPOSES.get(line.purpose, line.purpose)
    return (
        f"On {moment}, {who} {_GIVEN.get(line.kind, 'was given')} your {named or 'data'},"
        f" for this purpose: {purpose}{case}{_allowed(line)}."
    )


def _allowed(line: Line) -> str:
    return f"; this was allowed, by clause {line.clause} of “{line.title}”" if line.clause else ""


def remarks(line: Line) -> tuple[str, ...]:
    """What else is to be known of a line, in sentences."""
    found = []
    if line.elsewhere:
        found.append("The arrest has since been found to be somebody else's; it was given under your name.")
    if line.muted:
        found.append("What was asked has been destroyed by a court's order; that it was asked still stands.")
    if line.index is None:
        found.append("The public log numbers this entry within a second or two.")
    return tuple(found)


def data_words(elements: Sequence[str]) -> tuple[str, ...]:
    """The kinds of data in plain words, in the catalogue's order: the name first."""
    split = sorted(
        (spelled.partition(":")[::2] for spelled in elements), key=lambda one: _PLACES.get(one[0], 0)
    )
    return tuple(_words(name, form) for name, form in split)


def _words(name: str, form: str) -> str:
    words = CATALOGUE[name].words if name in CATALOGUE else name
    return f"{words} ({form} only)" if form else words


def delayed_words(count: int, until: str) -> str:
    """What is said of lines that are put off: how many, and when they will be shown."""
    if count == 1:
        return f"One more line is put off, by order, and will be shown here on {until} at the latest."
    return f"{count} more lines are put off, by order, and will all be shown here by {until} at the latest."
