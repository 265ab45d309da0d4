"""Import of Harris County's bookings."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from openpars.exchange import reading, storing
from openpars.exchange.rules import harris
from openpars.exchange.rules.cells import Namer, Unreadable


def load_bookings(
    *, bookings: Path, namer: Namer, by: str, at: datetime, progress: reading.Progress | None = None
) -> storing.Report:
    """Load `bookings`; again changes nothing. Raises FileMalformed where it is another kind of file."""
    report = storing.Report()
    with reading.rows(bookings, harris.BOOKINGS, progress) as (header, lines):
        report.columns(header, {column.name: column.why_not for column in harris.BOOKINGS.columns})
        storing.store(report, bookings.name, _pieces(lines, namer, report.kept_as_written), by=by, at=at)
    return report


def _pieces(
    lines: Iterator[reading.Line], namer: Namer, kept_as_written: Counter[tuple[str, str]]
) -> Iterator[storing.Piece]:
    seen = harris.Bookings()
    for line in lines:
        if line.row is None:
            yield storing.Piece(line.number, reason=line.reason)
            continue
        booked, sequence = seen.place(line.row)
        try:
            found = harris.booking(line.row, booked, sequence, namer)
        except Unreadable as error:
            yield storing.Piece(line.number, reason=str(error))
            continue
        kept_as_written.update(harris.untranslated(line.row))
        yield storing.Piece(line.number, found)
