"""What can be corrected on a record, which elements show it, and what a right value looks like."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpars.errors import BadInput, IdentifierMalformed, Problem
from openpars.records.rules import days
from openpars.records.rules.booking import SEXES, Report, report_problems
from openpars.records.rules.dispositions import OUTCOMES
from openpars.records.rules.elements import CATALOGUE
from openpars.records.rules.grades import GRADES
from openpars.records.rules.identifiers import OTN, DCNumber

LONGEST = 4000
"""Characters of a corrected value, or of the reason."""

_ALIASES = {"person": "p", "incident": "i", "arrest": "a", "charge": "c", "disposition": "d"}


def elements_of(relation: str, column: str) -> tuple[str, ...]:
    """The elements that show a column, sorted.

    >>> elements_of("person", "surname")
    ('name',)
    """
    mention = re.compile(rf"\b{_ALIASES[relation]}\.{column}\b")
    return tuple(
        sorted(
            element.name
            for element in CATALOGUE.values()
            if any(
                mention.search(one.sql)
                for form in (element.columns, *element.generalizations.values())
                for one in form
            )
        )
    )


def _day(text: str, at: datetime, zone: str) -> date | None:
    if not text:
        return None
    try:
        day = days.written(text)
    except ValueError:
        raise BadInput.one("value", "must be a date as year-month-day, such as 1990-12-31") from None
    if day > at.astimezone(ZoneInfo(zone)).date():
        raise BadInput.one("value", "lies in the future")
    return day


def _moment(text: str, at: datetime, zone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput.one("value", "must be a time such as 2026-11-23 14:05") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=ZoneInfo(zone))
    if moment > at:
        raise BadInput.one("value", "lies in the future")
    return moment


def _otn(text: str, at: datetime, zone: str) -> str:
    try:
        return str(OTN.parse(text)) if text else ""
    except IdentifierMalformed:
        raise BadInput.one("value", "is not an OTN, such as Q333333-0") from None


def _dc(text: str, at: datetime, zone: str) -> str | None:
    try:
        return str(DCNumber.parse(text)) if text else None
    except IdentifierMalformed:
        raise BadInput.one("value", "is not a DC number, such as 18-25-012345") from None


def _count(text: str, at: datetime, zone: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,3}", text, re.ASCII):
        raise BadInput.one("value", "must be a whole number of at least 1")
    return int(text)


def _lines(text: str, at: datetime, zone: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _category(text: str, at: datetime, zone: str) -> str:
    if text.upper() not in ("", "O", "T", "S"):
        raise BadInput.one(
            "value", "must be O (on view), T (on a warrant), S (summoned or cited), or nothing"
        )
    return text.upper()


def _outcome(text: str, at: datetime, zone: str) -> str:
    if text not in OUTCOMES:
        raise BadInput.one("value", f"must be one of: {', '.join(OUTCOMES)}")
    return text


def _text(text: str, at: datetime, zone: str) -> str:
    return text


def _needed(text: str, at: datetime, zone: str) -> str:
    if not text:
        raise BadInput.one("value", "must not be empty: write Unknown where it is not known")
    return text


def _grade(text: str, at: datetime, zone: str) -> str:
    if text.upper() not in ("", *GRADES):
        raise BadInput.one("value", f"must be one of {', '.join(GRADES)}, or empty")
    return text.upper()


def _sex(text: str, at: datetime, zone: str) -> str:
    if text.lower() not in SEXES:
        raise BadInput.one("value", f"must be {', '.join(SEXES[1:])}, or empty where it is not known")
    return text.lower()


@dataclass(frozen=True)
class Correctable:
    """One thing that can be corrected: its words, how what is typed is read, and under what element an answer shows
    it where that is not the column's name."""

    words: str
    read: Callable[[str, datetime, str], Any] = _text
    element: str = ""


CORRECTABLE: Mapping[tuple[str, str], Correctable] = {
    ("person", "given_name"): Correctable("given name"),
    ("person", "middle_name"): Correctable("middle name"),
    ("person", "surname"): Correctable("surname", _needed),
    ("person", "suffix"): Correctable("suffix"),
    ("person", "birth_date"): Correctable("date of birth", _day),
    ("person", "sex"): Correctable("sex", _sex),
    ("person", "race"): Correctable("race"),
    ("person", "ethnicity"): Correctable("ethnicity"),
    ("person", "birth_place"): Correctable("place of birth"),
    ("person", "language"): Correctable("language"),
    ("person", "address"): Correctable("home address"),
    ("person", "zip"): Correctable("ZIP code"),
    ("person", "sid"): Correctable("State Identification Number (SID)"),
    ("person", "photo_number"): Correctable("photo number"),
    ("incident", "dc_number"): Correctable("DC number", _dc),
    ("incident", "occurred_at"): Correctable("when the incident occurred", _moment),
    ("incident", "location"): Correctable("where the incident occurred", element="incident_location"),
    ("incident", "district"): Correctable("district of the incident"),
    ("arrest", "otn"): Correctable("OTN", _otn),
    ("arrest", "arrested_at"): Correctable("time of arrest", _moment),
    ("arrest", "location"): Correctable("place of arrest", element="arrest_location"),
    ("arrest", "district"): Correctable("district of the arrest"),
    ("arrest", "category"): Correctable("kind of arrest (O, T or S)", _category, "arrest_category"),
    ("arrest", "officers"): Correctable("arresting officers, one a line", _lines),
    ("arrest", "warrant"): Correctable("warrant number"),
    ("arrest", "narrative"): Correctable("facts of the arrest"),
    ("charge", "statute"): Correctable("statute", _needed),
    ("charge", "description"): Correctable("charge", _needed, element="charge_description"),
    ("charge", "grade"): Correctable("grade", _grade),
    ("charge", "count"): Correctable("number of counts", _count, "charge_count"),
    ("disposition", "outcome"): Correctable("how it ended", _outcome, "disposition"),
    ("disposition", "disposed_on"): Correctable("day on which it ended", _day),
}
"""(relation, column) -> what it takes. A change to any of these keeps what was there (records_keep_was)."""


def read(relation: str, column: str, value: str, *, at: datetime, zone: str) -> Any:
    """The value as it is kept, from what was typed. Raises BadInput at `column` or `value`, and repeats neither."""
    if (relation, column) not in CORRECTABLE:
        raise BadInput.one("column", "choose what to correct")
    text = value.strip()
    if len(text) > LONGEST or "\0" in text:
        raise BadInput.one("value", f"must be at most {LONGEST} characters")
    return CORRECTABLE[relation, column].read(text, at, zone)


def problems(
    report: Report, relation: str, column: str, value: Any, *, at: datetime, zone: str
) -> list[Problem]:
    """What would be wrong with the whole report, were the value put in, that is not wrong with it as it stands: each at
    `value`. A correction need not mend what else is wrong. The number of a warrant comes before the kind of arrest that
    needs it, or goes before the one that has none: of the two, the kind is held to the number."""
    city = ZoneInfo(zone)
    known = set(report_problems(report, at, city))
    found = report_problems(_put(report, relation, column, value), at, city)
    fresh = [each for each in found if each not in known and not (column == "warrant" == each.where)]
    return at_value(fresh, column)


def at_value(found: Sequence[Problem], column: str) -> list[Problem]:
    """Problems of a report, where one value of it was typed: what is wrong elsewhere is said with the place."""
    return [
        each
        if each.where in _TYPED
        else Problem(
            "value", each.what if _column(each) == column else f"does not fit: {_words(each)} {each.what}"
        )
        for each in found
    ]


_TYPED = frozenset({"column", "value", "why", "charge", "disposition"})


def _column(problem: Problem) -> str:
    return problem.where.rpartition(".")[2]


def _words(problem: Problem) -> str:
    names = {column: each.words for (_, column), each in CORRECTABLE.items()}
    return names.get(_column(problem), problem.where.replace("_", " "))


def _put(report: Report, relation: str, column: str, value: Any) -> Report:
    """The report with a value put in; of charges it holds the one that is corrected."""
    if relation == "charge":
        return replace(report, charges=tuple(replace(each, **{column: value}) for each in report.charges))
    if column == "officers":
        return replace(report, officers=tuple(value))
    if column == "warrant":
        return replace(report, warrant=value)
    if relation in ("person", "incident", "arrest") and hasattr(getattr(report, relation), column):
        return replace(report, **{relation: replace(getattr(report, relation), **{column: value})})
    return report
