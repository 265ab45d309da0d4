"""The booking desk's page: what was typed, as facts for the verbs, with what is wrong at its field.

What is typed is kept as it was typed: a dictionary of texts, and a list of charges. Facts are made from it only when
it is sent, and a draft is just that dictionary.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from openpars.errors import IdentifierMalformed, Problem
from openpars.records.rules import statutes
from openpars.records.rules.booking import NARRATIVE_LIMIT, Report, report_problems, text_problems
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.identifiers import OTN, DCNumber, Statute

PLACES: Mapping[str, str] = {
    "dc_number": "incident.dc_number",
    "occurred_at": "incident.occurred_at",
    "incident_location": "incident.location",
    "surname": "person.surname",
    "given_name": "person.given_name",
    "middle_name": "person.middle_name",
    "suffix": "person.suffix",
    "birth_date": "person.birth_date",
    "sex": "person.sex",
    "race": "person.race",
    "birth_place": "person.birth_place",
    "language": "person.language",
    "address": "person.address",
    "arrested_at": "arrest.arrested_at",
    "otn": "arrest.otn",
    "location": "arrest.location",
    "district": "arrest.district",
    "category": "arrest.category",
    "officers": "officers",
    "warrant": "warrant",
    "narrative": "narrative",
}
"""Each field of the page that an arrest's record keeps, and where."""

CHOICES = ("of", "join", "known", "known_for", "prints_at")
"""What else the page asks: which incident and person on record are meant (`join` is the DC number for which somebody
said that this is another arrest of it), and when prints were taken."""

CHARGE = ("statute", "description", "grade", "count")
_NOT_READ = datetime.max.replace(tzinfo=UTC)
"""What stands in for when somebody was arrested, where that could not be read: there is a problem at its field then."""

Typed = dict[str, Any]


@dataclass(frozen=True)
class Sheet:
    """A page read: the report that it makes, its narrative, and what could not be read, at its field."""

    report: Report
    narrative: str
    problems: tuple[Problem, ...]


def typed(post: Any) -> Typed:
    """What was typed, from a form's data (Django's QueryDict); empty charges dropped."""
    texts: Typed = {name: _plain(post.get(name, "")) for name in (*PLACES, *CHOICES)}
    columns = [post.getlist(f"charge_{part}") for part in CHARGE]
    rows = [dict(zip(CHARGE, map(_plain, row), strict=True)) for row in zip(*columns, strict=False)]
    texts["charges"] = [row for row in rows if row["statute"] or row["description"]]
    return texts


def blank() -> Typed:
    """A page on which nothing was typed yet."""
    return {**dict.fromkeys((*PLACES, *CHOICES), ""), "charges": []}


def with_charge_on_record(report: Report) -> Report:
    """The report of an arrest whose charges stand already: none need be added."""
    return replace(report, charges=(ChargeFacts("on record", "on record"),))


def read(texts: Typed, *, agency_ori: str, needs_number: bool = True) -> Sheet:
    """The report that `texts` make."""
    problems: list[Problem] = []
    arrested_at = moment("arrested_at", texts, problems)
    if not texts["arrested_at"]:
        problems.append(Problem("arrested_at", "must be when the person was arrested"))
    if not texts["surname"]:
        problems.append(Problem("surname", "must be the surname; write Unknown where it is not known"))
    if needs_number and not texts["dc_number"]:
        problems.append(Problem("dc_number", f"must be {DCNumber.FORM}"))
    person = PersonFacts(
        **{
            name: texts[name]
            for name in ("surname", "given_name", "middle_name", "suffix", "sex", "race", "birth_place")
        },
        language=texts["language"],
        address=texts["address"],
        birth_date=day("birth_date", texts, problems),
        invented=settings.DEMONSTRATION,
    )
    dc_number, otn = number(texts), _canonical(OTN, texts["otn"])
    district = texts["district"] or (dc_number[3:5] if dc_number[2:3] == "-" else "")
    incident = IncidentFacts(
        dc_number or None,
        moment("occurred_at", texts, problems),
        texts["incident_location"],
        district,
        agency_ori,
    )
    prints_at = moment("prints_at", texts, problems)
    charges = tuple(
        charge_of(f"charges.{place}", row, problems) for place, row in enumerate(texts["charges"])
    )
    officers = tuple(line.strip() for line in texts["officers"].split("\n") if line.strip())
    arrest = ArrestFacts(
        arrested_at or _NOT_READ, otn, agency_ori, texts["location"], district, texts["category"]
    )
    report = Report(person, incident, arrest, charges, texts["warrant"], officers, prints_at)
    return Sheet(report, texts["narrative"], tuple(problems))


def wrong(sheet: Sheet, at: datetime) -> list[Problem]:
    """Everything that is wrong with a page, at once: what could not be read, and what the rules say of the rest."""
    unread = {problem.where for problem in sheet.problems}
    return [
        *sheet.problems,
        *report_problems(sheet.report, at, timezone.get_default_timezone(), unread),
        *text_problems("narrative", sheet.narrative, NARRATIVE_LIMIT, lines=True),
    ]


def chosen(texts: Typed, name: str) -> UUID | None:
    """The arrest on record that a choice names, or None."""
    try:
        return UUID(texts[name])
    except ValueError:
        return None


def number(texts: Typed) -> str:
    """The DC number in its stored form, as far as it is one."""
    return _canonical(DCNumber, str(texts["dc_number"]))


def who_key(texts: Typed) -> str:
    """Whom the page describes: while it stays the same, a choice about a known person stands."""
    return "|".join((texts["surname"], texts["given_name"], texts["birth_date"])).casefold()


def charge_rows(texts: Typed, wrong: Mapping[int, str], spare: int = 1) -> list[dict[str, str]]:
    """The rows of the charges' table with what is wrong in each, and `spare` empty ones to type into."""
    blank = dict.fromkeys(CHARGE, "") | {"count": "1"}
    given = [{**row, "error": wrong.get(place, "")} for place, row in enumerate(texts["charges"])]
    return [*given, *(dict(blank) for _ in range(spare))]


def summary(texts: Typed) -> list[tuple[str, str, str]]:
    """What stands at the side: each section's anchor, its name, and in a few words what it holds."""
    name = ", ".join(part for part in (texts.get("surname"), texts.get("given_name")) if part)
    lines = ", ".join(row["description"] or row["statute"] for row in texts.get("charges", [])[:3])
    more = len(texts.get("charges", [])) - 3
    known = " (known person)" if texts.get("known") not in ("", "other", None) else ""
    return [
        ("incident", "Incident", _words(texts.get("dc_number")) if not texts.get("of") else "one on record"),
        ("people", "Person", _words(name) + known),
        ("arrest", "Arrest", _words(str(texts.get("arrested_at") or "").replace("T", " "))),
        ("charges", "Charges", _words(lines + (f" and {more} more" if more > 0 else ""))),
        ("prints", "Prints", _words(str(texts.get("prints_at") or "").replace("T", " "), "not taken yet")),
    ]


def at_fields(problems: Sequence[Problem]) -> dict[str, str]:
    """Problems by the page's field, the first of each, as sentences."""
    found: dict[str, str] = {}
    for problem in problems:
        field = "officers" if problem.where.startswith("officers.") else problem.where
        found.setdefault(field, problem.what[:1].upper() + problem.what[1:])
    return found


def stamp(moment: datetime | None) -> str:
    """A moment as the page's fields write it, in the city's time."""
    return timezone.localtime(moment).strftime("%Y-%m-%dT%H:%M") if moment else ""


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def moment(name: str, texts: Typed, problems: list[Problem]) -> datetime | None:
    """A field's day and time in the city's zone; None where it is empty, or broken and then a problem."""
    if not texts[name]:
        return None
    for form in ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(texts[name], form).replace(tzinfo=timezone.get_default_timezone())
        except ValueError:
            continue
    problems.append(Problem(name, "must be a day and a time of that day"))
    return None


def day(name: str, texts: Typed, problems: list[Problem]) -> date | None:
    """A field's day, in the forms people type; None where it is empty, or broken and then a problem."""
    text = texts[name]
    if not text:
        return None
    for form in ("%m/%d/%Y", "%Y-%m-%d", "%m%d%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 (a day has no zone)
        except ValueError:
            continue
    problems.append(Problem(name, "must be month, day and year, as in 04/28/1986"))
    return None


def _canonical(kind: type[DCNumber] | type[OTN], text: str) -> str:
    """The stored form; what is no such number stays as typed, for the rules to name it at its field."""
    try:
        return str(kind.parse(text))
    except IdentifierMalformed:
        return text


def charge_of(where: str, row: Mapping[str, str], problems: list[Problem]) -> ChargeFacts:
    """The charge that a row of texts makes, with what cannot be read of it at `where`."""
    statute = _section(row["statute"])
    offense = statutes.by_statute(statute)
    count = row["count"] or "1"
    if not (count.isascii() and count.isdigit() and len(count) < 5):
        problems.append(Problem(f"{where}.count", "must be a number"))
        count = "1"
    words = row["description"] or (offense.words if offense else "")
    if not words:
        problems.append(
            Problem(f"{where}.description", "must be the charge in words: the list has no such statute")
        )
    return ChargeFacts(statute, words, row["grade"], int(count))


def _words(text: str | None, otherwise: str = "not yet") -> str:
    return text or otherwise


def _section(text: str) -> str:
    """The stored form of a statute, also of one typed without its sign; anything else as typed: it can be charged."""
    for written in (text, text.replace(" ", " § ", 1)):
        try:
            return str(Statute.parse(written))
        except IdentifierMalformed:
            continue
    return text
