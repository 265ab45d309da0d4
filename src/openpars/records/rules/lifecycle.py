"""The order of what happens after an arrest, which orders are impossible, and whose turn it is.

    arrest -> prints -> sending -> charging -> filing -> interview -> arraignment -> bail -> disposition
                          question, answer                    custody changes, all along

An event may be missing (a person is released, a charge declined), but an event never comes before what it
rests on: nobody is arraigned on a charge that no prosecutor filed. Pure: the past is given.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from openpars.errors import Conflict

Past = Sequence[tuple["Event", datetime]]
"""What happened to one arrest, in any order."""


class Event(StrEnum):
    """What can happen to an arrest."""

    ARREST = "arrest"
    PRINTS = "taking of prints"
    SENDING = "sending of the report"
    QUESTION = "question of the prosecutor"
    ANSWER = "answer of the police"
    CHARGING = "charging decision"
    DECLINATION = "declination of all charges"
    FILING = "filing of a charge"
    INTERVIEW = "bail interview"
    LISTING = "listing for a hearing"
    FINDING = "finding of probable cause"
    ARRAIGNMENT = "preliminary arraignment"
    BAIL = "bail"
    POSTED = "posting of bail"
    CUSTODY = "custody change"
    RELEASE = "release"
    HEARING = "preliminary hearing or trial"
    DISPOSITION = "disposition"
    REPORTED = "report of the disposition"


RESTS_ON: Mapping[Event, tuple[Event, ...]] = {
    Event.ARREST: (),
    Event.PRINTS: (Event.ARREST,),
    Event.SENDING: (Event.ARREST,),
    Event.QUESTION: (Event.ARREST, Event.SENDING),
    Event.ANSWER: (Event.ARREST, Event.QUESTION),
    # Not on the sending: files from elsewhere tell decisions, never when a report was sent.
    Event.CHARGING: (Event.ARREST,),
    Event.DECLINATION: (Event.ARREST, Event.CHARGING),
    Event.FILING: (Event.ARREST,),
    Event.INTERVIEW: (Event.ARREST,),
    Event.LISTING: (Event.ARREST, Event.FILING),
    Event.FINDING: (Event.ARREST,),
    Event.ARRAIGNMENT: (Event.ARREST, Event.FILING),
    Event.BAIL: (Event.ARREST, Event.FILING),
    Event.POSTED: (Event.ARREST, Event.BAIL),
    Event.CUSTODY: (Event.ARREST,),
    Event.RELEASE: (Event.ARREST,),
    Event.HEARING: (Event.ARREST, Event.ARRAIGNMENT),
    Event.DISPOSITION: (Event.ARREST, Event.FILING),
    Event.REPORTED: (Event.ARREST, Event.DISPOSITION),
}
"""What must have happened, no later, for an event to happen."""

ONCE = frozenset({Event.ARREST, Event.SENDING})
"""Events that happen to an arrest once only. Prints may be taken again, and other charges arraigned later."""


class Office(StrEnum):
    """The owners' offices (`agencies.rules.OFFICES`) that can owe the next step."""

    POLICE = "police"
    PROSECUTOR = "district-attorney"
    COURT = "court"


class Custody(StrEnum):
    """Where a prisoner stands. Files from elsewhere may bring other words; actions take these."""

    IN_CUSTODY = "in custody"
    HOSPITAL = "in hospital"
    AT_COURT = "at court"
    COMMITTED = "committed"
    RELEASED = "released"


HELD = frozenset({Custody.IN_CUSTODY, Custody.HOSPITAL, Custody.AT_COURT})
"""States of somebody who is held and waits for a preliminary arraignment."""

ANSWERS_FOR: Mapping[Custody, Office | None] = {
    Custody.IN_CUSTODY: Office.POLICE,
    Custody.HOSPITAL: Office.POLICE,
    Custody.AT_COURT: Office.COURT,
    Custody.COMMITTED: Office.COURT,
    Custody.RELEASED: None,
}
"""The office that answers for a person in each state; nobody for a person at liberty."""

DECISIONS = frozenset({"approved", "declined", "withdrawn"})
"""What a charging decision can be."""


class Charging(StrEnum):
    """How far an arrest has come at the prosecutor's."""

    NOT_SENT = "not sent"
    WAITING = "waiting"
    ASKED = "asked"
    ANSWERED = "answered"
    APPROVED = "approved"
    DECLINED = "declined"
    FILED = "filed"


OWED_BY: Mapping[Charging, Office] = {
    Charging.NOT_SENT: Office.POLICE,
    Charging.WAITING: Office.PROSECUTOR,
    Charging.ASKED: Office.POLICE,
    Charging.ANSWERED: Office.PROSECUTOR,
    Charging.APPROVED: Office.PROSECUTOR,
    Charging.DECLINED: Office.POLICE,
    Charging.FILED: Office.COURT,
}
"""Whose turn it is on the way to the arraignment; of a person whose charges were declined, to release."""


def check(event: Event, at: datetime, past: Past) -> None:
    """That `event` may happen at `at`, after `past` (any order). Raises Conflict, naming what is missing
    or late."""
    if event in ONCE and any(kind is event for kind, _ in past):
        raise Conflict(f"a second {event} of the same arrest is impossible")
    for needed in RESTS_ON[event]:
        times = [when for kind, when in past if kind is needed]
        if not times:
            raise Conflict(f"{_a(event)} needs {_a(needed)} first")
        if at < min(times):
            raise Conflict(f"{_a(event)} cannot be earlier than the {needed}")


def impossible(past: Past) -> frozenset[str]:
    """What is impossible in the order of what happened, in words: an event before what it rests on. What rests on
    something that nobody told is not: files from elsewhere tell less."""
    return frozenset(
        f"{_a(event)} cannot be earlier than the {needed}"
        for event, at in past
        for needed in RESTS_ON[event]
        if (times := [when for kind, when in past if kind is needed])
        and at + _WITHIN.get(event, _NO_TIME) < min(times)
    )


_NO_TIME = timedelta()
_WITHIN = dict.fromkeys((Event.HEARING, Event.DISPOSITION), timedelta(days=1))
"""Events of which the day alone is kept, by its beginning: they happened within it."""


def check_undecided(past: Past) -> None:
    """That nothing was decided yet of what is to be arraigned: a case is decided once; charges that were filed since
    are to be. Raises Conflict."""
    decided, filed = _last(Event.ARRAIGNMENT, past), _last(Event.FILING, past)
    if decided and not (filed and filed > decided):
        raise Conflict("this case was decided at its preliminary arraignment: what changes since is its bail")


def charging_state(past: Past, decisions: Iterable[str] = ()) -> Charging:
    """How far the charging has come; `decisions` are the states of the charges that police recommended
    (pending, approved, declined or withdrawn)."""
    states = tuple(decisions)
    if _last(Event.FILING, past):
        return Charging.FILED
    if _last(Event.DECLINATION, past):
        return Charging.DECLINED
    if states and "pending" not in states:
        return Charging.APPROVED if "approved" in states else Charging.DECLINED
    asked, answered = _last(Event.QUESTION, past), _last(Event.ANSWER, past)
    if asked:
        # At the same instant the answer counts: it rests on the question.
        return Charging.ANSWERED if answered and answered >= asked else Charging.ASKED
    return Charging.WAITING if _last(Event.SENDING, past) else Charging.NOT_SENT


def _last(event: Event, past: Past) -> datetime | None:
    return max((at for kind, at in past if kind is event), default=None)


def _a(event: Event) -> str:
    return f"{'an' if event[0] in 'aeiou' else 'a'} {event}"
