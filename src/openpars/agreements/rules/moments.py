"""When somebody asks, and when whom they ask about was arrested: what terms, windows, ages and hours say of both."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, time, timedelta
from itertools import chain
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from openpars.agreements.rules.terms import Agreement, Hours, Permit, Term

Versions = tuple[Agreement, ...]
Covers = Callable[[Agreement, Permit, Any], bool]
"""Whether a permit covers a value."""


class When(NamedTuple):
    """When somebody asks, and when whom they ask about was arrested."""

    asked_at: datetime
    arrested_at: datetime


def permits_of(versions: Versions) -> Iterator[Permit]:
    """Every permit of these versions."""
    return chain.from_iterable(one.permits for one in versions)


_SECOND, _DAY = timedelta(seconds=1), timedelta(days=1)


def whens(versions: Versions) -> Iterator[When]:
    """A point of each region that terms, windows and ages cut out of the plane of both times: its earliest, if it has
    one, else one before all others. Moments just outside a bound come too, for an example that says something."""
    zone = ZoneInfo(versions[0].term.time_zone)
    ages = sorted(
        {timedelta(days=p.rows.arrested_within_days or 0) for p in permits_of(versions)} | {_DAY * 0}
    )
    starts = {one.term.starts_at.astimezone(UTC) for one in versions}
    ends = {one.term.ends_at.astimezone(UTC) for one in versions}
    bounds = {
        bound.astimezone(UTC) for one in versions for p in one.permits for bound in window(one, p) if bound
    }
    asked = {*starts, *ends, *bounds, *(bound + age + _SECOND for bound in bounds for age in ages)}
    for at in sorted(moment for moment in asked if min(starts) <= moment < max(ends)):
        arrests = {*bounds, *(bound - _DAY for bound in bounds)}
        arrests |= {early for age in ages for early in (at - age, at - age - _DAY if age else at)}
        arrests.add(min(arrests) - ages[-1] - _DAY)
        for arrest in sorted(arrests, reverse=True):
            if arrest <= at:
                yield When(at.astimezone(zone), arrest.astimezone(zone))


def window(agreement: Agreement, permit: Permit) -> tuple[datetime | None, datetime | None]:
    """The first instant of the arrests that the permit shows, and the first after them."""
    first, last = (
        Term(day, day, agreement.term.time_zone) if day else None
        for day in (permit.rows.arrested_from, permit.rows.arrested_to)
    )
    return first.starts_at if first else None, last.ends_at if last else None


def _in_term(agreement: Agreement, _: Permit, when: When) -> bool:
    return agreement.term.starts_at <= when.asked_at < agreement.term.ends_at


def _in_window(agreement: Agreement, permit: Permit, when: When) -> bool:
    first, after = window(agreement, permit)
    return (first is None or first <= when.arrested_at) and (after is None or when.arrested_at < after)


def age(when: When) -> timedelta:
    """How long ago the arrest was, in real time."""
    return when.asked_at.astimezone(UTC) - when.arrested_at.astimezone(UTC)


def _recent(_: Agreement, permit: Permit, when: When) -> bool:
    days = permit.rows.arrested_within_days
    return days is None or age(when) <= timedelta(days=days)


WHEN: Mapping[str, Covers] = {"term": _in_term, "window": _in_window, "age": _recent}
"""What a permit can ask of both times."""


def hours(versions: Versions) -> Iterator[time]:
    """Noon, and the times of day at which some permit opens or closes."""
    yield time(12)
    for permit in permits_of(versions):
        yield from (permit.hours.opens, permit.hours.closes) if permit.hours else ()


def in_hours(_: Agreement, permit: Permit, at: time) -> bool:
    """Whether the permit lets one ask at that time of day."""
    return permit.hours is None or open_at(permit.hours, at)


def open_at(hours: Hours, at: time) -> bool:
    """Whether one may ask at that time of day: past midnight where they close no later than they open.

    >>> open_at(Hours(time(22), time(6)), time(23)), open_at(Hours(time(22), time(6)), time(6))
    (True, False)
    """
    if hours.opens < hours.closes:
        return hours.opens <= at < hours.closes
    return at >= hours.opens or at < hours.closes
