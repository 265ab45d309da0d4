"""Conditions of bail as data: each a kind with typed parameters, and plain words.

Mandatory ones stand in every bail bond (Pa.R.Crim.P. 526(A)); additional ones are the magistrate's (526(B),
527); the household may be closed to the person only in domestic cases (18 Pa.C.S. 2711). A protected person
is kept by reference, never by name: names are behind the wall, and a condition is on papers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from openpars.errors import Problem

PLACE_LIMIT = 500
"""Most characters of a place or of other words in a condition."""


class Parameter(StrEnum):
    """The type of a parameter: how it is written, and what is checked."""

    PERSON = "a person, by reference"
    PLACE = "a place, in words"
    DAYS = "a number of days, 1 to 365"
    HOURS = "hours of the day, as in 21:00-06:00"


class ConditionKind(StrEnum):
    """What a condition demands."""

    APPEAR = "appear"
    OBEY = "obey"
    ADDRESS = "address"
    NO_INTIMIDATION = "no intimidation"
    NO_CRIME = "no crime"
    NO_CONTACT = "no contact"
    STAY_AWAY = "stay away"
    NO_ENTRY = "no entry"
    NO_HARM = "no crime against the victim"
    WEAPONS = "surrender weapons"
    CURFEW = "curfew"
    TRAVEL = "travel"
    REPORTING = "reporting"
    EVALUATION = "treatment evaluation"
    MONITORING = "electronic monitoring"


@dataclass(frozen=True)
class ConditionRule:
    """What the rule says of a kind: its words, with a place for each parameter."""

    kind: ConditionKind
    words: str
    rule: str
    parameters: Mapping[str, Parameter]
    mandatory: bool = False
    domestic_only: bool = False


_K, _526A, _527 = ConditionKind, "Pa.R.Crim.P. 526(A)", "Pa.R.Crim.P. 527(A)"

_RULES = (
    ConditionRule(
        _K.APPEAR, "Appear at all times required until final disposition.", _526A, {}, mandatory=True
    ),
    ConditionRule(_K.OBEY, "Obey all further orders of the bail authority.", _526A, {}, mandatory=True),
    ConditionRule(
        _K.ADDRESS,
        "Give written notice of any change of address within 48 hours.",
        _526A,
        {},
        mandatory=True,
    ),
    ConditionRule(
        _K.NO_INTIMIDATION,
        "Do not intimidate or retaliate against witnesses or victims (18 Pa.C.S. 4952, 4953).",
        _526A,
        {},
        mandatory=True,
    ),
    ConditionRule(_K.NO_CRIME, "Refrain from criminal activity.", _526A, {}, mandatory=True),
    ConditionRule(
        _K.NO_CONTACT,
        "Have no contact, directly or through others, with {person}.",
        _527,
        {"person": Parameter.PERSON},
    ),
    ConditionRule(_K.STAY_AWAY, "Stay away from {place}.", _527, {"place": Parameter.PLACE}),
    ConditionRule(
        _K.NO_ENTRY,
        "Do not enter the residence, household or place of work of {person}.",
        "18 Pa.C.S. 2711(c)",
        {"person": Parameter.PERSON},
        domestic_only=True,
    ),
    ConditionRule(
        _K.NO_HARM,
        "Refrain from any further criminal conduct against {person}.",
        "18 Pa.C.S. 2711(c)",
        {"person": Parameter.PERSON},
        domestic_only=True,
    ),
    ConditionRule(
        _K.WEAPONS,
        "Give up every firearm and other weapon within {days} days.",
        _527,
        {"days": Parameter.DAYS},
    ),
    ConditionRule(_K.CURFEW, "Be at home during {hours}.", _527, {"hours": Parameter.HOURS}),
    ConditionRule(
        _K.TRAVEL, "Do not leave {place} without leave of the court.", _527, {"place": Parameter.PLACE}
    ),
    ConditionRule(
        _K.REPORTING, "Report to pretrial services every {days} days.", _527, {"days": Parameter.DAYS}
    ),
    ConditionRule(
        _K.EVALUATION,
        "Attend an evaluation for treatment at {place} within {days} days.",
        _527,
        {"place": Parameter.PLACE, "days": Parameter.DAYS},
    ),
    ConditionRule(_K.MONITORING, "Wear an electronic monitor, as pretrial services say.", _527, {}),
)

CONDITIONS: Mapping[ConditionKind, ConditionRule] = {rule.kind: rule for rule in _RULES}
"""Every kind of condition with its rule, mandatory ones first."""


@dataclass(frozen=True)
class Condition:
    """One condition of one bail decision; `values` are (parameter, text) in canonical form."""

    kind: ConditionKind
    values: tuple[tuple[str, str], ...] = ()


MANDATORY = tuple(Condition(rule.kind) for rule in _RULES if rule.mandatory)
"""The conditions of every bail bond."""


def condition_problems(condition: Condition, where: str, *, domestic: bool) -> list[Problem]:
    """What is wrong with `condition`, each at `where` and the parameter's name."""
    rule, values = CONDITIONS[condition.kind], dict(condition.values)
    found = []
    if rule.domestic_only and not domestic:
        found.append(Problem(where, f"only in a domestic case ({rule.rule})"))
    for name in sorted(values.keys() - rule.parameters.keys()):
        # Not repeated: a name that nobody knows may hold anything.
        found.append(
            Problem(f"{where}.{name}" if name.isidentifier() else where, "not a part of this condition")
        )
    if len(values) < len(condition.values):
        found.append(Problem(where, "each parameter stands once"))
    for name, parameter in rule.parameters.items():
        if not _fits(parameter, values.get(name, "")):
            found.append(Problem(f"{where}.{name}", f"must be {parameter}"))
    return found


def condition_words(condition: Condition, people: Mapping[str, str] | None = None) -> str:
    """The condition as a person reads it. `people`: reference -> what to call the person; without it, the
    protected person is not named."""
    values = dict(condition.values)
    if "person" in values:
        values["person"] = (people or {}).get(values["person"], "the protected person")
    return CONDITIONS[condition.kind].words.format_map(values)


def _fits(parameter: Parameter, text: str) -> bool:
    if parameter is Parameter.PERSON:
        return _is_reference(text)
    if parameter is Parameter.DAYS:
        return re.fullmatch(r"[1-9]\d{0,2}", text, re.ASCII) is not None and int(text) <= 365
    if parameter is Parameter.HOURS:
        clock = r"([01]\d|2[0-3]):[0-5]\d"
        found = re.fullmatch(f"({clock})-({clock})", text, re.ASCII)
        return found is not None and found[1] != found[3]
    return bool(text.strip()) and len(text) <= PLACE_LIMIT and text.isprintable()


def _is_reference(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
