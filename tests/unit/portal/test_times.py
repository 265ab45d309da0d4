"""The numbers of the page of times, and that its pictures show the same."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import times

ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 11, 20, 18, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
hours = st.lists(st.integers(0, 100 * 60).map(lambda minutes: minutes / 60), min_size=1, max_size=40)


def stamp(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


def row(took: float, district: str = "24", **told: float) -> dict[str, object]:
    later = {name: stamp(AT + after * HOUR) for name, after in told.items()}
    ended = stamp(AT + took * HOUR)
    return {"arrested_at": stamp(AT), "arraigned_at": ended, "arrest_district": district, **later}


def made(*rows: dict[str, object]) -> times.Times:
    found = times.times({"results": rows}, ZONE)
    assert found is not None
    return found


@given(hours)
def test_no_arrest_is_lost_in_any_grouping_or_picture(took: list[float]) -> None:
    found = made(*(row(each, district=str(number % 3)) for number, each in enumerate(took)))
    assert found.all.count == len(took) == sum(column.count for column in found.columns)
    for what, groups in found.groups[:2]:
        assert sum(group.count for group in groups) == len(took), what
    assert max(column.height for column in found.columns) == times.HEIGHT
    for column in found.columns:
        assert column.y + column.height == times.HEIGHT
        assert column.x >= 0
        assert column.x + column.width <= times.WIDTH


@given(hours)
def test_half_took_no_longer_than_the_median_and_nine_in_ten_than_the_ninetieth(took: list[float]) -> None:
    group = made(*map(row, took)).all
    assert sum(each <= group.median + 1 / 3600 for each in took) * 2 >= len(took)
    assert sum(each <= group.ninetieth + 1 / 3600 for each in took) * 10 >= len(took) * 9
    assert group.tenth <= group.median <= group.ninetieth <= group.longest
    begin, width, _ = group.bar
    assert begin >= 0
    assert begin + width <= times.WIDTH + 2


def test_the_stages_of_an_arrest_are_its_whole_time() -> None:
    found = made(row(15, sent_at=4, interviewed_at=11))
    stages = {group.name: group.longest for group in dict(found.groups)["stage"]}
    assert stages == {"booking": 4, "interview": 7, "waiting for court": 4}
    untold = made(row(15))
    assert {group.name: group.longest for group in dict(untold.groups)["stage"]} == {"waiting for court": 15}


@pytest.mark.parametrize(("utc_hour", "shift"), [(12, 2), (13, 0), (20, 0), (21, 1), (4, 1), (5, 2)])
def test_the_shift_is_the_citys_own_clocks(utc_hour: int, shift: int) -> None:
    assert times.shift(datetime(2026, 11, 20, utc_hour, tzinfo=UTC), ZONE) == times.SHIFTS[shift]


def test_what_has_no_time_is_not_counted() -> None:
    assert times.times({"results": [{"arrest": "r"}, row(-1)]}, ZONE) is None
