"""How the clocks of one arrest stand at one moment, and which duty is the most urgent.

The clocks are data (`clock_table`); the version in force when a clock starts governs it to its end. The
event's own time counts, never the time at which somebody entered it; how late it was entered is told beside.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from openpars.records.rules.clock_table import CLOCKS, WATCHES, Clock, State, Unit
from openpars.records.rules.court_days import day_begins, last_day, local_day
from openpars.records.rules.lifecycle import (
    OWED_BY,
    Charging,
    Custody,
    Event,
    Office,
    charging_state,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Happened:
    """An event, when it happened, and when it was entered (None: unknown)."""

    event: Event
    at: datetime
    entered_at: datetime | None = None


@dataclass(frozen=True)
class Facts:
    """What the clocks are told of one arrest. `held`: whether the person is held after the arraignment.
    `felony`: whether a felony is charged (None: not known; then the hearing clocks run). `warrant`: arrested
    on a warrant, so that a judge has found probable cause. `decisions`: the states of the recommended
    charges. `custody`: the state now. `charging`: how far charging has come, where that is told and its events
    are not."""

    events: tuple[Happened, ...]
    held: bool = True
    felony: bool | None = None
    warrant: bool = False
    decisions: tuple[str, ...] = ()
    custody: Custody | None = None
    charging: Charging | None = None


@dataclass(frozen=True)
class Running:
    """One clock of one arrest at one moment. Instants are UTC. `remaining` is until the limit, below zero
    when that is over; of a stopped clock, what was left. `entry_lag`: how long after the event its start was
    entered. `marks`: the instant at which each state begins."""

    clock: Clock
    started_at: datetime
    due_at: datetime
    marks: tuple[tuple[State, datetime], ...]
    state: State
    elapsed: timedelta
    remaining: timedelta
    duty: Office
    stopped_at: datetime | None = None
    entry_lag: timedelta | None = None

    @property
    def met(self) -> bool:
        """Whether it was stopped in time."""
        return self.stopped_at is not None and self.stopped_at <= self.due_at


def running(facts: Facts, now: datetime, zone: ZoneInfo) -> tuple[Running, ...]:
    """The clocks of an arrest that have started by `now`, stopped ones among them, in the order of CLOCKS and
    then the one that watches the state of custody. An event after `now` has not happened yet."""
    seen = tuple(event for event in facts.events if event.at <= now)
    charging = facts.charging or charging_state([(each.event, each.at) for each in seen], facts.decisions)
    turn = OWED_BY[charging]
    found = [
        _run(clock, start, _first(clock.stops, seen), now, zone, clock.duty or turn)
        for clock, start in _started(facts, seen, zone)
    ]
    watch = _watch(facts, seen, now, zone)
    return (*found, watch) if watch else tuple(found)


def next_duty(clocks: Iterable[Running]) -> Running | None:
    """The most urgent clock that is not stopped: the worst state first, then one that keeps somebody held,
    then the nearest limit. None when nothing is owed."""
    open_ones = [clock for clock in clocks if clock.state is not State.STOPPED]
    return max(
        open_ones,
        key=lambda one: (one.state, one.clock.liberty, -one.remaining, one.clock.name),
        default=None,
    )


def in_force(name: str, on: date, clocks: Sequence[Clock] = CLOCKS) -> Clock | None:
    """The version of the clock `name` that governs what starts on the city's day `on`; None: no such rule
    then."""
    versions = [clock for clock in clocks if clock.name == name and clock.effective_from <= on]
    return max(versions, key=lambda clock: clock.effective_from, default=None)


def _started(facts: Facts, seen: Sequence[Happened], zone: ZoneInfo) -> Iterable[tuple[Clock, Happened]]:
    for name, versions in groupby(CLOCKS, key=lambda clock: clock.name):
        start = _first({next(versions).starts}, seen)
        clock = in_force(name, local_day(start.at, zone)) if start else None
        if start and clock and _applies(clock, facts):
            yield clock, start


def _applies(clock: Clock, facts: Facts) -> bool:
    if clock.held is not None and facts.felony is False:
        return False  # a misdemeanor goes to trial without a preliminary hearing: `hearings`
    return clock.held in (None, facts.held) and clock.warrant in (None, facts.warrant)


def _run(
    clock: Clock, start: Happened, stop: Happened | None, now: datetime, zone: ZoneInfo, duty: Office
) -> Running:
    # In UTC: Python adds and subtracts within one zone as clocks on the wall do, an hour off when they change.
    began, read_at = start.at.astimezone(UTC), now.astimezone(UTC)
    # What stopped it may have come first: prints are on file, a charge was filed before the release.
    ended = max(began, stop.at.astimezone(UTC)) if stop else None
    due = _after(began, clock.limit, clock.unit, zone, limit=True)
    marks = tuple((state, _after(began, count, clock.unit, zone)) for state, count in clock.marks)
    marks = (*marks, (State.PAST, due))
    until = ended or read_at
    # A mark begins at its instant; what is done at the very limit is done in time.
    reached = [state for state, at in marks if until > at or (until == at and state is not State.PAST)]
    return Running(
        clock,
        began,
        due,
        marks,
        State.STOPPED if ended else max(reached, default=State.RUNNING),
        until - began,
        due - until,
        duty,
        ended,
        None if start.entered_at is None else start.entered_at.astimezone(UTC) - began,
    )


def _after(began: datetime, count: int, unit: Unit, zone: ZoneInfo, limit: bool = False) -> datetime:
    if unit is Unit.HOURS:
        return began + count * HOUR
    if limit:
        return day_begins(last_day(began, count, zone) + DAY, zone)
    return day_begins(local_day(began, zone) + count * DAY, zone)


def _watch(facts: Facts, seen: Sequence[Happened], now: datetime, zone: ZoneInfo) -> Running | None:
    """The clock of a custody state that nobody has touched."""
    touched = max((each for each in seen if each.event in _TOUCHES), key=lambda each: each.at, default=None)
    clock = WATCHES.get(facts.custody) if facts.custody else None
    if clock is None or clock.duty is None or touched is None:
        return None
    return _run(clock, touched, None, now, zone, clock.duty)


_TOUCHES = frozenset({Event.ARREST, Event.CUSTODY, Event.ARRAIGNMENT})


def _first(events: Iterable[Event], seen: Sequence[Happened]) -> Happened | None:
    return min((each for each in seen if each.event in events), key=lambda each: each.at, default=None)
