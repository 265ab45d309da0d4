"""One transaction around a verb, its trace and its notice (promise 10)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import (
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from openpars.errors import Conflict, DatabaseUnavailable
from openpars.records.models import Trace

CHANNEL = "openpars_records"
"""The PostgreSQL channel that tells of a change, with no payload: who may see what changed asks at the
door."""


@contextmanager
def traced(
    verb: str, by: UUID | str, at: datetime, subject: str, count: int = 1, **detail: str
) -> Iterator[None]:
    """One transaction around a verb, its trace and its notice; refusals of the tables become Conflict."""
    with refusing(), transaction.atomic():
        yield
        leave_trace(verb=verb, by=by, at=at, subject=subject, count=count, detail=detail)


def leave_trace(
    *, verb: str, by: UUID | str, at: datetime, subject: str, count: int, detail: dict[str, str]
) -> None:
    """Write the trace of a verb and tell listeners, in the caller's transaction. `detail`: no personal
    value."""
    Trace.objects.create(verb=verb, by=str(by), at=at, subject=subject, count=count, detail=detail)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the tables refuse into Conflict, by the name of the rule (the database's own message would
    repeat the row), and a lost server into DatabaseUnavailable. COPY's errors come from the driver, others
    through Django.
    """
    try:
        yield
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError) as error:
        diagnostics = getattr(error.__cause__ or error, "diag", None)
        rule = getattr(diagnostics, "constraint_name", None) or getattr(diagnostics, "column_name", None)
        raise Conflict(f"the tables of records refuse this: {rule or 'a value does not fit'}") from None
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError):
        raise DatabaseUnavailable("the database stopped answering: nothing of this was stored") from None
