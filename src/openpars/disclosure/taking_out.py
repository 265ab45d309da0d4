"""What an auditor takes out: a ZIP of a table, the receipt of each of its rows with what opens it, the log's keys, and
how to check it all without us (specs/accounting.md 4.4)."""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from openpars.disclosure.looks import Look
from openpars.disclosure.rules.cells import guarded
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
for whoever searched, a moment after the search. Put it into search/ before you check, and compare the list.

At most {most} rows are taken out at once, the newest first. {waiting} more were found whose entries the published log
has not numbered yet: take them out a moment later.
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


def pack(name: str, rows: Iterable[Taken], search: Search) -> bytes:
    """The ZIP of the table `name`."""
    found = [(row, translog.receipt(row.pending_id)) for row in rows]
    proven, packed = [(row, receipt) for row, receipt in found if receipt], io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        told = {"name": name, "count": len(proven), "search": search.disclosure, "most": EXPORTED}
        told["waiting"] = len(found) - len(proven)
        file.writestr("README.txt", README.format(**told))
        file.writestr(f"{name}.csv", _table([row for row, _ in proven]))
        file.writestr("log.vkey", "".join(f"{key}\n" for key in signers.published_keys()))
        covered = translog.published()
        file.writestr("checkpoint", covered.text if covered else "")
        file.writestr(f"search/{search.disclosure}.json", _answer(search))
        for row, receipt in proven:
            file.writestr(f"receipts/{row.identifier}.tlog-proof", receipt)
            if row.salt:
                file.writestr(f"receipts/{row.identifier}.json", _opening(row.salt, row.values))
    return packed.getvalue()


def searched(look: Look, asker: UUID, criteria: Mapping[str, str]) -> Search:
    """What opens the entry of a search that has ended."""
    return Search(look.disclosure, asker, dict(criteria), look.answer, look.salt)


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
