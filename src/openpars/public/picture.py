"""The growth of the log as a picture: where the line goes in a box of a given size. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 640, 240
"""The box, in the picture's own units."""


@dataclass(frozen=True)
class Picture:
    """The corners of the line and of the area below it, as SVG's `points`, and the largest size at its top."""

    line: str
    area: str
    top: int


def draw(points: Sequence[tuple[datetime, int]]) -> Picture | None:
    """The picture of a log that had so many entries at each moment; None where there are fewer than two moments
    or no entries."""
    if len(points) < 2 or points[-1][1] == 0:
        return None
    begin, top = points[0][0], points[-1][1]
    span = (points[-1][0] - begin).total_seconds() or 1.0
    corners = [
        f"{(at - begin).total_seconds() / span * WIDTH:.1f},{HEIGHT - size / top * HEIGHT:.1f}"
        for at, size in points
    ]
    line = " ".join(corners)
    return Picture(line, f"0,{HEIGHT} {line} {WIDTH},{HEIGHT}", top)
