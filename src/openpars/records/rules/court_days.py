"""Days on which the courts sit, and how the law counts days.

Days are counted in the city's zone. The first day is left out, the last is counted to its end, and where it
falls on a weekend or a holiday the next court day is the last (1 Pa.C.S. 1908). Hours are not days: they are
hours elapsed, whatever the clocks on the wall did meanwhile.

Holidays: the legal holidays of 44 P.S. 11 on which Pennsylvania's courts close, by rule for any year. A
holiday on a Saturday is kept on the Friday before, one on a Sunday on the Monday after. A city whose courts
close on other days hands its own over (`also`).
"""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_MONDAY, _THURSDAY, _SATURDAY, _SUNDAY = 0, 3, 5, 6
NOBODY: frozenset[date] = frozenset()


@lru_cache(maxsize=64)
def holidays(year: int) -> dict[date, str]:
    """The court holidays kept in `year`, with their names, in order. New Year's Day of the year after is
    among them where it is kept on 31 December."""
    named = _named(year)
    if year < date.max.year:
        named = [*named, (date(year + 1, 1, 1), "New Year's Day")]
    kept = {_kept(day): words for day, words in named}
    return {day: words for day, words in sorted(kept.items()) if day.year == year}


def is_court_day(day: date, also: Container[date] = NOBODY) -> bool:
    """Whether the courts keep ordinary hours on `day`; `also` are further days on which they do not."""
    return day.weekday() < _SATURDAY and day not in holidays(day.year) and day not in also


def next_court_day(day: date, also: Container[date] = NOBODY) -> date:
    """`day` itself if the courts sit, else the first day after on which they do."""
    while not is_court_day(day, also):
        day += _DAY
    return day


def last_court_day(day: date, also: Container[date] = NOBODY) -> date:
    """`day` itself if the courts sit, else the last day before on which they do."""
    while not is_court_day(day, also):
        day -= _DAY
    return day


def local_day(at: datetime, zone: ZoneInfo) -> date:
    """The city's day of the instant `at`."""
    return at.astimezone(zone).date()


def day_begins(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which `day` begins in the city."""
    return datetime.combine(day, time(), zone).astimezone(UTC)


def last_day(start: datetime, days: int, zone: ZoneInfo, also: Container[date] = NOBODY) -> date:
    """The last of `days` days after `start`, moved to a court day (1 Pa.C.S. 1908)."""
    return next_court_day(local_day(start, zone) + days * _DAY, also)


def _named(year: int) -> list[tuple[date, str]]:
    return [
        (date(year, 1, 1), "New Year's Day"),
        (_weekday(year, 1, _MONDAY, 3), "Martin Luther King Jr. Day"),
        (_weekday(year, 2, _MONDAY, 3), "Presidents' Day"),
        (_last_monday(year, 5), "Memorial Day"),
        (date(year, 6, 19), "Juneteenth"),
        (date(year, 7, 4), "Independence Day"),
        (_weekday(year, 9, _MONDAY, 1), "Labor Day"),
        (_weekday(year, 10, _MONDAY, 2), "Columbus Day"),
        (date(year, 11, 11), "Veterans Day"),
        (_weekday(year, 11, _THURSDAY, 4), "Thanksgiving Day"),
        (date(year, 12, 25), "Christmas Day"),
    ]


def _kept(day: date) -> date:
    if day.weekday() == _SATURDAY:
        return day - _DAY
    return day + _DAY if day.weekday() == _SUNDAY else day


def _weekday(year: int, month: int, weekday: int, count: int) -> date:
    first = date(year, month, 1)
    return first + ((weekday - first.weekday()) % 7 + 7 * (count - 1)) * _DAY


def _last_monday(year: int, month: int) -> date:
    last = date(year, month, 31)
    return last - last.weekday() * _DAY
