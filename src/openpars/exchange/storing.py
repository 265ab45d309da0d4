"""From rows of a file to the records, batch by batch, and a report that accounts for every row.

Each piece holds all that its row needs, so a batch that the tables refuse is halved until the row at fault
stands alone: it is reported, the rest is stored. A run that was killed is resumed by running it again.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from openpars.errors import Refusal
from openpars.exchange.rules.columns import Header
from openpars.records import actions
from openpars.records.rules.rows import (
    ArraignmentRow,
    ArrestRow,
    BailRow,
    Batch,
    ChargeRow,
    CustodyRow,
    DispositionRow,
    IncidentRow,
    PersonRow,
    Row,
)

BATCH = 5_000
"""Rows of the file in one transaction."""

_RELATIONS: dict[type[Any], str] = {
    PersonRow: "persons",
    IncidentRow: "incidents",
    ArrestRow: "arrests",
    ChargeRow: "charges",
    CustodyRow: "custody",
    BailRow: "bail",
    ArraignmentRow: "arraignments",
    DispositionRow: "dispositions",
}


@dataclass(frozen=True)
class Piece:
    """What one row of a file becomes, or why it becomes nothing."""

    line: int
    rows: tuple[Row, ...] = ()
    reason: str = ""


@dataclass(frozen=True)
class Skipped:
    """A row that was not stored."""

    file: str
    line: int
    reason: str


@dataclass
class Report:
    """What an import did. `read` = `stored` + `len(skipped)`, always; `files`: rows read of each file;
    `added` and `known` count rows of records, by relation: known ones were there before, or are told by more
    than one row of the file. `kept_as_written`: words that no table translates, by column and word;
    `set_aside`: cells left out of a stored row, by column and reason."""

    read: int = 0
    stored: int = 0
    files: Counter[str] = field(default_factory=Counter)
    skipped: list[Skipped] = field(default_factory=list)
    added: Counter[str] = field(default_factory=Counter)
    known: Counter[str] = field(default_factory=Counter)
    not_mapped: dict[str, str] = field(default_factory=dict)
    unknown_columns: list[str] = field(default_factory=list)
    forbidden_columns: list[str] = field(default_factory=list)
    kept_as_written: Counter[tuple[str, str]] = field(default_factory=Counter)
    set_aside: Counter[tuple[str, str]] = field(default_factory=Counter)

    def columns(self, header: Header, why_not: dict[str, str]) -> None:
        """Take down what happens to a file's columns."""
        self.not_mapped |= {name: why_not[name] for name in header.not_mapped}
        self.unknown_columns += header.unknown
        self.forbidden_columns += header.forbidden


def store(report: Report, file: str, pieces: Iterable[Piece], *, by: str, at: datetime) -> None:
    """Store the pieces of `file` and account for each in `report`."""
    waiting: list[Piece] = []
    for piece in pieces:
        report.read += 1
        report.files[file] += 1
        if piece.reason:
            report.skipped.append(Skipped(file, piece.line, piece.reason))
            continue
        waiting.append(piece)
        if len(waiting) == BATCH:
            _store(report, file, waiting, by, at)
            waiting = []
    _store(report, file, waiting, by, at)


def _store(report: Report, file: str, pieces: list[Piece], by: str, at: datetime) -> None:
    if not pieces:
        return
    try:
        loaded = actions.load(batch=batch(pieces), by=by, at=at)
    except Refusal as refusal:
        if len(pieces) == 1:
            report.skipped.append(Skipped(file, pieces[0].line, str(refusal)))
            return
        middle = len(pieces) // 2
        _store(report, file, pieces[:middle], by, at)
        _store(report, file, pieces[middle:], by, at)
        return
    report.stored += len(pieces)
    report.added.update(loaded.added)
    report.known.update(loaded.known)


def batch(pieces: Iterable[Piece]) -> Batch:
    """The rows of all pieces, by relation."""
    sorted_rows: dict[str, list[Any]] = {relation: [] for relation in _RELATIONS.values()}
    for piece in pieces:
        for row in piece.rows:
            sorted_rows[_RELATIONS[type(row)]].append(row)
    return Batch(**{relation: tuple(found) for relation, found in sorted_rows.items()})
