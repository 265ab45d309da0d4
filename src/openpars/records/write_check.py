"""Whether the traces of acts on records still say what their entries say, and none is gone: whoever can edit the
database can edit traces, but the entries are signed. (`agencies.event_check` holds the events against the entries.)"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import connection

from openpars.errors import LogBroken
from openpars.records.actions.tracing import facts

STEP = 1000
"""Rows that are read at once."""
# What was done before writes had entries has none: the first that has is known by its entry.
ROWS = """
SELECT t.id, t.verb, t.by, t.at, t.subject, t.count, t.detail::text AS detail, e.id::text AS event, e.kind,
    e.by AS told_by, e.about::text AS about
FROM records_trace t LEFT JOIN agencies_event e ON e.trace = t.id
WHERE t.id > %s AND t.verb NOT IN ('keep_draft', 'drop_draft')
  AND t.id >= (SELECT min(f.trace) FROM agencies_event f WHERE f.trace IS NOT NULL)
ORDER BY t.id LIMIT %s
"""
LOST = """
SELECT e.id FROM agencies_event e
WHERE e.trace IS NOT NULL AND NOT EXISTS (
    SELECT FROM records_trace t WHERE t.id = e.trace AND t.verb NOT IN ('keep_draft', 'drop_draft')) LIMIT 1
"""


def check() -> Iterator[int]:
    """Hold every trace against its event; yields how many are done, after each thousand. As the owner, within
    `translog.queries.snapshot` where the city is at work.

    Raises LogBroken, naming the trace (or the event that has none), never a value."""
    done, last = 0, 0
    with connection.cursor() as cursor:
        while True:
            cursor.execute(ROWS, [last, STEP])
            names = [column.name for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            if not rows:
                break
            for row in rows:
                _hold(row)
            done, last = done + len(rows), rows[-1]["id"]
            yield done
        cursor.execute(LOST)
        if lost := cursor.fetchone():
            raise LogBroken(f"event {lost[0]} tells of an act on records that no trace tells of")


def _hold(row: Mapping[str, Any]) -> None:
    if row["event"] is None:
        raise LogBroken(f"trace {row['id']}: the log has no entry of this act on records")
    told = None if row["about"] is None else json.loads(row["about"])
    said = {"verb": row["verb"], "trace": row["id"]} | facts(
        at=row["at"], subject=row["subject"], count=row["count"], detail=json.loads(row["detail"])
    )
    # What opened it may have been destroyed, with the record or for its age: then nothing more can be told.
    agrees = told is None or {name: value for name, value in told.items() if name != "arrest"} == said
    if row["kind"] != "write" or not agrees or row["told_by"] not in (None, row["by"]):
        raise LogBroken(f"trace {row['id']}: it does not say what the log says")
