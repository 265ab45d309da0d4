"""What the page of times makes of its figures, and that its pictures show the same."""

from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import times

ZONE = ZoneInfo("America/New_York")
MINUTES = st.lists(st.integers(0, 100 * 60), min_size=4, max_size=4).map(sorted)


def row(by: str, name: str, arrests: int = 1, minutes: object = (600, 660, 720, 780)) -> dict[str, object]:
    told = {"from_12": 0, "from_20": 0, "first_at": "2026-11-01T03:30:00Z"}
    return {"by": by, "name": name, "arrests": arrests, "minutes": list(minutes), **told}  # type: ignore[call-overload]


def made(columns: dict[int, int], *rows: dict[str, object]) -> times.Times:
    counted = [row("hours", str(begin), count) for begin, count in columns.items()]
    others = [row("district", "24"), row("shift", "night"), row("stage", "booking")]
    found = times.times(
        {"results": [row("all", "", sum(columns.values())), *counted, *(rows or others)]}, ZONE
    )
    assert found is not None
    return found


@given(st.dictionaries(st.sampled_from(range(0, times.LAST, times.BIN)), st.integers(1, 9000), min_size=1))
def test_every_column_is_in_the_picture_and_as_high_as_its_figure(counts: dict[int, int]) -> None:
    found = made(counts)
    assert {column.begin: column.count for column in found.columns if column.count} == counts
    assert max(column.height for column in found.columns) == times.HEIGHT
    for column in found.columns:
        assert column.y + column.height == times.HEIGHT
        assert column.x >= 0
        assert column.x + column.width <= times.WIDTH


@given(MINUTES)
def test_a_bar_runs_within_its_picture(minutes: list[int]) -> None:
    rows = [row("district", "24", minutes=minutes), row("shift", "night"), row("stage", "booking")]
    group = dict(made({0: 1}, *rows).groups)["district"][0]
    assert [group.tenth, group.median, group.ninetieth, group.longest] == [each / 60 for each in minutes]
    begin, width, _ = group.bar
    assert begin >= 0
    assert begin + width <= times.WIDTH + 2


def test_groups_stand_in_the_order_of_the_day_and_of_the_way() -> None:
    stages = ["waiting for court", "interview", "charging", "booking"]
    rows = [
        row("district", ""),
        *(row("shift", name) for name in ("night", "day")),
        *(row("stage", name) for name in stages),
    ]
    found = made({0: 1}, *rows)
    assert {what: [group.name for group in groups] for what, groups in found.groups} == {
        "district": ["not known"],
        "shift of the arrest": [times.SHIFTS["day"], times.SHIFTS["night"]],
        "stage": stages[::-1],
    }


def test_the_first_day_is_the_citys_own() -> None:
    assert made({0: 1}).since == "October 31, 2026"


def test_where_nothing_is_counted_there_is_nothing_to_show() -> None:
    assert times.times({"results": []}, ZONE) is None
