"""A running clock as a page says it: what is due, until when, how long that is, by which rule."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone

from openpars.portal.showing import age, day, local
from openpars.records.rules.clock_table import Unit
from openpars.records.rules.clocks import Running
from openpars.records.rules.court_days import local_day

_DAY = timedelta(days=1)
_IN_DAYS = timedelta(days=2)
"""From how long on a limit of hours is told in days."""


@dataclass(frozen=True)
class Deadline:
    """One clock: `what` is due, `until` when, how much is `left` of it (or by how much it is late); `state` is the
    clock's, `due_at` its limit."""

    what: str
    until: str
    left: str
    state: str
    rule: str
    due_at: datetime


def deadline(clock: Running) -> Deadline:
    """A clock that runs, in words."""
    in_days = clock.clock.unit is Unit.DAYS
    # A limit of days ends where the next day begins: the day before is the last.
    last = clock.due_at - timedelta(seconds=1)
    until = day(local_day(last, timezone.get_default_timezone())) if in_days else local(clock.due_at)
    late = clock.remaining < timedelta()
    span = _span(clock.remaining, in_days or abs(clock.remaining) >= _IN_DAYS)
    return Deadline(
        what="somebody confirms it" if clock.clock.name == "custody" else clock.clock.words,
        until=until,
        left=f"late by {span}" if late else f"{span} left",
        state=clock.state.words,
        rule=f"{clock.clock.rule} (version {clock.clock.version})",
        due_at=clock.due_at,
    )


def _span(length: timedelta, in_days: bool) -> str:
    """How long that is; a day that has begun to be late counts, one that has begun to be left does not."""
    if not in_days:
        return age(abs(length).total_seconds() / 3600)
    days = abs(length // _DAY)
    return f"{days} day{'s' if days != 1 else ''}"
