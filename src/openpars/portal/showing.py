"""From an answer's JSON values to what a page shows: labels, local times, marks of generalization.

The answer holds only permitted elements, and its `elements` say which, as the agreement spells them. Nothing
is shown for an element that is not in that list, not even its label.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.utils import timezone

from openpars.records.rules.elements import CATALOGUE, Column, Element, Relation

NUMBERS = frozenset({"otn", "dc_number", "docket_number", "sid", "photo_number"})
"""Elements that are set in tabular figures and can be copied."""

_COARSE = {"year": "year only", "zip": "ZIP code only", "day": "day only", "district": "district only"}
_LABELS = {"charge_stage": "Recommended or filed", "charge_description": "Charge"}
"""Where a page's label is shorter than the catalogue's words."""

_WORDS = {"arrest_category": {"O": "on view", "S": "summoned or cited", "T": "taken into custody"}}
TITLES = {
    Relation.CHARGE: "Charges",
    Relation.CUSTODY: "Custody",
    Relation.BAIL: "Bail",
    Relation.ARRAIGNMENT: "Preliminary arraignment",
    Relation.DISPOSITION: "Dispositions",
    Relation.QUESTION: "Questions and answers",
    Relation.INTERVIEW: "Bail interview",
    Relation.GUIDELINE: "Bail guideline",
    Relation.LISTING: "Hearing list",
    Relation.HEARING: "Hearings",
    Relation.CONDITION: "Conditions of bail",
    Relation.DELAY: "Delays",
    Relation.PAPER: "Papers",
    Relation.FILE: "Paper",
    Relation.CORRECTION: "Corrections",
    Relation.IDENTIFICATION: "Merges and splits",
    Relation.VICTIM: "Victims",
    Relation.WITNESS: "Witnesses",
}
"""What hangs on an arrest, as a heading."""

_EMPTY = {
    Relation.CHARGE: "No charge is recorded yet.",
    Relation.CUSTODY: "No change of custody is recorded yet.",
    Relation.BAIL: "No bail is recorded yet.",
    Relation.ARRAIGNMENT: "No preliminary arraignment has been held yet.",
    Relation.DISPOSITION: "No disposition is recorded yet.",
    Relation.QUESTION: "Nobody has asked anything yet.",
    Relation.INTERVIEW: "No bail interview has been held yet.",
    Relation.GUIDELINE: "No guideline has been computed yet.",
    Relation.LISTING: "Not listed for a hearing yet.",
    Relation.HEARING: "No hearing has been held yet.",
    Relation.CONDITION: "No condition is set.",
    Relation.DELAY: "No delay is noted.",
    Relation.PAPER: "No paper has been printed yet.",
    Relation.FILE: "No paper has been printed yet.",
    Relation.CORRECTION: "Nothing was corrected.",
    Relation.IDENTIFICATION: "Nothing was merged or split.",
    Relation.VICTIM: "No victim is recorded.",
    Relation.WITNESS: "No witness is recorded.",
}


@dataclass(frozen=True)
class Shown:
    """One value. `note` marks a generalized one with the clause; `moment` is set for an instant."""

    label: str
    text: str
    note: str = ""
    moment: datetime | None = None
    is_number: bool = False


@dataclass(frozen=True)
class Table:
    """What hangs on an arrest, of one kind."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[Shown, ...], ...]
    empty: str
    is_walled: bool


@dataclass(frozen=True)
class Shape:
    """One arrest of an answer, ready for a page."""

    arrest: str
    heading: str
    fields: tuple[Shown, ...]
    tables: tuple[Table, ...] = ()


def shapes(body: Mapping[str, Any]) -> list[Shape]:
    """The results of an answer's body."""
    clause = str(body["agreement"]["clause"])
    granted = _granted(body["elements"])
    return [_shape(result, granted, clause) for result in body["results"]]


def _shape(result: Mapping[str, Any], granted: Sequence["_Granted"], clause: str) -> Shape:
    fields = tuple(
        _shown(each, result, clause) for each in granted if each.element.relation is Relation.ARREST
    )
    heading = next((field.text for field in fields if field.label == "Name" and field.text != "—"), "")
    hanging = {each.element.relation for each in granted} - {Relation.ARREST}
    tables = tuple(
        _table(relation, result[relation.value], granted, clause)
        for relation in Relation
        if relation in hanging and isinstance(result.get(relation.value), list)
    )
    return Shape(str(result["arrest"]), heading or "An arrest", fields, tables)


def _table(
    relation: Relation, rows: Iterable[Mapping[str, Any]], granted: Sequence["_Granted"], clause: str
) -> Table:
    ours = [each for each in granted if each.element.relation is relation]
    return Table(
        TITLES[relation],
        tuple(_label(each.element) for each in ours),
        tuple(tuple(_shown(each, row, clause) for each in ours) for row in rows),
        _EMPTY[relation],
        relation in (Relation.VICTIM, Relation.WITNESS),
    )


@dataclass(frozen=True)
class _Granted:
    element: Element
    generalization: str | None

    @property
    def columns(self) -> tuple[Column, ...]:
        return (
            self.element.generalizations[self.generalization] if self.generalization else self.element.columns
        )


def value(element: Element, generalization: str | None, row: Mapping[str, Any], clause: str) -> Shown:
    """An element of a row, whole or in a coarser form, as a page shows it."""
    return _shown(_Granted(element, generalization), row, clause)


def _granted(spellings: Iterable[str]) -> list[_Granted]:
    parts = [spelling.partition(":") for spelling in spellings]
    found = [_Granted(CATALOGUE[name], coarse or None) for name, _, coarse in parts]
    order = list(CATALOGUE)
    return sorted(found, key=lambda each: order.index(each.element.name))


def _shown(each: _Granted, row: Mapping[str, Any], clause: str) -> Shown:
    element = each.element
    note = (
        f"{_COARSE.get(each.generalization, each.generalization)}, clause {clause}"
        if each.generalization
        else ""
    )
    values = [row.get(column.name) for column in each.columns]
    if element.name == "name":
        return Shown("Name", full_name(row) or "—")
    text, moment = words(values[0])
    if element.name == "bail_amount" and values[0] is not None:
        text = f"${Decimal(str(values[0])):,.2f}"
    text = _WORDS.get(element.name, {}).get(text, text)
    return Shown(_label(element), text, note, moment, element.name in NUMBERS)


def _label(element: Element) -> str:
    return _LABELS.get(element.name, element.words[:1].upper() + element.words[1:])


def full_name(row: Mapping[str, Any]) -> str:
    """Surname, given and middle name, suffix; empty where none of them is known."""
    given = " ".join(str(row[part]) for part in ("given_name", "middle_name") if row.get(part))
    suffix = f", {row['suffix']}" if row.get("suffix") else ""
    surname = str(row.get("surname") or "")
    return f"{surname}, {given}{suffix}" if surname and given else f"{surname or given}{suffix}"


def words(value: object) -> tuple[str, datetime | None]:
    """A JSON value of an answer in words, and the instant that it is, if it is one."""
    if value is None or value in ("", []):
        return "—", None
    if isinstance(value, list):
        return ", ".join(str(each) for each in value), None
    if isinstance(value, bool):
        return ("yes" if value else "no"), None
    text = str(value)
    if isinstance(value, str):
        if moment := instant(text):
            return local(moment), moment
        if len(text) == 10 and text[4] == text[7] == "-":
            try:
                return day(date.fromisoformat(text)), None
            except ValueError:
                return text, None
    return text, None


def instant(value: object) -> datetime | None:
    """The instant that an answer's value writes (`2026-11-20T08:05:00Z`), or None."""
    text = str(value)
    if len(text) < 20 or text[10:11] != "T" or not text.endswith("Z"):
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def day(value: date) -> str:
    """A date in words: `November 20, 2026`."""
    return f"{value:%B} {value.day}, {value.year}"


def local(moment: datetime, *, with_year: bool = True) -> str:
    """An instant in the city's time: `Nov. 20, 2026, 3:05 a.m.`."""
    here = timezone.localtime(moment)
    year = f", {here.year}" if with_year else ""
    half = "a.m." if here.hour < 12 else "p.m."
    month = f"{here:%B}" if here.month in (5, 6, 7) else f"{here:%b}."
    return f"{month} {here.day}{year}, {here.hour % 12 or 12}:{here:%M} {half}"


def to_the_hundredth(moment: datetime) -> str:
    """An instant in the city's time, as exact as CJIS AU-8 asks: `Nov. 20, 2026, 3:05:09.31 a.m.`"""
    here = timezone.localtime(moment)
    day, _, half = local(moment).rpartition(" ")[0], "", "a.m." if here.hour < 12 else "p.m."
    return f"{day}:{here:%S}.{here.microsecond // 10_000:02} {half}"


def midnight(at: datetime) -> datetime:
    """When the city's day began in which `at` lies."""
    zone = timezone.get_default_timezone()
    return datetime.combine(at.astimezone(zone).date(), time(), zone)


def age(hours: float) -> str:
    """A running clock in hours and minutes: `13 h 20 min`."""
    minutes = max(0, int(hours * 60))
    return f"{minutes // 60} h {minutes % 60:02} min"
