"""The board's rows: order, clocks, the count line."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import prisoners
from openpars.records.rules.clock_table import State

AS_OF = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def body(*hours: float) -> dict:
    held = [
        {
            "arrest": f"r{number}",
            "arrested_at": stamp(AS_OF - timedelta(hours=h)),
            "custody_state": "in custody",
        }
        for number, h in enumerate(hours)
    ]
    return {"as_of": stamp(AS_OF), "results": held}


def test_the_count_line_names_the_marks_that_somebody_has_passed() -> None:
    assert (
        prisoners.board(body(1, 13, 37)).count_line
        == "3 in custody · 2 past 12 h · 1 past 20 h · 1 past 36 h · 2 untouched"
    )
    assert prisoners.board(body()).count_line == "0 in custody"


@given(st.lists(st.integers(-2 * 60, 100 * 60).map(lambda minutes: minutes / 60), max_size=20))
def test_the_longest_clock_comes_first_and_no_bar_leaves_its_track(hours: list[float]) -> None:
    rows = prisoners.board(body(*hours)).prisoners
    assert [row.hours for row in rows] == sorted((row.hours for row in rows), reverse=True)
    assert all(0 <= row.filled <= prisoners.WIDTH for row in rows)


def test_each_state_of_the_clock_has_a_word_and_a_shape() -> None:
    rows = prisoners.board(body(50, 40, 25, 13, 7, 3)).prisoners
    assert [row.tone_words for row in rows] == [
        *("past 48 h", "past 36 h", "past 20 h", "past 12 h", "past 6 h", "under 6 h"),
    ]
    assert len({row.mark for row in rows}) == 6


def test_the_marks_are_those_of_the_clocks_that_are_data() -> None:
    arraignment, cause, _ = prisoners.watched(AS_OF)
    alarm = next(hours for state, hours in cause.marks if state is State.ALARM)
    assert (
        *(hours for _, hours in arraignment.marks),
        arraignment.limit,
        alarm,
        cause.limit,
    ) == prisoners.MARKS


def row(hours: float = 8, **told: object) -> prisoners.Prisoner:
    answer = body(hours)
    answer["results"][0] |= told
    (made,) = prisoners.board(answer).prisoners
    return made


@pytest.mark.parametrize(
    ("charging", "stage", "duty", "whose"),
    [
        ("not sent", "booking", "Send the report", "Police"),
        ("waiting", "charging", "Decide the charges", "District attorney"),
        ("asked", "charging", "Answer the prosecutor", "Police"),
        ("answered", "charging", "Decide the charges, answered", "District attorney"),
        ("approved", "charging", "File the charges", "District attorney"),
        ("declined", "charging", "Release: all charges declined", "Police"),
        ("filed", "waiting for court", "Preliminary arraignment", "Court"),
    ],
)
def test_the_next_duty_and_whose_it_is_follow_the_charging(
    charging: str, stage: str, duty: str, whose: str
) -> None:
    made = row(charging_state=charging)
    assert (made.stage, made.duty, made.whose) == (stage, duty, whose)
    assert "Pa.R.Crim.P. 1003(D)" in made.rule
    assert made.version == "1"


def test_a_filed_case_without_an_interview_waits_for_that() -> None:
    assert row(charging_state="filed", interviewed_at=None).stage == "interview"
    assert row(charging_state="filed", interviewed_at=stamp(AS_OF)).stage == "waiting for court"


def test_prints_are_a_duty_once_their_clock_is_the_worst_and_only_where_it_is_told() -> None:
    late = {
        "arrested_at": stamp(AS_OF - timedelta(hours=47)),
        "arrest_category": "T",
        "charging_state": "filed",
    }
    assert row(prints_taken_at=None, **late).duty == "Preliminary arraignment"
    late["arrested_at"] = stamp(AS_OF - timedelta(hours=49))
    taken = row(prints_taken_at=stamp(AS_OF - timedelta(hours=20)), **late)
    assert "1003" in taken.rule
    assert row(**late).rule == taken.rule
    assert "past its limit for" in taken.due


def test_a_custody_state_that_nobody_touched_is_an_alarm() -> None:
    quiet = row(custody_since=stamp(AS_OF - timedelta(hours=4, minutes=1)))
    assert quiet.alarms
    assert quiet.alarm_hours == 4
    touched = row(custody_since=stamp(AS_OF - timedelta(hours=3, minutes=59)))
    assert not touched.alarms
    assert touched.alarm_from == AS_OF + timedelta(minutes=1)
    assert not row(custody_state="in hospital", custody_since=stamp(AS_OF - timedelta(hours=7))).alarms


def test_a_list_without_some_elements_still_makes_rows() -> None:
    (row,) = prisoners.board({"as_of": stamp(AS_OF), "results": [{"arrest": "r"}]}).prisoners
    assert (row.name, row.hours, row.otn) == ("Name not shown", 0, "")


def test_the_marks_stand_where_their_hours_are() -> None:
    assert dict(prisoners.marks())[48] == prisoners.WIDTH
    assert dict(prisoners.marks())[12] * 4 == prisoners.WIDTH
