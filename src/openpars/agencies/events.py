"""Events: what happens at the doors and at the console, in the log (CJIS AU-2, AU-3; specs/event-entry.md).

`record` writes in the caller's transaction: what is done stands or falls with its event. `note` is for what was
refused, and for what must happen in any case: the door writes it down once the request is over, when no transaction
that failed can take it along.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection, transaction

from openpars.agencies.models import Event
from openpars.agencies.rules import event
from openpars.errors import NotEmpowered
from openpars.translog.rules.commitment import SALT_SIZE

About = Mapping[str, str | int]
"""Ids and words that say what an event is about; never a personal value, never what somebody typed."""


@dataclass(frozen=True)
class Noted:
    """An event that is to be written down."""

    kind: str
    by: UUID | str | None
    about: About
    outcome: str


@dataclass
class Visit:
    """A request under way: through which door, from which network address, and what was noted of it."""

    door: str
    source: str | None
    noted: list[Noted] = field(default_factory=list)


_CONSOLE = Visit("console", None)
_visit: ContextVar[Visit] = ContextVar("visit", default=_CONSOLE)


@contextmanager
def visit(door: str, source: str | None) -> Iterator[Visit]:
    """Everything within happens through this door. Whoever opened it writes down what was `noted`: `write_noted`."""
    begun = Visit(door, source)
    token = _visit.set(begun)
    try:
        yield begun
    finally:
        _visit.reset(token)


def record(kind: str, *, by: UUID | str | None, about: About | None = None, outcome: str = "done") -> None:
    """Write an event and its entry, in the caller's transaction or, where there is none, one of its own. `by` is a
    user's id, a word for whoever is at the console, or None for nobody known.

    Raises the database's error where it cannot be written: then the act must not stand either."""
    _write(Noted(kind, by, about or {}, outcome), _visit.get())


def call(
    kind: str, *, by: UUID | str | None, about: About | None = None, outcome: str = "done"
) -> tuple[str, list[UUID | str | bytes | None]]:
    """What `record` calls, for a caller's own statement: what else it does then takes no second round trip."""
    return _call(Noted(kind, by, about or {}, outcome), _visit.get())


def note(kind: str, *, by: UUID | str | None, about: About | None = None, outcome: str = "refused") -> None:
    """Have an event written down once the request is over. Outside of a request it is written at once, unless a
    transaction is open: that one may be lost already, and no door works so."""
    here, noted = _visit.get(), Noted(kind, by, about or {}, outcome)
    if here is not _CONSOLE:
        here.noted.append(noted)
    elif not connection.in_atomic_block:
        _write(noted, here)


@contextmanager
def refusals_noted(verb: str, by: UUID | str) -> Iterator[None]:
    """Note that `by` had no power for the verb, where that is what ends this."""
    try:
        yield
    except NotEmpowered:
        note("verb", by=by, about={"verb": verb})
        raise


def write_noted(begun: Visit) -> None:
    """Write what was noted during a visit. Raises the database's error."""
    noted, begun.noted = begun.noted, []
    for one in noted:
        _write(one, begun)


def close_counts() -> int:
    """Give refusals that were counted in minutes that are over their entry; answers how many entries. As the owner."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.close_event_counts()")
        return int(cursor.fetchone()[0])


def forget(*, at: datetime) -> int:
    """Destroy what opens the entries of events that are older than RETENTION; answers how many. As the owner. That
    it was done is an event itself."""
    with transaction.atomic():
        old = Event.objects.filter(at__lt=at - event.RETENTION, salt__isnull=False)
        destroyed = old.update(by=None, source=None, about=None, salt=None)
        if destroyed:
            record("forget-events", by="keeper", about={"events": destroyed})
    return destroyed


def _write(noted: Noted, here: Visit) -> None:
    statement, arguments = _call(noted, here)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {statement}", arguments)


def _call(noted: Noted, here: Visit) -> tuple[str, list[UUID | str | bytes | None]]:
    who = None if noted.by is None else str(noted.by)
    salt = secrets.token_bytes(SALT_SIZE)
    hidden = event.hide({"who": who, "source": here.source, "about": dict(noted.about)}, salt)
    return "guard.record_event(%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)", [
        *(uuid4(), noted.kind, here.door, noted.outcome, who, here.source),
        *(json.dumps(dict(noted.about)), salt, hidden["who"], hidden["source"], hidden["about"]),
    ]
