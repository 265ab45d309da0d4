"""Where the time from arrest to preliminary arraignment went: by stage, and by the reasons that were given.

A stage is what the arrest was waiting for. A segment is a stretch of that time to which somebody gave a
reason; what no segment covers has no reason, and is shown as that.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from openpars.errors import Problem
from openpars.records.rules.lifecycle import Event, Past


class Reason(StrEnum):
    """Why an arraignment waited."""

    HOSPITAL = "hospital"
    INTERPRETER = "interpreter"
    IDENTIFICATION = "identification pending"
    CHARGING = "charging review"
    QUESTION = "more information asked"
    SESSION = "court session"
    TRANSPORT = "transport"
    SYSTEM = "system down"
    OTHER = "other"


class Stage(StrEnum):
    """What an arrest waits for, in order: the report to be sent, the charges to be filed, the bail interview,
    the court."""

    BOOKING = "booking"
    CHARGING = "charging"
    INTERVIEW = "interview"
    WAITING = "waiting for court"


ENDS: Mapping[Stage, Event] = {
    Stage.BOOKING: Event.SENDING,
    Stage.CHARGING: Event.FILING,
    Stage.INTERVIEW: Event.INTERVIEW,
    Stage.WAITING: Event.ARRAIGNMENT,
}
"""The event that ends each stage."""


@dataclass(frozen=True)
class Segment:
    """From `began_at` to before `ended_at` (None: still going on) the arraignment waited for `reason`;
    `words` say more, and must where the reason is other."""

    reason: Reason
    began_at: datetime
    ended_at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class Stretch:
    """The time that one stage took; `ended_at` is None while it lasts."""

    stage: Stage
    began_at: datetime
    ended_at: datetime | None
    took: timedelta


def problems(
    segment: Segment, others: Sequence[Segment], arrested_at: datetime, arraigned_at: datetime | None = None
) -> list[Problem]:
    """What is wrong with a segment that is to stand beside `others`; none: an empty list."""
    found = []
    if segment.reason is Reason.OTHER and not segment.words.strip():
        found.append(Problem("words", "must say what the other reason was"))
    if segment.ended_at is not None and segment.ended_at <= segment.began_at:
        found.append(Problem("ended_at", "must be after the beginning of the delay"))
    if segment.began_at < arrested_at:
        found.append(Problem("began_at", "must not be before the arrest"))
    if arraigned_at is not None and segment.began_at >= arraigned_at:
        found.append(Problem("began_at", "must be before the preliminary arraignment"))
    if arraigned_at is not None and (segment.ended_at is None or segment.ended_at > arraigned_at):
        found.append(Problem("ended_at", "must not be after the preliminary arraignment"))
    if any(_overlap(segment, other) for other in others):
        found.append(Problem("began_at", "must not overlap another delay: each minute has one reason"))
    return found


def by_reason(segments: Sequence[Segment], until: datetime) -> dict[Reason, timedelta]:
    """How long each reason held an arrest up by `until`: only reasons that were given, longest first."""
    took: dict[Reason, timedelta] = {}
    for segment in segments:
        ended = until if segment.ended_at is None else min(segment.ended_at, until)
        if ended > segment.began_at:
            took[segment.reason] = took.get(segment.reason, timedelta()) + _between(segment.began_at, ended)
    return dict(sorted(took.items(), key=lambda item: (-item[1], item[0])))


def unexplained(segments: Sequence[Segment], arrested_at: datetime, until: datetime) -> timedelta:
    """The time from the arrest to `until` to which no segment gives a reason."""
    return _between(arrested_at, until) - sum(by_reason(segments, until).values(), timedelta())


def stages(past: Past, now: datetime) -> tuple[Stretch, ...]:
    """The stages that an arrest went through by `now`, in order; together they are the whole time from arrest
    to arraignment (or to release, or to `now`). Where the end of a stage is not known, its time counts as
    part of the next stage whose end is: that is what was waited for. Empty without an arrest by `now`."""
    seen = [(event, at) for event, at in past if at <= now]
    arrest = _first(Event.ARREST, seen)
    if arrest is None:
        return ()
    over = min((at for event in _OVER if (at := _first(event, seen)) is not None), default=None)
    last = now if over is None else max(over, arrest)
    found, began = [], arrest
    for stage, event in ENDS.items():
        ended = _first(event, seen)
        if ended is None or ended > last:
            continue
        if stage is Stage.WAITING or ended > began:
            found.append(Stretch(stage, began, ended, _between(began, ended)))
            began = ended
    if began < last or over is None:
        stage = _after(found)
        found.append(Stretch(stage, began, over, _between(began, last)))
    return tuple(found)


_OVER = (Event.ARRAIGNMENT, Event.RELEASE)


def _after(found: Sequence[Stretch]) -> Stage:
    order = list(Stage)
    return order[min(order.index(found[-1].stage) + 1, len(order) - 1)] if found else order[0]


def _overlap(one: Segment, other: Segment) -> bool:
    begins_before_end = other.ended_at is None or one.began_at < other.ended_at
    return begins_before_end and (one.ended_at is None or other.began_at < one.ended_at)


def _between(one: datetime, other: datetime) -> timedelta:
    return other.astimezone(UTC) - one.astimezone(UTC)


def _first(event: Event, past: Past) -> datetime | None:
    return min((at for kind, at in past if kind is event), default=None)
