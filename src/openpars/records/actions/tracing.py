"""One transaction around a verb, its trace and its notice (promise 10).

A person writes as the desk's role, for the length of the verb: it writes only what the trace of this very
transaction stands for, and the guard lets a trace stand only where the charter in force gives the person's office
and role the verb. A machine (`by` is a word) writes as the session's own role, which is the owner's or nobody's.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import psycopg
from django.db import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)

from openpars.agencies.events import refusals_noted
from openpars.engine import roles
from openpars.errors import Conflict, DatabaseUnavailable, NotEmpowered

CHANNEL = "openpars_records"
"""The PostgreSQL channel that tells of a change. Its payload is the arrest's id, or nothing: a pointer, and who may
see what changed asks at the door."""

_OFF = "set_config('role', 'none', true), set_config('records.trace', '', true)"
_REFUSED = {"OP011", "OP012", "42501"}


_TOGETHER: ContextVar[bool] = ContextVar("together", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Several verbs in one transaction: all of them or none. Each still leaves its own trace and notice; none can be
    caught and gone on from, so none needs a savepoint."""
    # What the tables or the guard refuse only at the commit is refused here.
    with refusing(), transaction.atomic():
        token = _TOGETHER.set(True)
        try:
            yield
        finally:
            _TOGETHER.reset(token)


@dataclass
class Verb:
    """A verb under way; `arrest` is the one that listeners are told of."""

    arrest: UUID | None = None


@contextmanager
def traced(
    verb: str,
    by: UUID | str,
    at: datetime,
    subject: str,
    count: int = 1,
    *,
    arrest: UUID | None = None,
    tells: bool = True,
    **detail: str,
) -> Iterator[Verb]:
    """One transaction around a verb, its trace and its notice of `arrest` (none, where the verb `tells` nobody);
    `detail` holds no personal value. Refusals of the tables become Conflict, a missing power NotEmpowered."""
    with refusals_noted(verb, by), refusing(), transaction.atomic(savepoint=not _TOGETHER.get()):
        leave_trace(verb=verb, by=by, at=at, subject=subject, count=count, detail=detail)
        under_way = Verb(arrest)
        yield under_way
        notify(under_way.arrest) if tells else _desk_off()


def leave_trace(
    *, verb: str, by: UUID | str, at: datetime, subject: str, count: int, detail: dict[str, str]
) -> None:
    """Write the trace of a verb in the caller's transaction, and put the desk's role on where a person writes."""
    desk = roles.name(str(connection.settings_dict["NAME"]), "desk") if isinstance(by, UUID) else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_begin(%s, %s, %s, %s, %s, %s, %s)",
            [verb, str(by), at, subject, count, json.dumps(detail), desk],
        )


def notify(arrest: UUID | None) -> None:
    """Tell listeners, at the commit, and take the desk's role off: an outer transaction goes on without it."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_notify(%s, %s), {_OFF}", [CHANNEL, str(arrest or "")])


def _desk_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_OFF}")


@contextmanager
def refusing() -> Iterator[None]:
    """Turn what the tables refuse into Conflict, by the name of the rule (the database's own message would
    repeat the row), a missing power into NotEmpowered, and a lost server into DatabaseUnavailable. COPY's errors
    come from the driver, others through Django.
    """
    try:
        yield
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError) as error:
        diagnostics = getattr(error.__cause__ or error, "diag", None)
        rule = getattr(diagnostics, "constraint_name", None) or getattr(diagnostics, "column_name", None)
        raise Conflict(f"the tables of records refuse this: {rule or 'a value does not fit'}") from None
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError):
        raise DatabaseUnavailable("the database stopped answering: nothing of this was stored") from None
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in _REFUSED:
            raise NotEmpowered(NotEmpowered.words) from None
        raise
