"""What an auditor takes out: a ZIP of a table, the receipt of each of its rows with what opens it, the log's keys, and
how to check it all without us (specs/accounting.md 4.4)."""

import csv
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from openpars.disclosure.gateway import Row
from openpars.disclosure.rules.cells import guarded
from openpars.errors import LogBroken
from openpars.translog import queries as translog
from openpars.translog import signers

EXPORTED = 500
"""Most rows of what is taken out at once."""
README = """\
{name}.csv has {count} rows. Each has its entry in the city's log: the column `receipt` names the file below receipts/
that proves it. Take the checker from the city's public page /log/, unpack this, and say

    openpars-verify receipt FOLDER --key-file KEYS

KEYS is a file of the log's keys that you have from elsewhere; of log.vkey you know only that it came with this.
It checks every receipt, that what stands beside it in a .json file is what its entry commits to, that there is a row
for each receipt and a receipt for each row, and that the row says what its entry says. It names the columns of which
not every entry says something: these may be the city's word alone.

That nothing was left out of what the search found, the search's own entry shows: it commits to the list in
search/{search}.json. Its receipt is at the city's address /receipts/{search}/
for whoever searched, a moment after the search. Put it into search/ before you check: the checker then holds the list
against the receipts, and names what is missing. Without it, it says that nothing shows the list to be whole.

{more}{waiting} more were found whose entries the published log has not numbered yet: take them out a moment later.
"""
MORE = """\
At most {most} rows are taken out at once, the newest first, and THERE ARE OLDER ONES. Search again by the same, with
this under "Older than":

    {last}

"""


@dataclass(frozen=True)
class Taken:
    """One row: what the table shows of it, and what opens its entry, the `pending_id`th appended. `salt` (hex) is None
    where it was destroyed."""

    identifier: UUID
    pending_id: int
    cells: Mapping[str, object]
    salt: str | None
    values: Mapping[str, object]


@dataclass(frozen=True)
class Search:
    """The search that found the rows: what its entry commits to, and what opens it."""

    disclosure: UUID
    asker: UUID
    criteria: Mapping[str, str]
    answer: object
    salt: bytes


@dataclass(frozen=True)
class Takeable:
    """What of a search's rows can be taken out, and what the search is then said to have found: the newest that the
    published log has numbered. `waiting` are those among them that it has not; `last` names the row before which
    there are more, None where there are none."""

    rows: Sequence[Row]
    waiting: int
    last: UUID | None


def takeable(rows: Sequence[Row], named: str) -> Takeable:
    """What can be taken of EXPORTED + 1 rows, or of fewer where there are no more; the column `named` names each."""
    covered = translog.published()
    newest, size = rows[:EXPORTED], covered.size if covered else 0
    numbered = [row for row in newest if row["index"] is not None and row["index"] < size]
    last = newest[-1][named] if len(rows) > EXPORTED else None
    return Takeable(numbered, len(newest) - len(numbered), last)


def pack(name: str, rows: Sequence[Taken], search: Search, taken: Takeable) -> bytes:
    """The ZIP of the table `name`."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        more = MORE.format(most=EXPORTED, last=taken.last) if taken.last else ""
        told = {"name": name, "count": len(rows), "search": search.disclosure, "waiting": taken.waiting}
        file.writestr("README.txt", README.format(**told, more=more))
        file.writestr(f"{name}.csv", _table(rows))
        file.writestr("log.vkey", "".join(f"{key}\n" for key in signers.published_keys()))
        covered = translog.published()
        file.writestr("checkpoint", covered.text if covered else "")
        file.writestr(f"search/{search.disclosure}.json", _answer(search))
        for row in rows:
            file.writestr(f"receipts/{row.identifier}.tlog-proof", _receipt(row))
            if row.salt:
                file.writestr(f"receipts/{row.identifier}.json", _opening(row.salt, row.values))
    return packed.getvalue()


def _receipt(row: Taken) -> str:
    receipt = translog.receipt(row.pending_id)
    if receipt is None:
        raise LogBroken("the log has numbered an entry, and has no receipt of it: run fsck")
    return receipt


def _opening(salt: str, values: Mapping[str, object]) -> str:
    return json.dumps({"opening": {"salt": salt, "values": dict(values)}})


def _answer(search: Search) -> str:
    values = {"asker": str(search.asker), "criteria": search.criteria}
    return json.dumps({"answer": search.answer, "opening": {"salt": search.salt.hex(), "values": values}})


def _table(rows: Sequence[Taken]) -> str:
    written = io.StringIO()
    table = csv.writer(written, lineterminator="\r\n")
    table.writerow([*(rows[0].cells if rows else ()), "receipt"])
    for row in rows:
        table.writerow([*map(guarded, row.cells.values()), str(row.identifier)])
    return written.getvalue()
