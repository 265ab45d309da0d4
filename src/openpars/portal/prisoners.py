"""The board's rows: where each prisoner stands between arrest and preliminary arraignment, on what clocks, and whose
the next duty is. The clocks, their marks and their rules are data of `records.rules`; nothing is decided here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from openpars.portal.deadlines import Deadline, deadline
from openpars.portal.showing import age, full_name, instant, local
from openpars.records.rules import clocks
from openpars.records.rules.clock_table import CLOCKS, UNTOUCHED, Clock, State
from openpars.records.rules.clocks import Facts, Happened, Running
from openpars.records.rules.court_days import day_begins
from openpars.records.rules.delays import Stage
from openpars.records.rules.grades import GRADES, is_felony
from openpars.records.rules.lifecycle import Charging, Custody, Event, Office

MARKS = (6, 12, 20, 36, 48)
"""Hours since the arrest that the bar marks: amber, red and limit of the arraignment's clock, alarm and limit of the
clock of probable cause (`clock_table`)."""
WIDTH = 240
"""Of the clock's picture, in its own units: 48 hours."""

OFFICES = {Office.POLICE: "Police", Office.PROSECUTOR: "District attorney", Office.COURT: "Court"}
WATCHED = ("arraignment", "probable cause", "prints")
"""The clocks that can run before an arraignment, beside the one that watches custody."""

_STEPS = {
    Charging.NOT_SENT: (Stage.BOOKING, "Send the report"),
    Charging.WAITING: (Stage.CHARGING, "Decide the charges"),
    Charging.ASKED: (Stage.CHARGING, "Answer the prosecutor"),
    Charging.ANSWERED: (Stage.CHARGING, "Decide the charges, answered"),
    Charging.APPROVED: (Stage.CHARGING, "File the charges"),
    Charging.DECLINED: (Stage.CHARGING, "Release: all charges declined"),
    Charging.FILED: (Stage.WAITING, "Preliminary arraignment"),
}


@dataclass(frozen=True)
class Prisoner:
    """One row. `rule` and `version` are those of the clock that makes the next duty the next; `alarm_from` is when the
    custody state, untouched, becomes an alarm; `complaint` is the clock of somebody who was released before charges
    were filed, whom the clocks since the arrest no longer hold."""

    arrest: str
    name: str
    is_invented: bool
    otn: str
    dc_number: str
    lead_charge: str
    district: str
    state: str
    state_since: str
    stage: str
    arrested_at: datetime
    arrested_words: str
    hours: float
    duty: str
    whose: str
    rule: str
    version: str
    due: str
    alarm_from: datetime | None
    alarms: bool
    alarm_hours: int
    complaint: Deadline | None = None
    as_adult: bool = False

    @property
    def age(self) -> str:
        """Hours and minutes since the arrest."""
        return age(self.hours)

    @property
    def filled(self) -> int:
        """Width of the clock's bar; none for an arrest that is ahead of this clock."""
        return max(0, min(WIDTH, round(self.hours / MARKS[-1] * WIDTH)))

    @property
    def mark(self) -> int:
        """The last mark that was passed, in hours; 0: none."""
        return max((hours for hours in MARKS if self.hours >= hours), default=0)

    @property
    def tone_words(self) -> str:
        """The clock's state in words."""
        return f"past {self.mark} h" if self.mark else f"under {MARKS[0]} h"


@dataclass(frozen=True)
class Board:
    """Everyone held, longest first, as of an instant."""

    as_of: datetime
    prisoners: tuple[Prisoner, ...]

    @property
    def count_line(self) -> str:
        """The board's first line: `63 in custody · 9 past 12 h · 1 past 36 h`."""
        parts = [f"{len(self.prisoners)} in custody"]
        for mark in MARKS[1:]:
            late = sum(prisoner.hours >= mark for prisoner in self.prisoners)
            if late:
                parts.append(f"{late} past {mark} h")
        untouched = sum(prisoner.alarms for prisoner in self.prisoners)
        return " · ".join([*parts, f"{untouched} untouched"] if untouched else parts)

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages that somebody is in, in their order."""
        here = {row.stage for row in self.prisoners}
        return tuple(stage for stage in Stage if stage in here)

    @property
    def districts(self) -> tuple[str, ...]:
        """The districts in which somebody was arrested."""
        return tuple(sorted({row.district for row in self.prisoners if row.district}))

    @property
    def offices(self) -> tuple[str, ...]:
        """The offices that owe somebody something."""
        return tuple(sorted({row.whose for row in self.prisoners if row.whose}))


def board(body: Mapping[str, Any]) -> Board:
    """The board of an answer to the list `held`, or of a part of it."""
    as_of = instant(body["as_of"])
    if as_of is None:
        raise ValueError("the answer bears no time")
    rows = [_prisoner(result, as_of) for result in body["results"]]
    rows.sort(key=lambda row: (row.arrested_at, row.arrest))
    return Board(as_of, tuple(rows))


def marks() -> Sequence[tuple[int, int]]:
    """Each mark in hours with its place in the picture."""
    return [(hours, round(hours / MARKS[-1] * WIDTH)) for hours in MARKS]


def watched(on: datetime) -> Sequence[Clock]:
    """The clocks that a board shows, in the version in force on that day."""
    day = timezone.localdate(on)
    return [clock for name in WATCHED if (clock := clocks.in_force(name, day, CLOCKS))]


def untouched() -> Sequence[tuple[str, int]]:
    """Each custody state with the hours after which it is an alarm."""
    return [(str(state), hours) for state, hours in UNTOUCHED.items() if state is not Custody.COMMITTED]


def facts(result: Mapping[str, Any], arrested_at: datetime) -> Facts:
    """What an answer tells the clocks."""
    custody = _known(Custody, result.get("custody_state"))
    charging = _known(Charging, result.get("charging_state"))
    grade, heard_on = str(result.get("lead_grade") or ""), str(result.get("hearing_held_on") or "")
    told = (
        (Event.PRINTS, result.get("prints_taken_at")),
        (Event.CUSTODY, result.get("custody_since")),
        (Event.RELEASE, result.get("custody_since") if custody is Custody.RELEASED else None),
        (Event.ARRAIGNMENT, result.get("arraigned_at")),
    )
    later = [Happened(event, at) for event, value in told if (at := instant(value))]
    # That it was done is told, not when: it was done by now.
    done = {Charging.FILED: Event.FILING, Charging.DECLINED: Event.DECLINATION}.get(charging)
    if done:
        later.append(Happened(done, arrested_at))
    if heard_on:
        zone = timezone.get_default_timezone()
        later.append(Happened(Event.HEARING, day_begins(date.fromisoformat(heard_on), zone)))
    return Facts(
        (Happened(Event.ARREST, arrested_at), *later),
        held=custody is not Custody.RELEASED,
        felony=is_felony(grade) if grade in GRADES else None,
        warrant=result.get("arrest_category") == "T",
        custody=custody,
        charging=charging,
    )


def _known(kind: Any, value: object) -> Any:
    return next((each for each in kind if each == value), None)


def _prisoner(result: Mapping[str, Any], as_of: datetime) -> Prisoner:
    arrested_at = instant(result.get("arrested_at")) or as_of
    told = facts(result, arrested_at)
    running = clocks.running(told, as_of, timezone.get_default_timezone())
    # Without the element it is not known whether prints were taken: no alarm is made of that.
    legal = [each for each in running if each.clock.name in WATCHED]
    if "prints_taken_at" not in result:
        legal = [each for each in legal if each.clock.name != "prints"]
    duty = clocks.next_duty(legal)
    watch = next((each for each in running if each.clock.name == "custody"), None)
    stage, step = _step(result, told)
    since = instant(result.get("custody_since"))
    hours = (as_of - arrested_at).total_seconds() / 3600
    return Prisoner(
        arrest=str(result["arrest"]),
        name=full_name(result) or "Name not shown",
        is_invented=bool(result.get("invented")),
        otn=str(result.get("otn") or ""),
        dc_number=str(result.get("dc_number") or ""),
        lead_charge=str(result.get("lead_charge") or ""),
        district=str(result.get("arrest_district") or ""),
        state=str(result.get("custody_state") or Custody.IN_CUSTODY),
        state_since=local(since) if since else "",
        stage=stage,
        arrested_at=arrested_at,
        arrested_words=local(arrested_at, with_year=False),
        hours=hours,
        duty="Take and send prints" if duty and duty.clock.name == "prints" else step,
        whose=OFFICES[duty.duty] if duty and (told.charging or duty.clock.duty) else "",
        rule=f"{duty.clock.words}: {duty.clock.rule}" if duty else "",
        version=duty.clock.version if duty else "",
        due=_due(duty) if duty else "",
        alarm_from=watch.due_at if watch else None,
        alarms=watch is not None and watch.state is State.PAST,
        alarm_hours=watch.clock.limit if watch else 0,
        as_adult=bool(result.get("direct_file")),
        complaint=next(
            (deadline(each) for each in running if each.clock.name == "complaint" and not each.stopped_at),
            None,
        ),
    )


def _step(result: Mapping[str, Any], told: Facts) -> tuple[str, str]:
    """The stage and the next step; of an arrest whose charging is not told, the custody state and no more."""
    if told.charging is None:
        return str(told.custody or Custody.IN_CUSTODY), "Preliminary arraignment"
    stage, step = _STEPS[told.charging]
    if stage is Stage.WAITING and "interviewed_at" in result and result["interviewed_at"] is None:
        return Stage.INTERVIEW, "Bail interview"
    return stage, step


def _due(duty: Running) -> str:
    late = duty.remaining < timedelta()
    words = "past its limit for" if late else "to its limit in"
    return f"{words} {age(abs(duty.remaining).total_seconds() / 3600)} ({local(duty.due_at.astimezone(UTC))})"
