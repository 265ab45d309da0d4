"""Court days: the holidays of known years, and how days are counted."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.court_days import (
    day_begins,
    holidays,
    is_court_day,
    last_court_day,
    last_day,
    local_day,
    next_court_day,
)

CITY = ZoneInfo("America/New_York")
DAYS = st.dates(date(1990, 1, 1), date(2100, 12, 31))
TIMES = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


def test_the_holidays_of_2026():
    assert list(holidays(2026)) == [
        date(2026, 1, 1),
        date(2026, 1, 19),
        date(2026, 2, 16),
        date(2026, 5, 25),
        date(2026, 6, 19),
        date(2026, 7, 3),  # the Fourth is a Saturday
        date(2026, 9, 7),
        date(2026, 10, 12),
        date(2026, 11, 11),
        date(2026, 11, 26),
        date(2026, 12, 25),
    ]


def test_a_new_year_on_saturday_is_kept_in_the_year_before():
    assert holidays(2021)[date(2021, 12, 31)] == "New Year's Day"
    assert date(2022, 1, 1) not in holidays(2022)


def test_a_citys_own_closing_day_is_no_court_day():
    day = date(2026, 11, 27)
    assert is_court_day(day)
    assert not is_court_day(day, {day})
    assert next_court_day(day, {day}) == date(2026, 11, 30)


@given(st.integers(1990, 2100))
def test_law_every_year_has_its_holidays_on_weekdays(year):
    kept = holidays(year)
    assert 10 <= len(kept) <= 12
    assert list(kept) == sorted(kept)
    assert all(day.year == year and day.weekday() < 5 for day in kept)


@given(DAYS)
def test_law_the_next_court_day_is_one_and_none_lies_between(day):
    found = next_court_day(day)
    assert is_court_day(found)
    assert found - day < timedelta(days=6)
    assert not any(is_court_day(day + timedelta(days=n)) for n in range((found - day).days))
    assert last_court_day(found) == found
    assert last_court_day(day) <= day


@given(TIMES, st.integers(0, 120))
def test_law_days_are_counted_on_the_citys_calendar_whatever_the_clocks_do(start, days):
    day = local_day(start, CITY)
    assert day_begins(day, CITY) <= start < day_begins(day + timedelta(days=1), CITY)
    assert last_day(start, days, CITY) == next_court_day(day + timedelta(days=days))
