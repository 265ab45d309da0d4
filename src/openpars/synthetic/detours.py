"""What happens beside the straight way from an arrest to its arraignment: the prosecutor asks and the police answer,
somebody is taken to a hospital or brought to court, and why it took so long is noted. Pure."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from openpars.records.rules.delays import Reason, Segment
from openpars.records.rules.lifecycle import Custody
from openpars.synthetic import calibration, draws


@dataclass(frozen=True)
class Straight:
    """The way itself: the instants that detours lie between."""

    reported_at: datetime
    interviewed_at: datetime
    decided_at: datetime
    listed_at: datetime
    arraigned_at: datetime


@dataclass(frozen=True)
class Detours:
    """None of it, unless it was drawn. A delay is noted when it ends."""

    asked_at: datetime | None = None
    answered_at: datetime | None = None
    hospital_at: datetime | None = None
    back_at: datetime | None = None
    court_at: datetime | None = None
    delays: tuple[Segment, ...] = ()

    def where(self, at: datetime, pace: Callable[[datetime], datetime] = lambda at: at) -> Custody:
        """Where the person is before the arraignment, at the pace at which the city is played."""
        if self.court_at is not None and at >= pace(self.court_at):
            return Custody.AT_COURT
        taken, back = self.hospital_at, self.back_at
        ill = taken is not None and back is not None and pace(taken) <= at < pace(back)
        return Custody.HOSPITAL if ill else Custody.IN_CUSTODY


STRAIGHT_ON = Detours()
"""No detour."""


def rounds(
    number: int, detours: Detours, *, arrested_at: datetime, reported_at: datetime, end: datetime
) -> Iterator[datetime]:
    """When somebody of the police looked after a person who waits for the arraignment: until they are at court."""
    hours, missed = calibration.ROUNDS
    end = min(end, detours.court_at or end)
    at, n = arrested_at + timedelta(hours=hours), number
    while at < end:
        if at > reported_at and n % missed:
            yield at
        at, n = at + timedelta(hours=hours), n + 1


def drawn(rng: Random, way: Straight, *, interpreted: bool) -> Detours:
    """What happens beside a way. `interpreted`: the person speaks another language."""
    asked, answered = _question(rng, way)
    hospital, back = _hospital(rng, way)
    court = way.arraigned_at - _minutes(rng, 15, 45) if rng.random() < calibration.AT_COURT else None
    if court is not None and court <= max(way.listed_at, back or way.listed_at):
        court = None
    found: list[Segment] = []
    for reason, began, ended in (
        (Reason.HOSPITAL, hospital, back),
        (Reason.QUESTION, asked, answered),
        *_reasons(rng, way, court, interpreted),
    ):
        if began is None or ended is None or began >= ended:
            continue
        # Each minute has one reason: the first that is told.
        if all(ended <= other.began_at or (other.ended_at or ended) <= began for other in found):
            found.append(Segment(reason, began, ended))
    return Detours(asked, answered, hospital, back, court, tuple(found))


def _question(rng: Random, way: Straight) -> tuple[datetime | None, datetime | None]:
    room = way.decided_at - way.reported_at
    if rng.random() >= calibration.ASKED or room < timedelta(hours=1):
        return None, None
    asked = way.reported_at + room * rng.uniform(0.15, 0.4)
    return asked, asked + room * rng.uniform(0.2, 0.5)


def _hospital(rng: Random, way: Straight) -> tuple[datetime | None, datetime | None]:
    share, median, sigma = calibration.HOSPITAL
    if rng.random() >= share:
        return None, None
    taken = way.reported_at + _minutes(rng, 2, 20)
    back = taken + timedelta(hours=draws.lognormal(rng, median, sigma))
    back = min(back, way.arraigned_at - timedelta(minutes=50))
    return (taken, back) if back - taken > timedelta(minutes=30) else (None, None)


def _reasons(
    rng: Random, way: Straight, court: datetime | None, interpreted: bool
) -> Iterator[tuple[Reason, datetime, datetime]]:
    """Reasons that may be given for a stretch before the arraignment, each by its share."""
    stretches = {
        Reason.IDENTIFICATION: (
            way.reported_at + timedelta(minutes=1),
            way.reported_at + _minutes(rng, 60, 180),
        ),
        Reason.INTERPRETER: (way.interviewed_at - _minutes(rng, 30, 120), way.interviewed_at),
        Reason.SYSTEM: (way.decided_at - _minutes(rng, 20, 60), way.decided_at),
        Reason.TRANSPORT: ((court or way.arraigned_at) - _minutes(rng, 20, 60), court or way.listed_at),
        Reason.SESSION: (way.listed_at + timedelta(minutes=1), way.arraigned_at),
    }
    for reason, (began, ended) in stretches.items():
        share = calibration.DELAYED[reason] if reason is not Reason.INTERPRETER or interpreted else 0.0
        if rng.random() < share and began >= way.reported_at and ended <= way.arraigned_at:
            yield reason, began, ended


def _minutes(rng: Random, low: int, high: int) -> timedelta:
    return timedelta(minutes=rng.randint(low, high))
