"""Import of Harris County's bookings."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from openpars.exchange import reading, storing
from openpars.exchange.rules import harris
from openpars.exchange.rules.cells import Namer, Unreadable


def load_bookings(
    *, bookings: Path, namer: Namer, by: str, at: datetime, progress: reading.Progress | None = None
) -> storing.Report:
    """Load `bookings`, none later than `at`; again changes nothing. Raises FileMalformed where it is another kind of
    file."""
    report = storing.Report()
    with reading.rows(bookings, harris.BOOKINGS, progress) as (header, lines):
        report.columns(header, {column.name: column.why_not for column in harris.BOOKINGS.columns})
        latest = at.astimezone(harris.ZONE).date()
        storing.store(report, bookings.name, _pieces(report, lines, namer, latest), by=by, at=at)
    return report


def _pieces(
    report: storing.Report, lines: Iterator[reading.Line], namer: Namer, latest: date
) -> Iterator[storing.Piece]:
    seen = harris.Bookings()
    for line in lines:
        if line.row is None:
            yield storing.Piece(line.number, reason=line.reason)
            continue
        booked, sequence = seen.place(line.row)
        try:
            found = harris.booking(line.row, booked, sequence, namer, latest)
        except Unreadable as error:
            yield storing.Piece(line.number, reason=str(error))
            continue
        report.kept_as_written.update(harris.untranslated(line.row))
        report.set_aside.update(harris.set_aside(line.row))
        yield storing.Piece(line.number, found)
