"""The board's rows: order, clocks, the count line."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import prisoners

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
        == "3 in custody · 2 past 12 h · 1 past 20 h · 1 past 36 h"
    )
    assert prisoners.board(body()).count_line == "0 in custody"


@given(st.lists(st.integers(0, 100 * 60).map(lambda minutes: minutes / 60), max_size=20))
def test_the_longest_clock_comes_first_and_no_bar_leaves_its_track(hours: list[float]) -> None:
    rows = prisoners.board(body(*hours)).prisoners
    assert [row.hours for row in rows] == sorted((row.hours for row in rows), reverse=True)
    assert all(0 <= row.filled <= prisoners.WIDTH for row in rows)


def test_each_state_of_the_clock_has_a_word_and_a_shape() -> None:
    rows = prisoners.board(body(50, 40, 25, 13, 3)).prisoners
    assert [row.tone_words for row in rows] == [
        *("past 48 h", "past 36 h", "past 20 h", "past 12 h", "under 12 h"),
    ]
    assert len({row.tone for row in rows}) == 5
    assert rows[1].whose == "Court"


def test_a_list_without_some_elements_still_makes_rows() -> None:
    (row,) = prisoners.board({"as_of": stamp(AS_OF), "results": [{"arrest": "r"}]}).prisoners
    assert (row.name, row.hours, row.otn) == ("Name not shown", 0, "")


def test_the_marks_stand_where_their_hours_are() -> None:
    assert dict(prisoners.marks())[48] == prisoners.WIDTH
    assert dict(prisoners.marks())[12] * 4 == prisoners.WIDTH
