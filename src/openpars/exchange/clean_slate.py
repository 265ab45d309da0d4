"""The monthly Clean Slate list (18 Pa.C.S. 9122.2): OTNs or docket numbers of what comes under limited access."""

import csv
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from openpars.errors import FileMalformed, IdentifierMalformed
from openpars.records import actions
from openpars.records.rules.identifiers import OTN, Docket

BATCH = 500
"""Rows of one transaction."""

_KINDS: Mapping[str, type[OTN] | type[Docket]] = {"otn": OTN, "docket": Docket, "docket_number": Docket}
_COURT = "Administrative Office of Pennsylvania Courts"


@dataclass(frozen=True)
class Skipped:
    """A row that was not applied: its line in the file, and why. Never what stood in it."""

    line: int
    reason: str


@dataclass
class Report:
    """What a list did: rows read, arrests closed that were not before, those of which a docket was closed and another
    stays open, and the rows that were not applied."""

    read: int = 0
    closed: int = 0
    in_part: int = 0
    skipped: list[Skipped] = field(default_factory=list)


def load_list(
    *,
    file: Path,
    number: str,
    ordered_on: date,
    by: str,
    at: datetime,
    progress: Callable[[int], None] = lambda rows: None,
) -> Report:
    """Apply a list, known as `number`. Doing it again changes nothing.

    Raises FileMalformed where the file has no column `otn` or `docket`."""
    report = Report()
    with file.open(newline="", encoding="utf-8-sig", errors="replace") as opened:
        rows = _numbers(csv.DictReader(opened), report)
        while batch := list(islice(rows, BATCH)):
            done = actions.limit_access(
                number=number,
                court=_COURT,
                ordered_on=ordered_on,
                listed=[one for _, one in batch],
                by=by,
                at=at,
            )
            report.closed += done.fresh
            report.in_part += done.in_part
            report.skipped += [
                Skipped(line, "no arrest here has this number") for line, one in batch if one in done.unknown
            ]
            progress(report.read)
    report.skipped.sort(key=lambda row: row.line)
    return report


def _numbers(reader: "csv.DictReader[str]", report: Report) -> Iterator[tuple[int, str]]:
    """The canonical number of each row that can be read, with its line."""
    columns = {(name or "").strip().lower(): name for name in reader.fieldnames or ()}
    found = [(columns[name], kind) for name, kind in _KINDS.items() if name in columns]
    if not found:
        raise FileMalformed.one("file", "has no column `otn` or `docket`")
    for row in reader:
        report.read += 1
        given = [(text, kind) for column, kind in found if (text := (row.get(column) or "").strip())]
        try:
            text, kind = given[0]
            yield reader.line_num, str(kind.parse(text))
        except IndexError:
            report.skipped.append(Skipped(reader.line_num, "has neither an OTN nor a docket number"))
        except IdentifierMalformed:
            report.skipped.append(Skipped(reader.line_num, "holds a number of the wrong shape"))
