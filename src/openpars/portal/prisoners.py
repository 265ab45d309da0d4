"""The board's rows: where each prisoner stands between arrest and preliminary arraignment, and on what clock.

Marks (reference/standards.md section 3.2): Rule 1003(D) asks for arraignment without unnecessary delay, for
which the city watches 6, 12 and 20 hours; 36 hours is the alarm and 48 hours the constitutional outer mark
(Riverside v. McLaughlin).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from openpars.portal.showing import age, full_name, instant, local

MARKS = (6, 12, 20, 36, 48)
WIDTH = 240
"""Of the clock's picture, in its own units: 48 hours."""

_TONES = (
    (48, "past-48", "past 48 h"),
    (36, "past-36", "past 36 h"),
    (20, "past-20", "past 20 h"),
    (12, "past-12", "past 12 h"),
)
_DUTIES = {
    "in custody": ("Charging decision, then arraignment", "District attorney"),
    "in hospital": ("Bring back from hospital", "Police"),
    "at court": ("Preliminary arraignment", "Court"),
}


@dataclass(frozen=True)
class Prisoner:
    """One row."""

    arrest: str
    name: str
    is_invented: bool
    otn: str
    lead_charge: str
    district: str
    stage: str
    stage_since: str
    arrested_at: datetime
    arrested_words: str
    hours: float
    duty: str
    whose: str

    @property
    def age(self) -> str:
        """Hours and minutes since the arrest."""
        return age(self.hours)

    @property
    def filled(self) -> int:
        """Width of the clock's bar."""
        return min(WIDTH, round(self.hours / MARKS[-1] * WIDTH))

    @property
    def tone(self) -> str:
        """Name of the clock's state, for its shape and color."""
        return next((tone for hours, tone, _ in _TONES if self.hours >= hours), "early")

    @property
    def tone_words(self) -> str:
        """The clock's state in words."""
        return next((words for hours, _, words in _TONES if self.hours >= hours), "under 12 h")


@dataclass(frozen=True)
class Board:
    """Everyone held, longest first, as of an instant."""

    as_of: datetime
    prisoners: tuple[Prisoner, ...]
    stages: tuple[str, ...]
    districts: tuple[str, ...]

    @property
    def count_line(self) -> str:
        """The board's first line: `63 in custody · 9 past 12 h · 1 past 36 h`."""
        parts = [f"{len(self.prisoners)} in custody"]
        for mark in (12, 20, 36, 48):
            late = sum(prisoner.hours >= mark for prisoner in self.prisoners)
            if late:
                parts.append(f"{late} past {mark} h")
        return " · ".join(parts)


def board(body: Mapping[str, Any]) -> Board:
    """The board of an answer to `list_held`."""
    as_of = instant(body["as_of"])
    if as_of is None:
        raise ValueError("the answer bears no time")
    rows = [_prisoner(result, as_of) for result in body["results"]]
    rows.sort(key=lambda row: (row.arrested_at, row.arrest))
    return Board(as_of, tuple(rows), _known(row.stage for row in rows), _known(row.district for row in rows))


def marks() -> Sequence[tuple[int, int]]:
    """Each mark in hours with its place in the picture."""
    return [(hours, round(hours / MARKS[-1] * WIDTH)) for hours in MARKS]


def _known(words: Any) -> tuple[str, ...]:
    return tuple(sorted({word for word in words if word}))


def _prisoner(result: Mapping[str, Any], as_of: datetime) -> Prisoner:
    arrested_at = instant(result.get("arrested_at")) or as_of
    stage = str(result.get("custody_state") or "in custody")
    since = instant(result.get("custody_since"))
    hours = (as_of - arrested_at).total_seconds() / 3600
    duty, whose = _DUTIES.get(stage, _DUTIES["in custody"])
    if hours >= 36:
        duty, whose = "Probable-cause finding before hour 48", "Court"
    return Prisoner(
        arrest=str(result["arrest"]),
        name=full_name(result) or "Name not shown",
        is_invented=bool(result.get("invented")),
        otn=str(result.get("otn") or ""),
        lead_charge=str(result.get("lead_charge") or ""),
        district=str(result.get("arrest_district") or ""),
        stage=stage,
        stage_since=local(since) if since else "",
        arrested_at=arrested_at,
        arrested_words=local(arrested_at, with_year=False),
        hours=hours,
        duty=duty,
        whose=whose,
    )
