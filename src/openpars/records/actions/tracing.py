"""One transaction around a verb, its trace, its entry in the log and its notice (promise 10).

A person writes as the desk's role, for the length of the verb: it writes only what the trace of this very
transaction stands for, and the guard lets a trace stand only where the charter in force gives the person's office
and role the verb. A machine (`by` is a word) writes as the session's own role, which is the owner's or nobody's.
"""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
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

from openpars.agencies import events
from openpars.agencies.events import refusals_noted
from openpars.engine import roles
from openpars.errors import BadInput, Conflict, DatabaseUnavailable, NotEmpowered

CHANNEL = "openpars_records"
"""The PostgreSQL channel that tells of a change. Its payload is the arrest's id, or nothing: a pointer, and who may
see what changed asks at the door."""

RULES: Mapping[str, tuple[str, str]] = {
    "arrest_not_before_birth": ("arrested_at", "must not be before the birth of the person arrested"),
    "person_born_in_living_memory": ("birth_date", "must be in 1850 or later"),
    "records_incident_dc_number_key": ("dc_number", "is another incident's on record"),
    "arrest_category_known": ("category", "must be on view (O), summoned (S) or taken on a warrant (T)"),
    "charge_count_positive": ("count", "must be a whole number of at least 1"),
    "charge_sequence_once_per_docket": ("docket", "is of two charges of the same number"),
    "charge_ends_once": ("outcome", "is a second end of a charge that has ended"),
    "charge_held_for_court_once": ("outcome", "is there already: the charge is held for court"),
}
"""Rules of the tables that a desk can break: the field that it is at, and what is wrong there."""

_OFF = "set_config('role', 'none', true), set_config('records.trace', '', true)"
_REFUSED = {"OP011", "OP012", "42501"}


_TOGETHER: ContextVar[bool] = ContextVar("together", default=False)


@contextmanager
def together() -> Iterator[None]:
    """Several verbs in one transaction: all of them or none. Each still leaves its own trace and notice; none can be
    caught and gone on from, so none needs a savepoint."""
    # What the tables or the guard refuse only at the commit is refused here.
    with refusing(RULES), transaction.atomic():
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
    """One transaction around a verb, its trace, its entry in the log and its notice of `arrest` (neither of the two,
    where the verb `tells` nobody: a draft is no record); `detail` holds no personal value. Refusals of the tables
    become BadInput at a field (`RULES`) or Conflict, a missing power NotEmpowered."""
    with refusals_noted(verb, by), refusing(RULES), transaction.atomic(savepoint=not _TOGETHER.get()):
        trace = leave_trace(verb=verb, by=by, at=at, subject=subject, count=count, detail=detail)
        under_way = Verb(arrest)
        yield under_way
        enter(trace, under_way.arrest) if tells else _desk_off()


@dataclass(frozen=True)
class Left:
    """A trace that was left: who did it, and what the entry of it is about (specs/event-entry.md 6)."""

    by: UUID | str
    about: Mapping[str, str | int]


def leave_trace(
    *, verb: str, by: UUID | str, at: datetime, subject: str, count: int, detail: dict[str, str]
) -> Left:
    """Write the trace of a verb in the caller's transaction, and put the desk's role on where a person writes. It must
    be entered (`enter`) in that transaction."""
    desk = roles.name(str(connection.settings_dict["NAME"]), "desk") if isinstance(by, UUID) else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT records_begin(%s, %s, %s, %s, %s, %s, %s)",
            [verb, str(by), at, subject, count, json.dumps(detail), desk],
        )
        trace = int(cursor.fetchone()[0])
    return Left(
        by, {"verb": verb, "trace": trace, **facts(at=at, subject=subject, count=count, detail=detail)}
    )


def facts(*, at: datetime, subject: str, count: int, detail: Mapping[str, str]) -> dict[str, str | int]:
    """What else of a trace its entry is about."""
    return {"at": at.astimezone(UTC).isoformat(), "subject": subject, "count": count, **detail}


def enter(trace: Left, arrest: UUID | None) -> None:
    """Enter a trace in the log, tell listeners, at the commit, and take the desk's role off: an outer transaction goes
    on without it."""
    # An erasure is tied to no arrest: what could tell whose it was is gone with it.
    which = {"arrest": str(arrest)} if arrest and trace.about["verb"] != "expunge" else {}
    statement, arguments = events.call("write", by=trace.by, about={**trace.about, **which})
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {statement}, pg_notify(%s, %s), {_OFF}", [*arguments, CHANNEL, str(arrest or "")]
        )


def _desk_off() -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {_OFF}")


@contextmanager
def refusing(fields: Mapping[str, tuple[str, str]] = MappingProxyType({})) -> Iterator[None]:
    """Turn what the tables refuse into BadInput, where `fields` says at which field a rule is, else into Conflict by
    the name of the rule (the database's own message would repeat the row), a missing power into NotEmpowered, and a
    lost server into DatabaseUnavailable. COPY's errors come from the driver, others through Django.
    """
    try:
        yield
    except (IntegrityError, DataError, psycopg.IntegrityError, psycopg.DataError) as error:
        diagnostics = getattr(error.__cause__ or error, "diag", None)
        rule = str(
            getattr(diagnostics, "constraint_name", None) or getattr(diagnostics, "column_name", None) or ""
        )
        if rule in fields:
            raise BadInput.one(*fields[rule]) from None
        raise Conflict(f"the tables of records refuse this: {rule or 'a value does not fit'}") from None
    except (OperationalError, InterfaceError, psycopg.OperationalError, psycopg.InterfaceError):
        raise DatabaseUnavailable("the database stopped answering: nothing of this was stored") from None
    except DatabaseError as error:
        if getattr(error.__cause__, "sqlstate", None) in _REFUSED:
            raise NotEmpowered(NotEmpowered.words) from None
        raise
