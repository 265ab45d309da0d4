"""Whether the rows beside the log still say what its entries say: an operator who can edit the database can edit both,
but the entries are signed.

Nothing here needs a key: what a row says in clear is compared with its entry, and what it keeps of the protected part
is committed to anew. What was erased (promise 8) is mute, and counts as faithful.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.db import connection

from openpars.errors import FileMalformed, LogBroken
from openpars.translog.rules import canonical
from openpars.translog.rules.commitment import opens

NOBODY = str(UUID(int=0))
STEP = 1000
"""Rows that are read at once."""

ROWS = """
SELECT d.attempt, d.id::text AS disclosure, d.kind, d.outcome, d.reason, d.clause AS permit, d.user_id::text AS asker,
    d.agency_ori AS agency, d.purpose, guard.stamp(d.begun_at) AS at, d.request::text AS criteria, d.salt, d.elements,
    d.record_count AS records, coalesce(e.leaf, p.leaf) AS leaf,
    (SELECT count(DISTINCT s.person_id) FROM disclosure_disclosuresubject s WHERE s.disclosure_id = d.id) AS persons
FROM disclosure_disclosure d
LEFT JOIN translog_entry e ON e.pending_id = d.pending_id
LEFT JOIN translog_pending p ON p.id = d.pending_id
WHERE d.attempt > %s ORDER BY d.attempt LIMIT %s
"""
LOST = r"""
SELECT e.index FROM translog_entry e
WHERE position('"type":"openpars.disclosure/1"'::bytea in e.leaf) > 0
  AND NOT EXISTS (SELECT FROM disclosure_disclosure d WHERE d.pending_id = e.pending_id)
ORDER BY e.index LIMIT 1
"""
IN_CLEAR = ("disclosure", "kind", "outcome", "agency", "at", "permit", "purpose", "elements", "records")
COMMITTED = ("asker", "case", "criteria", "reason")


def check() -> Iterator[tuple[int, int]]:
    """Hold every disclosure and refusal against its entry; yields (done, of) after each thousand. As the owner, within
    `translog.queries.snapshot` where the city is at work.

    Raises LogBroken, naming the disclosure (or the entry whose disclosure is gone) and what does not agree; never a
    value."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM disclosure_disclosure")
        total, done, last = int(cursor.fetchone()[0]), 0, 0
        while done < total:
            cursor.execute(ROWS, [last, STEP])
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            if not rows:
                break
            for row in rows:
                _hold(row)
            done, last = done + len(rows), rows[-1]["attempt"]
            yield done, total
        cursor.execute(LOST)
        if lost := cursor.fetchone():
            raise LogBroken(f"entry {lost[0]} tells of a disclosure that the database no longer holds")


def _hold(row: Mapping[str, Any]) -> None:
    name = f"disclosure {row['disclosure']}"
    if row["leaf"] is None:
        raise LogBroken(f"{name}: its entry is not in the log, and does not wait for it")
    try:
        entry = canonical.decode(bytes(row["leaf"]))
    except FileMalformed:
        entry = None
    if not isinstance(entry, dict) or entry.get("disclosure") != row["disclosure"]:
        raise LogBroken(f"{name}: the entry that it names is of something else")
    wrong = [member for member in IN_CLEAR if member in entry and entry[member] != row[member]]
    wrong += _unopened(entry, row)
    if wrong:
        raise LogBroken(f"{name}: its row does not say what its entry says of {', '.join(wrong)}")


def _unopened(entry: Mapping[str, Any], row: Mapping[str, Any]) -> list[str]:
    """Which commitments the row no longer opens. Where the opening was destroyed, none."""
    if row["salt"] is None or row["criteria"] is None:
        return []
    salt = bytes(row["salt"])
    # A person who looks at their own account is no user, and their session is kept beside what they asked for.
    criteria = {name: value for name, value in json.loads(row["criteria"]).items() if name != "session"}
    asker = None if row["asker"] == NOBODY else row["asker"]
    kept = {**row, "asker": asker, "criteria": criteria, "case": criteria.get("case_number")}
    wrong = [
        member
        for member in COMMITTED
        if member in entry and not opens(str(entry[member]), member, kept[member], salt)
    ]
    # A person's line that is taken out would be missing from their accounting.
    if "subjects" in entry and len(entry["subjects"]) != row["persons"]:
        wrong.append("subjects")
    return wrong
