"""The decision at the preliminary arraignment: what it needs, what it leads to, and the words for both.

A finding of probable cause, bail with its conditions, and the next date by rule (Pa.R.Crim.P. 540); without
probable cause the person goes, and there is neither bail nor a next date. Only a magistrate decides.
"""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from openpars.errors import Problem
from openpars.records.rules.bail import BailDecision, BailKind, Status, bail_problems, type_in_force
from openpars.records.rules.booking import text_problems
from openpars.records.rules.court_days import local_day
from openpars.records.rules.hearings import CAUSE_LIMIT, Window, date_problem, window
from openpars.records.rules.lifecycle import Custody

REASON_LIMIT = 4000
"""Most characters of why bail is changed."""


@dataclass(frozen=True)
class Hearing:
    """What a magistrate decides about one person. `grade` is the lead filed charge's; `cause` is needed for a
    date outside the rule's window; `session_at` and `site` say where the hearing was, if it was listed.
    `parents_told`, of a juvenile: which parent, guardian or custodian was told of it, or why nobody was
    (Pa.R.Crim.P. 540(B))."""

    magistrate: UUID | None
    probable_cause: bool | None
    grade: str = ""
    bail: BailDecision | None = None
    next_on: date | None = None
    cause: str = ""
    session_at: datetime | None = None
    site: str = ""
    parents_told: str = ""


def hearing_problems(hearing: Hearing, at: datetime, zone: ZoneInfo) -> list[Problem]:
    """What is wrong with a decision at the instant `at`, each at its field; none: an empty list."""
    found = []
    if hearing.magistrate is None:
        found.append(Problem("magistrate", "must be named: only a magistrate decides at an arraignment"))
    if hearing.probable_cause is None:
        found.append(Problem("probable_cause", "must say whether there is probable cause"))
    if hearing.probable_cause is False and (hearing.bail or hearing.next_on):
        found.append(Problem("probable_cause", "without probable cause there is no bail and no next date"))
    found += text_problems("parents_told", hearing.parents_told, CAUSE_LIMIT)
    if hearing.probable_cause:
        found += _follow_up_problems(hearing, at, zone)
    return found


def change_problems(bail: BailDecision | None, reason: str, on: date) -> list[Problem]:
    """What is wrong with a change of bail on the day `on`, each at its field; None: bail is revoked."""
    found = [] if bail is None else bail_problems(bail, on)
    if not reason.strip():
        found.append(Problem("reason", "must say why: a change of bail has its reason in writing"))
    return [*found, *text_problems("reason", reason, REASON_LIMIT, lines=True)]


def goes_home(hearing: Hearing, on: date) -> bool:
    """Whether the person is released at once: no probable cause, or a bail of the day `on` that needs no payment."""
    if not hearing.probable_cause or hearing.bail is None:
        return True
    rule = type_in_force(hearing.bail.kind, on)
    return rule is not None and rule.released


def leads_to(hearing: Hearing, on: date) -> Custody:
    """Where the person stands after the hearing."""
    return Custody.RELEASED if goes_home(hearing, on) else Custody.COMMITTED


def result(hearing: Hearing) -> str:
    """The result in the words of a docket."""
    if not hearing.probable_cause or hearing.bail is None:
        return "no probable cause"
    return "bail denied" if hearing.bail.kind is BailKind.DENIED else "bail set"


def bail_status(bail: BailDecision | None, on: date) -> Status:
    """The status of bail as decided: what needs no payment is posted by the person's signature; None: revoked."""
    if bail is None:
        return Status.REVOKED
    if bail.kind is BailKind.DENIED:
        return Status.DENIED
    rule = type_in_force(bail.kind, on)
    return Status.POSTED if rule and rule.released else Status.SET


def allowed(hearing: Hearing, at: datetime, zone: ZoneInfo) -> Window:
    """The days on which the next hearing may be."""
    held = not goes_home(hearing, local_day(at, zone))
    return window(at, held=held, grade=hearing.grade, zone=zone)


def rule_words(hearing: Hearing, at: datetime, zone: ZoneInfo) -> str:
    """The rule of the next date, as it is stored and printed beside the date."""
    within = allowed(hearing, at, zone)
    cause = f"; {hearing.cause.strip()}" if hearing.cause.strip() else ""
    return f"{within.kind}, {within.rule} (version {within.version}){cause}"


def _follow_up_problems(hearing: Hearing, at: datetime, zone: ZoneInfo) -> list[Problem]:
    found = []
    if hearing.bail is None:
        found.append(Problem("type", "must be decided: choose a type of bail"))
    else:
        found += bail_problems(hearing.bail, local_day(at, zone))
    if len(hearing.cause) > CAUSE_LIMIT or not hearing.cause.isprintable():
        found.append(Problem("cause", f"must be at most {CAUSE_LIMIT} printable characters"))
    elif hearing.next_on is None:
        found.append(Problem("next_on", "must be a date: every case that goes on has a next one"))
    elif problem := date_problem(hearing.next_on, allowed(hearing, at, zone), cause=hearing.cause):
        found.append(problem)
    return found
