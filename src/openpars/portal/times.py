"""How long it takes from arrest to preliminary arraignment: the numbers by district, shift and stage, and their
pictures. Nobody's name or number is read for it. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from openpars.portal.showing import age, instant
from openpars.records.rules.delays import Stage, stages
from openpars.records.rules.lifecycle import Event

ELEMENTS = ("arrested_at", "arraigned_at", "arrest_location:district", "sent_at", "interviewed_at")
"""What the list is asked for: times and districts, nothing of a person."""
MARKS = (6, 12, 20, 36, 48)
BIN, LAST = 2, 50
"""Hours of a column of the picture, and where its last one, of all that is longer, begins: 48."""
WIDTH, HEIGHT = 500, 160
SHIFTS = ("day, 8 a.m. to 4 p.m.", "evening, 4 p.m. to midnight", "night, midnight to 8 a.m.")


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
    """All of it: over how many arrests, and the groups."""

    all: Group
    columns: tuple[Column, ...]
    groups: tuple[tuple[str, tuple[Group, ...]], ...]


def times(body: Mapping[str, Any], zone: ZoneInfo) -> Times | None:
    """The times of an answer to the list `arraigned`; None where it holds none."""
    rows = [row for result in body["results"] if (row := _row(result)) is not None]
    if not rows:
        return None
    hours = [row.hours for row in rows]
    return Times(
        _group("all", hours),
        _columns(hours),
        (
            ("district", _by((row.district or "not known", row.hours) for row in rows)),
            ("shift of the arrest", _by(((shift(row.arrested, zone), row.hours) for row in rows), SHIFTS)),
            ("stage", _by((stretch for row in rows for stretch in _stretches(row)), tuple(Stage))),
        ),
    )


def shift(at: datetime, zone: ZoneInfo) -> str:
    """The shift in which it happened, by the city's clock."""
    hour = at.astimezone(zone).hour
    return SHIFTS[2] if hour < 8 else SHIFTS[0] if hour < 16 else SHIFTS[1]


def percentile(ordered: Sequence[float], per_cent: int) -> float:
    """The smallest figure that so many per cent do not exceed (nearest rank); `ordered` is not empty."""
    return ordered[max(0, -(-len(ordered) * per_cent // 100) - 1)]


def marks() -> list[tuple[int, int]]:
    """Each mark in hours with its place in the pictures."""
    return [(hours, _across(hours)) for hours in MARKS]


@dataclass(frozen=True)
class _Row:
    arrested: datetime
    arraigned: datetime
    sent: datetime | None
    interviewed: datetime | None
    district: str

    @property
    def hours(self) -> float:
        return (self.arraigned - self.arrested) / timedelta(hours=1)


def _row(result: Mapping[str, Any]) -> _Row | None:
    arrested, arraigned = instant(result.get("arrested_at")), instant(result.get("arraigned_at"))
    if arrested is None or arraigned is None or arraigned < arrested:
        return None
    sent, interviewed = instant(result.get("sent_at")), instant(result.get("interviewed_at"))
    return _Row(arrested, arraigned, sent, interviewed, str(result.get("arrest_district") or ""))


def _stretches(row: _Row) -> Iterable[tuple[str, float]]:
    known = ((Event.SENDING, row.sent), (Event.INTERVIEW, row.interviewed))
    past = [(Event.ARREST, row.arrested), (Event.ARRAIGNMENT, row.arraigned)]
    past += [(event, at) for event, at in known if at is not None]
    return [(stretch.stage, stretch.took / timedelta(hours=1)) for stretch in stages(past, now=row.arraigned)]


def _by(pairs: Iterable[tuple[str, float]], order: Sequence[str] = ()) -> tuple[Group, ...]:
    found: dict[str, list[float]] = {}
    for name, hours in pairs:
        found.setdefault(name, []).append(hours)
    names = [name for name in order if name in found] or sorted(found)
    return tuple(_group(name, found[name]) for name in names)


def _group(name: str, hours: Sequence[float]) -> Group:
    ordered = sorted(hours)
    tenth, median, ninetieth = (percentile(ordered, each) for each in (10, 50, 90))
    past_12, past_20 = (
        round(100 * sum(each >= mark for each in ordered) / len(ordered)) for mark in (12, 20)
    )
    return Group(str(name), len(ordered), tenth, median, ninetieth, ordered[-1], past_12, past_20)


def _columns(hours: Sequence[float]) -> tuple[Column, ...]:
    begins = range(0, LAST, BIN)
    counts = [sum(begin <= min(each, LAST - BIN) < begin + BIN for each in hours) for begin in begins]
    top, width = max(counts), WIDTH // len(counts)
    return tuple(
        Column(
            begin, begin + BIN if begin + BIN < LAST else None, count, number * width,
            HEIGHT - round(count / top * HEIGHT), width - 2, round(count / top * HEIGHT),
        )
        for number, (begin, count) in enumerate(zip(begins, counts, strict=True))
    )  # fmt: skip


def _across(hours: float) -> int:
    return round(min(hours, LAST) / LAST * WIDTH)
