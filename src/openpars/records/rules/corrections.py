"""What can be corrected on a record, which elements show it, and what a right value looks like."""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from openpars.errors import BadInput, IdentifierMalformed
from openpars.records.rules.elements import CATALOGUE
from openpars.records.rules.identifiers import OTN, DCNumber

LONGEST = 4000
"""Characters of a corrected value, or of the reason."""

WORDS: Mapping[tuple[str, str], str] = {
    ("person", "given_name"): "given name",
    ("person", "middle_name"): "middle name",
    ("person", "surname"): "surname",
    ("person", "suffix"): "suffix",
    ("person", "birth_date"): "date of birth",
    ("person", "sex"): "sex",
    ("person", "race"): "race",
    ("person", "ethnicity"): "ethnicity",
    ("person", "birth_place"): "place of birth",
    ("person", "language"): "language",
    ("person", "address"): "home address",
    ("person", "zip"): "ZIP code",
    ("person", "sid"): "State Identification Number (SID)",
    ("person", "photo_number"): "photo number",
    ("incident", "dc_number"): "DC number",
    ("incident", "occurred_at"): "when the incident occurred",
    ("incident", "location"): "where the incident occurred",
    ("incident", "district"): "district of the incident",
    ("arrest", "otn"): "OTN",
    ("arrest", "arrested_at"): "time of arrest",
    ("arrest", "location"): "place of arrest",
    ("arrest", "district"): "district of the arrest",
    ("arrest", "warrant"): "warrant number",
    ("arrest", "narrative"): "facts of the arrest",
    ("charge", "statute"): "statute",
    ("charge", "description"): "charge",
    ("charge", "grade"): "grade",
    ("charge", "count"): "number of counts",
}
"""(relation, column) -> its words. A change to any of these keeps what was there (records_keep_was)."""

_ALIASES = {"person": "p", "incident": "i", "arrest": "a", "charge": "c"}


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


def read(relation: str, column: str, value: str, *, at: datetime, zone: str) -> Any:
    """The value as it is kept, from what was typed. Raises BadInput at `column` or `value`, and repeats neither."""
    if (relation, column) not in WORDS:
        raise BadInput.one("column", "choose what to correct")
    text = value.strip()
    if len(text) > LONGEST or "\0" in text:
        raise BadInput.one("value", f"must be at most {LONGEST} characters")
    kind = _KINDS.get(column)
    return text if kind is None else kind(text, at, zone)


def _day(text: str, at: datetime, zone: str) -> date | None:
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
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


_KINDS: Mapping[str, Callable[[str, datetime, str], Any]] = {
    "birth_date": _day,
    "occurred_at": _moment,
    "arrested_at": _moment,
    "otn": _otn,
    "dc_number": _dc,
    "count": _count,
}
