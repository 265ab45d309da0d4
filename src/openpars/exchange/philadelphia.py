"""Import of Philadelphia's criminal filings, with their bail history."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from uuid import UUID

from openpars.exchange import reading, storing
from openpars.exchange.rules import philadelphia
from openpars.exchange.rules.cells import Namer, Unreadable
from openpars.exchange.rules.columns import FileSpec


def load_filings(
    *,
    filings: Path,
    bail: Path | None,
    namer: Namer,
    by: str,
    at: datetime,
    progress: reading.Progress | None = None,
) -> storing.Report:
    """Load `filings`, and `bail` where given, of which nothing is later than `at`; again changes nothing. `namer`
    names people whom the file does not. Raises FileMalformed where either is another kind of file; then nothing was
    stored."""
    report = storing.Report()
    arrests: dict[str, UUID] = {}
    # Both files are looked at before a row of either is stored.
    with ExitStack() as opened:
        header, lines = opened.enter_context(reading.rows(filings, philadelphia.FILINGS, progress))
        report.columns(header, _reasons(philadelphia.FILINGS))
        history: Iterator[reading.Line] = iter(())
        if bail is not None:
            header, history = opened.enter_context(reading.rows(bail, philadelphia.BAIL, progress))
            report.columns(header, _reasons(philadelphia.BAIL))
        pieces = _filings(report, lines, namer, arrests, at)
        storing.store(report, filings.name, pieces, by=by, at=at)
        if bail is not None:
            storing.store(report, bail.name, _history(history, arrests, at), by=by, at=at)
    return report


def _reasons(spec: FileSpec) -> dict[str, str]:
    return {column.name: column.why_not for column in spec.columns}


def _filings(
    report: storing.Report,
    lines: Iterator[reading.Line],
    namer: Namer,
    arrests: dict[str, UUID],
    at: datetime,
) -> Iterator[storing.Piece]:
    told = philadelphia.Told()
    for line in lines:
        if line.row is None:
            yield storing.Piece(line.number, reason=line.reason)
            continue
        try:
            filing = philadelphia.filing(line.row, namer, at)
            told.case(line.row)
        except Unreadable as error:
            yield storing.Piece(line.number, reason=str(error))
            continue
        arrests[filing.case] = filing.arrest
        report.set_aside.update(told.set_aside(line.row, filing.filed_at))
        yield storing.Piece(line.number, filing.rows)


def _history(
    lines: Iterator[reading.Line], arrests: dict[str, UUID], at: datetime
) -> Iterator[storing.Piece]:
    for line in lines:
        if line.row is None:
            yield storing.Piece(line.number, reason=line.reason)
            continue
        try:
            yield storing.Piece(line.number, philadelphia.bail_change(line.row, arrests, at))
        except Unreadable as error:
            yield storing.Piece(line.number, reason=str(error))
