"""The order of events after an arrest, the moves of custody, and how far charging has come."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agencies.rules import OFFICES
from openpars.errors import Conflict
from openpars.records.rules.lifecycle import (
    ANSWERS_FOR,
    HELD,
    OWED_BY,
    RESTS_ON,
    Charging,
    Custody,
    Event,
    Office,
    charging_state,
    check,
)

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
RESTING = [event for event in Event if RESTS_ON[event]]
TIMES = st.integers(0, 10_000).map(lambda minutes: AT + timedelta(minutes=minutes))
DECISION = st.sampled_from(["pending", "approved", "declined", "withdrawn"])


@pytest.mark.parametrize("event", RESTING)
def test_an_event_needs_what_it_rests_on(event):
    past = [(needed, AT) for needed in RESTS_ON[event]]
    check(event, AT, past)
    for missing in RESTS_ON[event]:
        with pytest.raises(Conflict, match=f"needs an? {missing} first"):
            check(event, AT, [(kind, at) for kind, at in past if kind is not missing])


@pytest.mark.parametrize("event", [Event.ARREST, Event.SENDING])
def test_what_happens_once_is_refused_a_second_time(event):
    with pytest.raises(Conflict, match=f"second {event}"):
        check(event, AT, [(Event.ARREST, AT), (event, AT)])


@given(st.sampled_from(RESTING), st.integers(1, 10**6))
def test_law_no_event_comes_before_what_it_rests_on(event, seconds):
    past = [(needed, AT) for needed in RESTS_ON[event]]
    check(event, AT + timedelta(seconds=seconds), past)
    with pytest.raises(Conflict, match="earlier"):
        check(event, AT - timedelta(seconds=seconds), past)


def test_law_whatever_an_event_rests_on_rests_on_the_arrest_and_nothing_on_itself():
    for event in Event:
        below, todo = set(), [event]
        while todo:
            below.update(needed := RESTS_ON[todo.pop()])
            todo.extend(needed)
        assert event not in below
        assert event is Event.ARREST or Event.ARREST in below


def test_every_state_of_custody_has_an_owner():
    assert set(ANSWERS_FOR) == set(Custody)
    assert all(ANSWERS_FOR[state] for state in HELD)
    assert set(Office) < set(OFFICES)


@pytest.mark.parametrize(
    ("past", "decisions", "state"),
    [
        ([], ["pending"], Charging.NOT_SENT),
        ([Event.SENDING], ["pending"], Charging.WAITING),
        ([Event.SENDING, Event.QUESTION], ["pending"], Charging.ASKED),
        ([Event.SENDING, Event.QUESTION, Event.ANSWER], ["pending"], Charging.ANSWERED),
        ([Event.SENDING, Event.QUESTION, Event.ANSWER, Event.QUESTION], ["pending"], Charging.ASKED),
        ([Event.SENDING, Event.CHARGING], ["approved", "pending"], Charging.WAITING),
        ([Event.SENDING, Event.CHARGING], ["approved", "declined"], Charging.APPROVED),
        ([Event.SENDING, Event.CHARGING], ["declined", "withdrawn"], Charging.DECLINED),
        ([Event.SENDING, Event.CHARGING, Event.FILING], ["approved"], Charging.FILED),
    ],
)
def test_how_far_charging_has_come(past, decisions, state):
    course = [(event, AT + timedelta(minutes=number)) for number, event in enumerate(past)]
    assert charging_state(course, decisions) is state


@given(st.lists(st.tuples(st.sampled_from(Event), TIMES), max_size=8), st.lists(DECISION, max_size=4), TIMES)
def test_law_charging_has_a_state_with_an_owner_whatever_happened_and_filed_stays_filed(
    past, decisions, later
):
    state = charging_state(past, decisions)
    assert OWED_BY[state] in Office
    assert charging_state(past[::-1], decisions[::-1]) is state
    assert charging_state([*past, (Event.FILING, later)], decisions) is Charging.FILED
