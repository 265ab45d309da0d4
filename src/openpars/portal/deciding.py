"""The magistrate's form: what it offers, and the decision that was typed into it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from openpars.errors import Problem
from openpars.portal import hearing
from openpars.portal.showing import day, instant
from openpars.portal.typed import Typed
from openpars.records.rules.arraignment import Hearing
from openpars.records.rules.bail import TYPES, BailDecision, BailKind, type_in_force
from openpars.records.rules.conditions import CONDITIONS, MANDATORY, Condition, ConditionRule, Parameter
from openpars.records.rules.court_days import local_day
from openpars.records.rules.hearings import next_date

Record = Mapping[str, Any]

_LABELS = {"place": "Place", "days": "Days", "hours": "Hours, as in 21:00-06:00"}
_WORDS = {
    "person": "the protected person",
    "place": "a place",
    "days": "a number of",
    "hours": "certain hours of the day",
}


@dataclass(frozen=True)
class Part:
    """One box of a condition for what it needs."""

    name: str
    label: str
    value: str
    problem: str


@dataclass(frozen=True)
class Box:
    """One condition to check, with the boxes for what it needs."""

    name: str
    words: str
    rule: str
    checked: bool
    problem: str
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class OfferedDate:
    """The next date that the rule offers to somebody who is held, or not."""

    who: str
    on: str
    rule: str


def kinds(typed: Typed) -> list[tuple[str, str, bool]]:
    """The types of bail: value, words, whether it was chosen."""
    return [(rule.kind, rule.words, typed.values.get("type") == rule.kind) for rule in TYPES]


def boxes(typed: Typed) -> list[Box]:
    """The conditions beyond the mandatory ones."""
    return [
        Box(
            name=_name(rule),
            words=rule.words.format_map(_WORDS),
            rule=rule.rule + (", domestic cases only" if rule.domestic_only else ""),
            checked=typed.checked(_name(rule)),
            problem=typed.problems.get(_name(rule), ""),
            parts=tuple(
                _part(f"{_name(rule)}-{part}", _LABELS[part], typed)
                for part, kind in rule.parameters.items()
                if kind is not Parameter.PERSON
            ),
        )
        for rule in CONDITIONS.values()
        if not rule.mandatory
    ]


def mandatory() -> list[str]:
    """The conditions that stand in every bail bond."""
    return [CONDITIONS[condition.kind].words for condition in MANDATORY]


def offered(record: Record, at: datetime, zone: ZoneInfo) -> list[OfferedDate]:
    """The next dates by rule."""
    grade = hearing.lead(record)[0]
    found = []
    for held, who in ((False, "if released"), (True, "if held")):
        date = next_date(at, held=held, grade=grade, zone=zone)
        found.append(OfferedDate(who, day(date.on), f"{date.window.kind}; {date.window.rule}"))
    return found if found[0].on != found[1].on else [OfferedDate("", found[0].on, found[0].rule)]


def decision(typed: Typed, record: Record, *, magistrate: UUID, at: datetime, zone: ZoneInfo) -> Hearing:
    """The decision that was typed; what is wrong with its fields is noted in `typed`."""
    found = {"yes": True, "no": False}.get(typed.text("probable_cause"))
    grade = hearing.lead(record)[0]
    session, site = instant(record.get("session_at")), str(record.get("site") or "")
    told = typed.text("parents_told", limit=500)
    if not found:
        return Hearing(magistrate, found, grade, session_at=session, site=site, parents_told=told)
    chosen = bail(typed, record, at, zone)
    cause = typed.text("cause", limit=500)
    on = typed.day("next_on")
    if on is None and "next_on" not in typed.problems:
        rule = type_in_force(chosen.kind, local_day(at, zone)) if chosen else None
        held = not (rule and rule.released)
        on = next_date(at, held=held, grade=grade, zone=zone).on
    return Hearing(magistrate, found, grade, chosen, on, cause, session, site, told)


def at_fields(problems: tuple[Problem, ...], decided: BailDecision | None) -> list[Problem]:
    """The action's problems with a decision at the names of this form's fields."""
    conditions = decided.conditions if decided else ()
    found = []
    for problem in problems:
        head, _, rest = problem.where.partition(".")
        where = problem.where
        if head == "conditions" and rest:
            place, _, part = rest.partition(".")
            where = _name(CONDITIONS[conditions[int(place)].kind])
            where = f"{where}-{part}" if part in _LABELS else where
        found.append(Problem(where, problem.what))
    return found


def bail(typed: Typed, record: Record, at: datetime, zone: ZoneInfo) -> BailDecision | None:
    """The bail that was typed; None where no type was chosen."""
    try:
        kind = BailKind(typed.text("type"))
    except ValueError:
        return None
    rule = type_in_force(kind, local_day(at, zone))
    chosen = tuple(
        _condition(each, typed, record)
        for each in CONDITIONS.values()
        if not each.mandatory and typed.checked(_name(each))
    )
    amount, percent = typed.amount("amount"), typed.amount("percent")
    return BailDecision(
        kind=kind,
        amount=amount,
        percent=percent,
        conditions=(*(MANDATORY if rule is None or rule.mandatory else ()), *chosen),
        surety=typed.text("surety", limit=200),
        domestic=typed.checked("domestic"),
    )


def _condition(rule: ConditionRule, typed: Typed, record: Record) -> Condition:
    """A protected person is the victim of this arrest, by the arrest's reference: names stay behind the wall."""
    return Condition(
        rule.kind,
        tuple(
            (part, str(record["arrest"]))
            if kind is Parameter.PERSON
            else (part, typed.text(f"{_name(rule)}-{part}", limit=500))
            for part, kind in rule.parameters.items()
        ),
    )


def _part(name: str, label: str, typed: Typed) -> Part:
    return Part(name, label, typed.values.get(name, ""), typed.problems.get(name, ""))


def _name(rule: ConditionRule) -> str:
    return "c-" + rule.kind.replace(" ", "-")
