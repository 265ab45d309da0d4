"""The growth of the log as a picture: where line and numbers go in a box of a given size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 640, 240
"""The box of the line, in the picture's own units."""
OUTLINE = "-110 -20 765 300"
"""The picture's own box, with the numbers on its axes: SVG's `viewBox`."""
MOST_TICKS = 4


@dataclass(frozen=True)
class Tick:
    """A number of entries on the picture's upright axis, and how far down it is."""

    entries: int
    y: str


@dataclass(frozen=True)
class Picture:
    """The corners of the line and of the area below it, as SVG's `points`; the largest size, at its top; and the round
    numbers on its upright axis."""

    line: str
    area: str
    top: int
    ticks: tuple[Tick, ...]


def draw(points: Sequence[tuple[datetime, int]]) -> Picture | None:
    """The picture of a log that had so many entries at each moment; None where there are fewer than two moments
    or no entries."""
    if len(points) < 2 or points[-1][1] == 0:
        return None
    begin, top = points[0][0], points[-1][1]
    span = (points[-1][0] - begin).total_seconds() or 1.0
    corners = [
        f"{(at - begin).total_seconds() / span * WIDTH:.1f},{_height(size, top)}" for at, size in points
    ]
    line = " ".join(corners)
    ticks = tuple(Tick(entries, _height(entries, top)) for entries in range(0, top + 1, _step(top)))
    return Picture(line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", top, ticks)


def _height(size: int, top: int) -> str:
    return f"{HEIGHT - size / top * HEIGHT:.1f}"


def _step(top: int) -> int:
    """The smallest of 1, 2, 5, 10, 20, 50 ... of which no more than MOST_TICKS are in `top`."""
    ten = 1
    while True:
        for step in (ten, 2 * ten, 5 * ten):
            if top // step <= MOST_TICKS:
                return step
        ten *= 10
