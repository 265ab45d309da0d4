"""What is wrong with an arrest report, at the field where it is wrong: the booking desk's checks.

No problem repeats what was given: problems are shown beside the field, but they also end in logs.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from openpars.errors import IdentifierMalformed, Problem
from openpars.records.rules.court_days import local_day
from openpars.records.rules.facts import ArrestFacts, ChargeChange, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.grades import GRADES
from openpars.records.rules.identifiers import OTN, DCNumber

NAME_LIMIT = 2000
"""Most characters of one part of a name: any Unicode, however long people are called."""

TEXT_LIMIT = 500
"""Most characters of any other text of a report."""

SKEW = timedelta(minutes=5)
"""How far a desk's clock may run ahead of ours."""

YOUNGEST, OLDEST = 10, 120
"""Years. A child under 10 cannot be delinquent (42 Pa.C.S. 6302)."""

SEXES = ("", "female", "male", "other")
"""What a desk may say of somebody's sex; empty: not known. Files from elsewhere bring other words."""

CHARGES, COUNTS = 40, 999
"""Most charges of one report, and most counts of one charge."""

NARRATIVE_LIMIT = 20_000
"""Most characters of the facts of an arrest."""

_NAMES = frozenset({"given_name", "middle_name", "surname", "suffix"})
_NOT_TEXT = frozenset({"Cc", "Cs", "Zl", "Zp"})


@dataclass(frozen=True)
class Report:
    """An arrest report before it is sent. `warrant` is the warrant's number; `officers` who arrested;
    `prints_at` when prints were taken (None: not yet)."""

    person: PersonFacts
    incident: IncidentFacts
    arrest: ArrestFacts
    charges: tuple[ChargeFacts, ...] = ()
    warrant: str = ""
    officers: tuple[str, ...] = ()
    prints_at: datetime | None = None


def report_problems(
    report: Report, now: datetime, zone: ZoneInfo, unread: Collection[str] = ()
) -> list[Problem]:
    """Everything that is wrong with `report` at the instant `now`; nothing: an empty list. Fields are named
    as the facts name them; charges and officers by their place, as in `charges.0.statute`. A field in `unread` holds
    what stands in for something that could not be read: nothing is said of it, nor of what hangs on it."""
    arrested_at = None if "arrested_at" in unread else report.arrest.arrested_at
    found = [
        *_texts(report),
        *_sex(report),
        *_birth(report, arrested_at, now, zone),
        *_times(report, arrested_at, now),
        *_numbers(report),
        *_how_many(report.charges),
        *_charges([(f"charges.{place}", charge) for place, charge in enumerate(report.charges)]),
    ]
    return [problem for problem in found if problem.where not in unread]


def change_problems(changes: Sequence[ChargeChange]) -> list[Problem]:
    """Everything that is wrong with what is changed of recommended charges, at `changes.<charge>.<part>`."""
    charges = [(f"changes.{change.charge}", change.instead) for change in changes if change.instead]
    found = [*_charges(charges)]
    for change in changes:
        where = f"changes.{change.charge}.why"
        if not change.why.strip():
            found.append(Problem(where, "must say why it is changed or withdrawn"))
        found += text_problems(where, change.why, TEXT_LIMIT, lines=True)
    for where, charge in charges:
        found += text_problems(f"{where}.statute", charge.statute, TEXT_LIMIT)
        found += text_problems(f"{where}.description", charge.description, TEXT_LIMIT)
    return found


def age(birth_date: date, on: date) -> int:
    """Whole years on the day `on`; below zero before the birth."""
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _offense_day(incident: IncidentFacts, arrest: ArrestFacts, zone: ZoneInfo) -> date:
    return local_day(incident.occurred_at or arrest.arrested_at, zone)


def _texts(report: Report) -> Iterator[Problem]:
    given = [
        (each.name, value)
        for facts in (report.person, report.incident, report.arrest)
        for each in fields(facts)
        if isinstance(value := getattr(facts, each.name), str)
    ]
    given.append(("warrant", report.warrant))
    given += [(f"officers.{place}", officer) for place, officer in enumerate(report.officers)]
    for place, charge in enumerate(report.charges):
        given.append((f"charges.{place}.statute", charge.statute))
        given.append((f"charges.{place}.description", charge.description))
    for where, text in given:
        yield from text_problems(where, text, NAME_LIMIT if where in _NAMES else TEXT_LIMIT)


def text_problems(where: str, text: str, limit: int, *, lines: bool = False) -> Iterator[Problem]:
    """What is wrong with a text of at most `limit` characters; one of several `lines` may break them."""
    if len(text) > limit:
        yield Problem(where, f"must have at most {limit:,} characters")
    if any(unicodedata.category(letter) in _NOT_TEXT for letter in text if not (lines and letter == "\n")):
        yield Problem(where, "must not hold control characters" + ("" if lines else " or line breaks"))


def _sex(report: Report) -> Iterator[Problem]:
    if report.person.sex not in SEXES:
        yield Problem("sex", f"must be {', '.join(SEXES[1:])}, or empty where it is not known")


def _birth(report: Report, arrested_at: datetime | None, now: datetime, zone: ZoneInfo) -> Iterator[Problem]:
    born = report.person.birth_date
    if born is None:
        return
    if born > local_day(now, zone):
        yield Problem("birth_date", "must not be in the future")
    elif arrested_at is None:
        return
    elif born > local_day(arrested_at, zone):
        yield Problem("arrested_at", "must not be before the birth of the person arrested")
    elif age(born, local_day(arrested_at, zone)) > OLDEST:
        yield Problem("birth_date", f"must not be more than {OLDEST} years before the arrest")
    elif age(born, _offense_day(report.incident, report.arrest, zone)) < YOUNGEST:
        yield Problem(
            "birth_date",
            f"a child who was under {YOUNGEST} cannot be charged (42 Pa.C.S. 6302): check the date, or call the"
            " juvenile unit instead of reporting an arrest",
        )


def _times(report: Report, arrested_at: datetime | None, now: datetime) -> Iterator[Problem]:
    occurred_at, prints_at = report.incident.occurred_at, report.prints_at

    def ahead(at: datetime | None) -> bool:
        return at is not None and at > now + SKEW

    if ahead(arrested_at):
        yield Problem("arrested_at", "must not be in the future")
    if arrested_at is not None and occurred_at is not None and occurred_at > arrested_at:
        yield Problem("occurred_at", "must not be after the arrest")
    elif ahead(occurred_at):
        yield Problem("occurred_at", "must not be in the future")
    if arrested_at is not None and prints_at is not None and prints_at < arrested_at:
        yield Problem("prints_at", "must not be before the arrest")
    elif ahead(prints_at):
        yield Problem("prints_at", "must not be in the future")


def _numbers(report: Report) -> Iterator[Problem]:
    if report.arrest.otn and not _parses(OTN.parse, report.arrest.otn):
        yield Problem("otn", f"must be {OTN.FORM}")
    if report.incident.dc_number and not _parses(DCNumber.parse, report.incident.dc_number):
        yield Problem("dc_number", f"must be {DCNumber.FORM}")
    if report.arrest.category not in ("O", "S", "T", ""):
        yield Problem("category", "must be on view (O), summoned (S) or taken on a warrant (T)")
    if report.arrest.category == "T" and not report.warrant.strip():
        yield Problem("warrant", "must be the warrant's number: the arrest was made on a warrant")
    if report.arrest.category in ("O", "S") and report.warrant.strip():
        yield Problem("warrant", "must be empty: the arrest was not made on a warrant")


def _how_many(charges: Sequence[ChargeFacts]) -> Iterator[Problem]:
    if not charges:
        yield Problem("charges", "must name at least one charge")
    if len(charges) > CHARGES:
        yield Problem(
            "charges", f"must be at most {CHARGES} charges: one that is repeated is one with more counts"
        )


def _charges(charges: Sequence[tuple[str, ChargeFacts]]) -> Iterator[Problem]:
    for where, charge in charges:
        if not charge.statute.strip():
            yield Problem(f"{where}.statute", "must be the statute of the charge")
        if charge.grade and charge.grade not in GRADES:
            yield Problem(f"{where}.grade", f"must be one of {', '.join(GRADES)}, or empty")
        if not 1 <= charge.count <= COUNTS:
            yield Problem(f"{where}.count", f"must be from 1 to {COUNTS}")


def _parses(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except IdentifierMalformed:
        return False
    return True
