"""Where the time from arrest to arraignment went."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.delays import (
    Reason,
    Segment,
    Stage,
    by_reason,
    problems,
    stages,
    unexplained,
)
from openpars.records.rules.lifecycle import Event

AT = datetime(2026, 3, 7, 22, tzinfo=UTC)
HOUR = timedelta(hours=1)
END = AT + 20 * HOUR
HOURS = st.integers(-2, 40).map(lambda n: AT + n * HOUR)
SEGMENTS = st.lists(st.builds(Segment, st.sampled_from(Reason), HOURS, st.none() | HOURS, st.just("why")))


def at(*hours):
    return [AT + n * HOUR for n in hours]


def took(past, now=END):
    return [(each.stage, each.took / HOUR) for each in stages(past, now)]


@given(st.lists(st.tuples(st.sampled_from(Event), HOURS), max_size=8), HOURS)
def test_law_the_stages_are_the_whole_time_from_arrest_to_arraignment_and_no_more(more, now):
    past = [(Event.ARREST, AT), *[(event, when) for event, when in more if when >= AT]]
    found = stages(past, now)
    if now < AT:
        assert not found
        return
    over = [when for event, when in past if event in (Event.ARRAIGNMENT, Event.RELEASE) and when <= now]
    assert sum((each.took for each in found), timedelta()) == min([*over, now]) - AT
    assert [each.stage for each in found] == sorted((each.stage for each in found), key=list(Stage).index)
    assert all(each.took >= timedelta() for each in found)
    assert all(one.ended_at == other.began_at for one, other in pairwise(found))


@given(SEGMENTS)
def test_law_valid_segments_and_the_unexplained_rest_are_the_whole_time(drawn):
    kept = []
    for segment in drawn:
        if not problems(segment, kept, AT, END):
            kept.append(segment)
    given_reasons = by_reason(kept, END)
    assert set(given_reasons) == {segment.reason for segment in kept}
    rest = unexplained(kept, AT, END)
    assert rest >= timedelta()
    assert sum(given_reasons.values(), rest) == END - AT


def test_each_stage_takes_the_time_until_its_event():
    arrest, sent, filed, interview, arraigned = at(0, 3, 7, 8, 15)
    past = [
        (Event.ARREST, arrest),
        (Event.SENDING, sent),
        (Event.FILING, filed),
        (Event.INTERVIEW, interview),
        (Event.ARRAIGNMENT, arraigned),
    ]
    whole = [(Stage.BOOKING, 3), (Stage.CHARGING, 4), (Stage.INTERVIEW, 1), (Stage.WAITING, 7)]
    assert took(past) == whole
    assert took(past, now=filed + HOUR / 2) == [*whole[:2], (Stage.INTERVIEW, 0.5)]
    assert stages(past, filed + HOUR / 2)[-1].ended_at is None


def test_an_interview_held_while_the_prosecutor_reads_takes_no_time_of_its_own():
    arrest, filed, interview, arraigned = at(0, 7, 5, 9)
    past = [
        (Event.ARREST, arrest),
        (Event.FILING, filed),
        (Event.INTERVIEW, interview),
        (Event.ARRAIGNMENT, arraigned),
    ]
    assert took(past) == [(Stage.CHARGING, 7), (Stage.WAITING, 2)]


def test_whoever_is_released_waits_no_longer():
    assert took([(Event.ARREST, AT), (Event.SENDING, AT + HOUR), (Event.RELEASE, AT + 2 * HOUR)]) == [
        (Stage.BOOKING, 1),
        (Stage.CHARGING, 1),
    ]


@pytest.mark.parametrize(
    ("segment", "where"),
    [
        (Segment(Reason.OTHER, AT, AT + HOUR), "words"),
        (Segment(Reason.HOSPITAL, AT + HOUR, AT), "ended_at"),
        (Segment(Reason.HOSPITAL, AT - HOUR, AT + HOUR), "began_at"),
        (Segment(Reason.HOSPITAL, AT + HOUR, END + HOUR), "ended_at"),
        (Segment(Reason.HOSPITAL, END, END + HOUR), "began_at"),
        (Segment(Reason.HOSPITAL, AT + 5 * HOUR, AT + 7 * HOUR), "began_at"),
    ],
)
def test_a_segment_that_cannot_be_is_refused_at_the_field(segment, where):
    others = [Segment(Reason.SYSTEM, AT + 6 * HOUR, AT + 8 * HOUR)]
    assert where in {problem.where for problem in problems(segment, others, AT, END)}


def test_segments_may_touch():
    others = [Segment(Reason.SYSTEM, AT + 6 * HOUR, AT + 8 * HOUR)]
    assert problems(Segment(Reason.TRANSPORT, AT + 8 * HOUR, END), others, AT, END) == []
