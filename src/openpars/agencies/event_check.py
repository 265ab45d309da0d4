"""Whether the rows of events still say what their entries say, and none is gone: whoever can edit the database can edit
rows, but the entries are signed."""

from collections.abc import Iterator

from django.db import connection

from openpars.agencies import queries
from openpars.errors import LogBroken

STEP = 1000
"""Rows that are read at once."""
LOST = r"""
SELECT e.index FROM translog_entry e
WHERE position('"type":"openpars.event/1"'::bytea in e.leaf) > 0
  AND NOT EXISTS (SELECT FROM agencies_event v WHERE v.pending_id = e.pending_id)
ORDER BY e.index LIMIT 1
"""


def check() -> Iterator[int]:
    """Hold every event against its entry; yields how many are done, after each thousand. As the owner, within
    `translog.queries.snapshot` where the city is at work.

    Raises LogBroken, naming the event (or the entry whose event is gone), never a value."""
    done, rows = 0, queries.events(most=STEP)
    while rows:
        for one in rows:
            if not one.agrees:
                raise LogBroken(f"event {one.event}: its row does not say what its entry says")
        done += len(rows)
        yield done
        rows = queries.events(before=rows[-1].event, most=STEP)
    with connection.cursor() as cursor:
        cursor.execute(LOST)
        if lost := cursor.fetchone():
            raise LogBroken(f"entry {lost[0]} tells of an event that the database no longer holds")
