"""The order of events after an arrest."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import Conflict
from openpars.records.rules.lifecycle import RESTS_ON, Event, check

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize("event", [event for event in Event if RESTS_ON[event]])
def test_an_event_needs_what_it_rests_on(event):
    past = [(needed, AT) for needed in RESTS_ON[event]]
    check(event, AT, past)
    for missing in RESTS_ON[event]:
        with pytest.raises(Conflict, match=f"needs a {missing} first"):
            check(event, AT, [(kind, at) for kind, at in past if kind is not missing])


def test_a_second_arrest_of_the_same_arrest_is_refused():
    with pytest.raises(Conflict, match="second arrest"):
        check(Event.ARREST, AT, [(Event.ARREST, AT)])


@given(st.sampled_from([event for event in Event if RESTS_ON[event]]), st.integers(1, 10**6))
def test_law_no_event_comes_before_what_it_rests_on(event, seconds):
    past = [(needed, AT) for needed in RESTS_ON[event]]
    check(event, AT + timedelta(seconds=seconds), past)
    with pytest.raises(Conflict, match="earlier"):
        check(event, AT - timedelta(seconds=seconds), past)
