"""Next court dates, and the sessions of the arraignment court."""

from datetime import UTC, date, datetime, timedelta
from itertools import islice, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.court_days import is_court_day, local_day
from openpars.records.rules.grades import GRADES, gravity, is_felony, lead
from openpars.records.rules.hearings import (
    SITES,
    SITS_AT,
    date_problem,
    next_date,
    next_session,
    sessions,
)

CITY = ZoneInfo("America/New_York")
AT = datetime(2026, 11, 23, 15, tzinfo=UTC)
TIMES = st.datetimes(datetime(2020, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC))


@given(TIMES, st.booleans(), st.sampled_from([*GRADES, ""]))
def test_law_the_offered_date_is_a_court_day_within_the_rules_window(arraigned_at, held, grade):
    offered = next_date(arraigned_at, held=held, grade=grade, zone=CITY)
    assert is_court_day(offered.on)
    assert offered.window.earliest <= offered.on <= offered.window.latest
    assert date_problem(offered.on, offered.window) is None
    days = (offered.on - local_day(arraigned_at, CITY)).days
    if is_felony(grade) or not grade:
        assert 0 < days <= (14 if held else 21)
        assert offered.window.kind == "preliminary hearing"
    else:
        assert 20 <= days < 27
        assert offered.window.kind == "trial"


def test_a_date_on_a_holiday_gives_way_to_the_court_day_before():
    offered = next_date(datetime(2026, 11, 12, 15, tzinfo=UTC), held=True, grade="F1", zone=CITY)
    assert offered.window.latest == date(2026, 11, 26)  # Thanksgiving
    assert offered.on == date(2026, 11, 25)
    assert "within 14 days, held" in offered.window.rule


def test_the_magistrates_own_date_is_held_against_the_rule_in_words():
    allowed = next_date(AT, held=True, grade="F2", zone=CITY).window
    assert "2026-11-24 to 2026-12-07" in date_problem(date(2026, 12, 8), allowed).what
    assert date_problem(date(2026, 12, 8), allowed, cause="the only witness is in hospital") is None
    assert "weekend or a holiday" in date_problem(date(2026, 11, 26), allowed).what
    closed = date(2026, 11, 27)
    assert date_problem(closed, allowed) is None
    assert date_problem(closed, allowed, {closed}).where == "next_on"


@given(TIMES, st.sampled_from(SITES))
def test_law_the_court_sits_every_four_hours_of_the_citys_day(after, site):
    coming = list(islice(sessions(after, CITY, site), 7))
    assert coming[0] == next_session(after, CITY, site)
    assert after < coming[0].begins_at <= after + timedelta(hours=5)
    for session in coming:
        local = session.begins_at.astimezone(CITY)
        assert local.hour in SITS_AT
        assert (local.minute, session.site) == (0, site)
    gaps = {later.begins_at - earlier.begins_at for earlier, later in pairwise(coming)}
    assert gaps <= {timedelta(hours=hours) for hours in (3, 4, 5)}


@pytest.mark.parametrize(("day", "hours"), [("2026-03-08", 3), ("2026-11-01", 5)])
def test_the_night_the_clocks_change_has_its_session_at_four(day, hours):
    midnight = datetime.fromisoformat(day).replace(tzinfo=CITY).astimezone(UTC)
    assert next_session(midnight, CITY).begins_at - midnight == timedelta(hours=hours)


@given(st.lists(st.sampled_from([*GRADES, ""]), min_size=1, max_size=6))
def test_law_the_lead_charge_is_the_gravest_and_the_first_of_them(grades):
    place = lead(grades)
    assert gravity(grades[place]) == max(map(gravity, grades))
    assert all(gravity(grade) < gravity(grades[place]) for grade in grades[:place])
