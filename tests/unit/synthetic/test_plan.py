"""The plan of the invented city: the same by its seed, in possible orders, and like a real city."""

from datetime import UTC, date, timedelta
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.delays import Reason, problems
from openpars.records.rules.grades import gravity
from openpars.records.rules.lifecycle import Custody
from openpars.records.rules.statutes import CATALOGUE
from openpars.synthetic import calibration, companions, draws
from openpars.synthetic.detours import STRAIGHT_ON
from openpars.synthetic.likeness import figures, table
from openpars.synthetic.plan import LANES, Act, lives

FIRST = date(2026, 1, 1)
LIVES = 9000
# How far a figure of nine thousand arrests may be from the real one: points of a share, or a part of any other.
POINTS, PART = 3.0, 0.35


@pytest.fixture(scope="module")
def city():
    return list(islice(lives(seed=11, per_day=65, first=FIRST), LIVES))


@pytest.fixture(scope="module")
def rows(city):
    until = city[-1].arrested_at
    return figures(city, days=(until - city[0].arrested_at).days, per_day=65, until=until)


@given(st.integers(0, 6000))
def test_law_the_same_seed_gives_the_same_plan_and_another_another(seed):
    first, again, other = (
        list(islice(lives(seed=s, per_day=65, first=FIRST), 5)) for s in (seed, seed, seed + 1)
    )
    assert first == again != other


def test_arrests_come_in_order_and_go_on(city):
    times = [life.arrested_at for life in city]
    assert times == sorted(times)
    assert times[0].astimezone(UTC).date() >= FIRST
    assert [life.number for life in city] == list(range(LIVES))


def test_no_life_has_an_impossible_order(city):
    _in_order(city)


def test_no_charge_is_graver_than_the_lead(city):
    """Somebody charged with simple assault and murder would lead with the assault, and go home on recognizance."""
    worst = max(gravity(o.grade) - gravity(life.offenses[0].grade) for life in city for o in life.offenses)
    assert worst == 0
    for grave in ("Murder", "Rape"):
        assert not [life for life in city if grave in [o.words for o in life.offenses[1:]]]


def test_what_stands_beside_a_charge_is_an_offense_of_the_list():
    known = {str(offense.statute) for offense in CATALOGUE}
    stand = {statute for weights in companions.WEIGHTS.values() for statute in weights}
    assert stand <= known
    assert stand <= set(companions._KNOWN)


def test_detours_lie_between_the_report_and_the_arraignment_and_each_minute_has_one_reason(city):
    seen = set()
    for life in city:
        beside, held = life.detours, [life.reported_at, life.arraigned_at]
        if life.arraigned_at is None:
            assert beside == STRAIGHT_ON
            continue
        times = [beside.asked_at, beside.answered_at, beside.hospital_at, beside.back_at, beside.court_at]
        assert all(held[0] < at < held[1] for at in times if at is not None)
        assert not beside.asked_at or beside.asked_at < beside.answered_at < life.decided_at
        for place, segment in enumerate(beside.delays):
            seen.add(segment.reason)
            assert problems(segment, beside.delays[:place], life.arrested_at, life.arraigned_at) == []
        rounds = [at for at, act in life.events() if act is Act.CONFIRM and at < life.arraigned_at]
        assert {beside.where(at) for at in rounds} <= {Custody.IN_CUSTODY, Custody.HOSPITAL}
    assert seen >= {Reason.HOSPITAL, Reason.QUESTION, *calibration.DELAYED}


def test_nothing_is_filed_before_it_was_reported_however_quick_the_prosecutor(monkeypatch):
    monkeypatch.setattr(draws, "filed_after", lambda rng, at: timedelta(minutes=30))
    _in_order(islice(lives(seed=11, per_day=65, first=FIRST), 300))


def _in_order(lives_):
    for life in lives_:
        events = life.events()
        acts = [act for _, act in events]
        assert acts[0] is Act.REPORT
        for order in (
            (Act.REPORT, Act.DECIDE, Act.FILE, Act.LIST, Act.ARRAIGN, Act.POST),
            (Act.REPORT, Act.INTERVIEW, Act.ARRAIGN, Act.RELEASE),
        ):
            times = [at for act in order for at, done in events if done is act]
            assert times == sorted(times)
        assert [at for at, _ in events if at < life.arrested_at] == []
        assert life.scene.occurred_at <= life.arrested_at <= life.reported_at < life.decided_at
        assert (Act.FILE in acts) == (Act.ARRAIGN in acts) == bool(life.kept)


def test_nobody_is_arrested_while_held(city):
    last = {}
    for life in city:
        before = last.get(life.person.number)
        if before is not None:
            assert life.again
            assert before.released_at is not None
            assert before.released_at < life.arrested_at
        last[life.person.number] = life


def test_lanes_share_neither_incident_nor_person(city):
    for key in (lambda life: life.scene.number, lambda life: life.person.number):
        lanes = [{key(life) for life in city if life.scene.lane == lane} for lane in range(LANES)]
        assert lanes[0].isdisjoint(lanes[1])
        assert all(lanes)


def test_the_plan_is_like_a_real_city(rows):
    told = [row for row in rows if row.city is not None]
    assert len(told) > 120
    for row in told:
        if row.unit == "%":
            # A share of few has more chance in it.
            spread = 100 * 4 * ((row.real / 100) * (1 - row.real / 100) / row.of) ** 0.5
            assert abs(row.city - row.real) <= max(POINTS, spread), row
        elif row.topic != "Monetary bail":
            assert abs(row.city - row.real) <= PART * row.real, row
        else:
            # Money heaps: a quantile jumps from one round figure to the next.
            assert 0.4 * row.real <= row.city <= 2.1 * row.real, row


def test_three_bursts_a_day_and_next_to_none_before_a_change_of_shift(rows):
    filed = {row.what: row.city for row in rows if row.topic == "Filings by hour"}
    for burst, lull in (("01 h", "07 h"), ("09 h", "15 h"), ("17 h", "23 h")):
        assert filed[burst] > 8 > 0.6 > filed[lull]


def test_what_has_not_happened_does_not_count(city):
    until = city[0].arrested_at + timedelta(hours=1)
    rows = figures(city, days=1, per_day=65, until=until)
    assert next(row for row in rows if row.topic == "Filings by weekday").city is None
    assert "too few" in table(rows)


def test_the_table_says_each_figure_once(rows):
    lines = table(rows).splitlines()
    assert sum(line.startswith("  ") for line in lines) == len(rows)
