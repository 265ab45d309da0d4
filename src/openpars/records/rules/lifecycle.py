"""The order of what happens after an arrest, and which orders are impossible.

    arrest -> custody -> charging -> arraignment -> disposition

An event may be missing (a person is released, a charge declined), but an event never comes before what it
rests on: nobody is arraigned on a charge that no prosecutor filed. Pure: the past is given.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum

from openpars.errors import Conflict


class Event(StrEnum):
    """What can happen to an arrest."""

    ARREST = "arrest"
    CUSTODY = "custody change"
    CHARGING = "charging decision"
    FILING = "filing of a charge"
    BAIL = "bail"
    ARRAIGNMENT = "preliminary arraignment"
    DISPOSITION = "disposition"


RESTS_ON: Mapping[Event, tuple[Event, ...]] = {
    Event.ARREST: (),
    Event.CUSTODY: (Event.ARREST,),
    Event.CHARGING: (Event.ARREST,),
    Event.FILING: (Event.ARREST,),
    Event.BAIL: (Event.ARREST, Event.FILING),
    Event.ARRAIGNMENT: (Event.ARREST, Event.FILING),
    Event.DISPOSITION: (Event.ARREST, Event.FILING),
}
"""What must have happened, no later, for an event to happen."""

ONCE = frozenset({Event.ARREST})
"""Events that happen to an arrest once only."""


class Custody(StrEnum):
    """Where a prisoner stands. Files from elsewhere may bring other words; actions take these."""

    IN_CUSTODY = "in custody"
    HOSPITAL = "in hospital"
    AT_COURT = "at court"
    COMMITTED = "committed"
    RELEASED = "released"


HELD = frozenset({Custody.IN_CUSTODY, Custody.HOSPITAL, Custody.AT_COURT})
"""States of somebody who is held and waits for a preliminary arraignment."""

DECISIONS = frozenset({"approved", "declined", "withdrawn"})
"""What a charging decision can be."""


def check(event: Event, at: datetime, past: Sequence[tuple[Event, datetime]]) -> None:
    """That `event` may happen at `at`, after `past` (any order). Raises Conflict, naming what is missing
    or late."""
    if event in ONCE and any(kind is event for kind, _ in past):
        raise Conflict(f"a second {event} of the same arrest is impossible")
    for needed in RESTS_ON[event]:
        times = [when for kind, when in past if kind is needed]
        if not times:
            raise Conflict(f"a {event} needs a {needed} first")
        if at < min(times):
            raise Conflict(f"a {event} cannot be earlier than the {needed}")
