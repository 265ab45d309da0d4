"""The clocks of an arrest."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.clock_table import CLOCKS, WATCHES, State, Unit
from openpars.records.rules.clocks import Facts, Happened, in_force, next_duty, running
from openpars.records.rules.lifecycle import Custody, Event, Office

CITY = ZoneInfo("America/New_York")
AT = datetime(2026, 3, 2, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
MINUTES = st.integers(0, 200 * 24 * 60)
INSTANTS = st.sampled_from([UTC, CITY]).flatmap(
    lambda zone: MINUTES.map(lambda n: (AT + n * timedelta(minutes=1)).astimezone(zone))
)
HAPPENED = st.builds(Happened, st.sampled_from(Event), INSTANTS, st.none() | INSTANTS)
FACTS = st.builds(
    Facts,
    st.lists(HAPPENED, max_size=8).map(lambda more: (Happened(Event.ARREST, AT), *more)),
    st.booleans(),
    st.none() | st.booleans(),
    st.booleans(),
    st.lists(st.sampled_from(["pending", "approved", "declined"]), max_size=3).map(tuple),
    st.none() | st.sampled_from(Custody),
)


def facts(*events, **more):
    return Facts(tuple(Happened(event, at) for event, at in ((Event.ARREST, AT), *events)), **more)


def clock(name, known, now):
    return next((each for each in running(known, now, CITY) if each.clock.name == name), None)


def instances(known, now):
    return {(each.clock.name, each.started_at): each for each in running(known, now, CITY)}


@given(FACTS, INSTANTS, INSTANTS)
def test_law_a_clock_never_goes_backward_as_time_passes(known, one, other):
    before, after = (instances(known, now) for now in sorted((one, other)))
    for key in before.keys() & after.keys():
        assert before[key].state <= after[key].state
        assert before[key].elapsed <= after[key].elapsed
        assert before[key].due_at == after[key].due_at
    assert {name for name, _ in before} <= {name for name, _ in after}


@given(FACTS, INSTANTS, INSTANTS, HAPPENED)
def test_law_stopped_stays_stopped_whatever_happens_later(known, one, other, later):
    now, then = sorted((one, other))
    more = Facts((*known.events, Happened(later.event, then + HOUR)), known.held, known.felony, known.warrant)
    after = instances(more, then + 2 * HOUR)
    for key, each in instances(known, now).items():
        if each.state is State.STOPPED:
            assert after[key].state is State.STOPPED
            assert (after[key].stopped_at, after[key].remaining) == (each.stopped_at, each.remaining)


@given(FACTS, INSTANTS, st.none() | INSTANTS)
def test_law_event_times_count_and_entry_times_do_not(known, now, entered_at):
    entered = tuple(Happened(each.event, each.at, entered_at) for each in known.events)
    again = Facts(entered, known.held, known.felony, known.warrant, known.decisions, known.custody)
    for one, other in zip(running(known, now, CITY), running(again, now, CITY), strict=True):
        assert (one.clock, one.state, one.due_at, one.elapsed) == (
            other.clock,
            other.state,
            other.due_at,
            other.elapsed,
        )
        assert other.entry_lag == (entered_at and entered_at.astimezone(UTC) - other.started_at)


@given(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(CITY)))
def test_law_hours_are_elapsed_hours_and_days_end_at_the_citys_midnight(start):
    known = Facts((Happened(Event.ARREST, start), Happened(Event.RELEASE, start)))
    for each in running(known, start, CITY):
        if each.clock.unit is Unit.HOURS:
            assert each.due_at.timestamp() - start.timestamp() == each.clock.limit * 3600
        else:
            ends = each.due_at.astimezone(CITY)
            assert (ends.hour, ends.minute) == (0, 0)
            last = (ends - timedelta(minutes=1)).date()
            assert (last - start.date()).days >= each.clock.limit


@given(FACTS, INSTANTS)
def test_law_the_next_duty_is_of_the_worst_state_that_is_open(known, now):
    clocks = running(known, now, CITY)
    owed = next_duty(clocks)
    open_ones = [each for each in clocks if each.state is not State.STOPPED]
    if owed is None:
        assert not open_ones
    else:
        assert owed in open_ones
        assert owed.state == max(each.state for each in open_ones)


@pytest.mark.parametrize("row", [*CLOCKS, *WATCHES.values()], ids=lambda row: row.words)
def test_a_clock_says_its_rule_and_its_marks_lead_up_to_its_limit(row):
    counts = [count for _, count in row.marks]
    assert counts == sorted(set(counts))
    assert counts[-1] < row.limit
    assert [state for state, _ in row.marks] == sorted(state for state, _ in row.marks)
    assert row.rule
    assert row.version
    assert row.starts not in row.stops


@pytest.mark.parametrize(
    ("hours", "state"),
    [(5, State.RUNNING), (6, State.AMBER), (12, State.RED), (20, State.RED), (20.01, State.PAST)],
)
def test_arraignment_without_unnecessary_delay_against_this_citys_marks(hours, state):
    found = clock("arraignment", facts(), AT + hours * HOUR)
    assert found.state is state
    assert not found.clock.of_law


@pytest.mark.parametrize(("hours", "state"), [(35, State.RED), (36, State.ALARM), (48.5, State.PAST)])
def test_forty_eight_hours_to_probable_cause_with_an_alarm_at_thirty_six(hours, state):
    assert clock("probable cause", facts(), AT + hours * HOUR).state is state


def test_forty_eight_hours_are_elapsed_hours_in_the_night_the_clocks_go_forward():
    start = datetime(2026, 3, 7, 20, tzinfo=CITY)
    found = clock("probable cause", Facts((Happened(Event.ARREST, start),)), start)
    assert found.due_at.astimezone(CITY) == datetime(2026, 3, 9, 21, tzinfo=CITY)


def test_a_person_arrested_on_a_warrant_has_been_before_a_judge_already():
    assert clock("probable cause", facts(warrant=True), AT + HOUR) is None


def test_five_days_to_the_complaint_end_on_a_court_day_and_a_late_one_is_told():
    release = datetime(2026, 6, 29, 12, tzinfo=CITY)  # the fifth day after is the Saturday of the Fourth
    known = facts((Event.RELEASE, release), (Event.FILING, release + 9 * 24 * HOUR))
    found = clock("complaint", known, release + HOUR)
    assert found.due_at.astimezone(CITY) == datetime(2026, 7, 7, tzinfo=CITY)
    assert found.duty is Office.POLICE
    assert not clock("complaint", known, release + 10 * 24 * HOUR).met


def test_whoever_is_released_after_the_filing_owes_nobody_a_complaint():
    known = facts((Event.FILING, AT + HOUR), (Event.RELEASE, AT + 2 * HOUR))
    found = clock("complaint", known, AT + 3 * HOUR)
    assert (found.state, found.met) == (State.STOPPED, True)


@pytest.mark.parametrize(
    ("held", "name", "days"),
    [(True, "hearing of a held person", 14), (False, "hearing of a released person", 21)],
)
def test_the_hearing_is_in_fourteen_days_or_twenty_one(held, name, days):
    names = [each.clock.name for each in running(facts((Event.ARRAIGNMENT, AT), held=held), AT, CITY)]
    assert [each for each in names if each.startswith("hearing")] == [name]
    found = clock(name, facts((Event.ARRAIGNMENT, AT), held=held), AT)
    assert found.due_at.astimezone(CITY).date() == date(2026, 3, 3) + timedelta(days=days)


def test_a_misdemeanor_has_no_preliminary_hearing():
    names = {each.clock.name for each in running(facts((Event.ARRAIGNMENT, AT), felony=False), AT, CITY)}
    assert not any(name.startswith("hearing") for name in names)


def test_the_duty_follows_the_report():
    now = AT + 7 * HOUR
    sent, asked, filed = ((e, AT + HOUR) for e in (Event.SENDING, Event.QUESTION, Event.FILING))
    for events, whose in (
        ([], Office.POLICE),
        ([sent], Office.PROSECUTOR),
        ([sent, asked], Office.POLICE),
        ([sent, filed], Office.COURT),
    ):
        known = facts(*events, (Event.PRINTS, AT))
        assert next_duty(running(known, now, CITY)).duty is whose


def test_a_status_nobody_has_touched_is_an_alarm_until_somebody_confirms_it():
    known = facts(custody=Custody.IN_CUSTODY)
    assert clock("custody", known, AT + HOUR).state is State.RUNNING
    assert clock("custody", known, AT + 5 * HOUR).state is State.PAST
    known = facts((Event.CUSTODY, AT + 4.5 * HOUR), custody=Custody.IN_CUSTODY)
    assert clock("custody", known, AT + 5 * HOUR).state is State.RUNNING
    assert clock("custody", facts(custody=Custody.RELEASED), AT + 900 * HOUR) is None


def test_a_clock_is_governed_by_the_version_in_force_when_it_starts():
    old = in_force("prints", date(2026, 1, 1))
    new = type(old)(**{**vars(old), "version": "2", "limit": 24, "effective_from": date(2026, 6, 1)})
    assert in_force("prints", date(2026, 5, 31), [old, new]) is old
    assert in_force("prints", date(2026, 6, 1), [old, new]) is new
    assert in_force("prints", date(1979, 12, 31), [old, new]) is None
