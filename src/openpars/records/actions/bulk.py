"""The bulk verb: rows by the ten thousand, through COPY, as safely repeated as done once.

Rows of known id are left as they are, so a file may be loaded again, or from where a killed run stopped.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from openpars.records.actions.tracing import enter, leave_trace, refusing
from openpars.records.models import fresh_commitment_key
from openpars.records.rules.names import fold
from openpars.records.rules.rows import (
    ArraignmentRow,
    ArrestRow,
    BailRow,
    Batch,
    ChargeRow,
    CustodyRow,
    DispositionRow,
    IncidentRow,
    Loaded,
    PersonRow,
)

# Two loads of the same file at once would each find the other's rows missing: the second waits for the first.
LOCK = 7302

_folded = lru_cache(maxsize=1 << 16)(fold)


def _with_folds(row: Any) -> tuple[Any, ...]:
    return (*row, _folded(row.given_name), _folded(row.surname), fresh_commitment_key())


TABLES: tuple[tuple[str, str, tuple[str, ...], Callable[[Any], Sequence[Any]] | None], ...] = (
    (
        "persons",
        "records_person",
        (*PersonRow._fields, "given_folded", "surname_folded", "commitment_key"),
        _with_folds,
    ),
    ("incidents", "records_incident", IncidentRow._fields, None),
    ("arrests", "records_arrest", ArrestRow._fields, None),
    ("charges", "records_charge", ChargeRow._fields, None),
    ("custody", "records_custodystatuschange", CustodyRow._fields, None),
    ("bail", "records_bail", BailRow._fields, None),
    ("arraignments", "records_preliminaryarraignment", ArraignmentRow._fields, None),
    ("dispositions", "records_disposition", DispositionRow._fields, None),
)
"""Relation of a batch -> table, its columns in the rows' order, and what completes a row."""


def load(*, batch: Batch, by: str, at: datetime) -> Loaded:
    """Store the rows that are not stored yet, in one transaction with one trace. Doing it again changes
    nothing. Raises Conflict, naming the broken rule and no value; then nothing was stored."""
    added: dict[str, int] = {}
    known: dict[str, int] = {}
    with refusing(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [LOCK])
        for relation, table, columns, complete in TABLES:
            given: Sequence[Any] = getattr(batch, relation)
            if given:
                fresh = _unknown(cursor, table, given)
                copy(cursor, table, columns, map(complete, fresh) if complete else fresh)
                added[relation], known[relation] = len(fresh), len(given) - len(fresh)
        # A row that names a missing one is refused here, by name, and not by the commit.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        if any(added.values()):
            detail = {relation: str(number) for relation, number in added.items()}
            trace = leave_trace(
                verb="load", by=by, at=at, subject="batch", count=sum(added.values()), detail=detail
            )
            enter(trace, None)
    return Loaded(added, known)


def copy(cursor: Any, table: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """COPY `rows` straight into `table`. `cursor` is Django's; table and columns are this module's own
    words."""
    raw = cursor.cursor
    statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
    with raw.copy(statement) as stream:
        write = stream.write_row
        for row in rows:
            write(row)


def _unknown(cursor: Any, table: str, rows: Sequence[Any]) -> list[Any]:
    """The rows whose id is not stored, each once."""
    once: dict[UUID, Any] = {}
    for row in rows:
        once.setdefault(row[0], row)
    cursor.execute(f"SELECT id FROM {table} WHERE id = ANY(%s)", [list(once)])  # noqa: S608 (own words)
    for (stored,) in cursor.fetchall():
        del once[stored]
    return list(once.values())
