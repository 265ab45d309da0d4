"""A table (CSV) held against the entries of its rows (specs/accounting.md 4.5): a column that is named as a member of
an entry, or of what opens it, must say what that says; and those entries against the list that a search found."""

import csv
import io
from collections.abc import Mapping, Sequence

from openpars.errors import FileMalformed
from openpars.translog.rules import canonical, note

LONGEST = 1 << 23
"""Bytes of a table: many times what half a thousand rows take."""

Says = Mapping[str, object]
"""The members of one entry by name, those of its commitments that were opened with their values, and its `index`."""


def cell(value: object) -> str:
    """A member's value as a cell: a list as its words, an object as canonical JSON, null as nothing.

    >>> cell(["name", "otn"]), cell({"verb": "audit"}), cell(None), cell(7)
    ('name otn', '{"verb":"audit"}', '', '7')
    """
    if isinstance(value, dict):
        return canonical.encode(value).decode()
    if isinstance(value, list):
        return " ".join(map(str, value))
    return "" if value is None else str(value)


def check(name: str, data: bytes, entries: Mapping[str, Says]) -> tuple[str, ...]:
    """Hold the table `name` against `entries`, each under the word that a row's column `receipt` names it by. Answers
    which columns some entry says nothing of.

    Raises FileMalformed where it is no such table, note.Unverified where a row is not what its entry says, or where
    there are not just as many rows as entries."""
    try:
        read = csv.DictReader(io.StringIO(data.decode(), newline=""), strict=True)
        columns, rows = read.fieldnames or (), list(read)
    except (ValueError, csv.Error) as error:
        raise FileMalformed.one(name, "is not a table of text") from error
    # Of two columns of one name, one would be read here and the other by people. A row that is too long has cells under
    # None; one that is too short has None in a cell.
    if "receipt" not in columns or len(set(columns)) < len(columns):
        raise FileMalformed.one(name, "has no column `receipt`, or two columns of one name")
    if any(None in row or None in row.values() for row in rows):
        raise FileMalformed.one(name, "has a row that is longer or shorter than its head")
    if sorted(row["receipt"] for row in rows) != sorted(entries):
        raise note.Unverified.one(name, "has not one row for each receipt, and one receipt for each row")
    if len({says["index"] for says in entries.values()}) < len(entries):
        raise note.Unverified.one(name, "has two receipts of one entry")
    unsaid = set[str]()
    for row in rows:
        says = entries[row.pop("receipt")]
        for column, text in row.items():
            # Text that a spreadsheet would take for a formula has an apostrophe before it.
            if column in says and text not in (said := cell(says[column]), f"'{said}"):
                where = f"{name}, entry {says.get('index')}"
                raise note.Unverified.one(where, f"its {column} is not what the entry says")
            if column not in says and text:
                unsaid.add(column)
    return tuple(column for column in columns if column in unsaid)


def check_list(found: Sequence[object], entries: Mapping[str, Says]) -> None:
    """Hold what a search `found`, by its own entry, against the `entries` of a table: they are the same disclosures or
    events. Raises note.Unverified, naming the first that is not here, or that was not found."""
    here = {str(says.get("disclosure") or says.get("event")) for says in entries.values()}
    listed = set(map(str, found))
    if absent := listed - here:
        raise note.Unverified.one("search", f"found {min(absent)}, which is not here ({len(absent)} in all)")
    if surplus := here - listed:
        raise note.Unverified.one("search", f"did not find {min(surplus)}, which is here")
