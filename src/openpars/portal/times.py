"""How long it takes from arrest to preliminary arraignment: the figures by district, shift and stage, and their
pictures. They are counted in the database: nobody's record is read for them. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from openpars.portal.showing import age, day, instant
from openpars.records.rules.court_days import local_day
from openpars.records.rules.delays import Stage

MARKS = (6, 12, 20, 36, 48)
BIN, LAST = 2, 50
"""Hours of a column of the picture, and where its last one, of all that is longer, begins: 48."""
WIDTH, HEIGHT = 500, 160
SHIFTS = {
    "day": "day, 8 a.m. to 4 p.m.",
    "evening": "evening, 4 p.m. to midnight",
    "night": "night, midnight to 8 a.m.",
}


@dataclass(frozen=True)
class Group:
    """The times of one district, shift or stage, in hours; the shares are whole per cent."""

    name: str
    count: int
    tenth: float
    median: float
    ninetieth: float
    longest: float
    past_12: int
    past_20: int

    @property
    def words(self) -> tuple[str, str, str, str]:
        """10th percentile, median, 90th percentile and longest in hours and minutes."""
        return age(self.tenth), age(self.median), age(self.ninetieth), age(self.longest)

    @property
    def bar(self) -> tuple[int, int, int]:
        """Where the bar from the 10th to the 90th percentile begins, how wide it is, and where the median stands."""
        begin, end, middle = (_across(hours) for hours in (self.tenth, self.ninetieth, self.median))
        return begin, max(end - begin, 2), middle


@dataclass(frozen=True)
class Column:
    """A column of the picture: how many took from `begin` up to `end` hours (None: or longer)."""

    begin: int
    end: int | None
    count: int
    x: int
    y: int
    width: int
    height: int

    @property
    def label(self) -> str:
        """The column's hours."""
        return f"{self.begin} to {self.end} h" if self.end else f"{self.begin} h or more"


@dataclass(frozen=True)
class Times:
    """All of it: over how many arrests, since which day, and the groups."""

    all: Group
    since: str
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Group, ...]], ...]


def times(body: Mapping[str, Any], zone: ZoneInfo) -> Times | None:
    """The times of an answer to the list `times`; None where it counts none."""
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for row in body["results"]:
        rows.setdefault(row["by"], []).append(row)
    if not rows:
        return None
    (whole,) = rows["all"]
    first = instant(whole["first_at"])
    return Times(
        _group(whole, "all"),
        day(local_day(first, zone)) if first else "",
        _columns({int(row["name"]): row["arrests"] for row in rows["hours"]}),
        (
            ("district", tuple(_group(row, row["name"] or "not known") for row in rows["district"])),
            ("shift of the arrest", _ordered(rows["shift"], SHIFTS)),
            ("stage", _ordered(rows["stage"], {stage: stage for stage in Stage})),
        ),
    )


def marks() -> list[tuple[int, int]]:
    """Each mark in hours with its place in the pictures."""
    return [(hours, _across(hours)) for hours in MARKS]


def _ordered(rows: Sequence[Mapping[str, Any]], words: Mapping[str, str]) -> tuple[Group, ...]:
    named = {row["name"]: row for row in rows}
    return tuple(_group(named[name], said) for name, said in words.items() if name in named)


def _group(row: Mapping[str, Any], name: str) -> Group:
    tenth, median, ninetieth, longest = (minutes / 60 for minutes in row["minutes"])
    count = row["arrests"]
    past_12, past_20 = (round(100 * row[mark] / count) for mark in ("from_12", "from_20"))
    return Group(name, count, tenth, median, ninetieth, longest, past_12, past_20)


def _columns(counts: Mapping[int, int]) -> tuple[Column, ...]:
    begins = range(0, LAST, BIN)
    top, width = max(counts.values()), WIDTH // len(begins)
    heights = [round(counts.get(begin, 0) / top * HEIGHT) for begin in begins]
    return tuple(
        Column(
            begin, begin + BIN if begin + BIN < LAST else None, counts.get(begin, 0),
            number * width, HEIGHT - height, width - 2, height,
        )
        for number, (begin, height) in enumerate(zip(begins, heights, strict=True))
    )  # fmt: skip


def _across(hours: float) -> int:
    return round(min(hours, LAST) / LAST * WIDTH)
