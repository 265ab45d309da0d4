"""Each section of the file, from its table to its term. Clause numbers are those of
specs/agreement-file.md."""

import re
from datetime import date, timedelta
from functools import cache
from zoneinfo import available_timezones

from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.parties import Authority, Owner, Receiver
from openpars.agreements.rules.reading import LONGEST_LINE, Table, quoted
from openpars.agreements.rules.terms import Duty, Fee, LawClause, Passage, Prohibition, Term, Threshold
from openpars.records.rules.elements import CATALOGUE

ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
CLAUSE = re.compile(r"[1-9][0-9]{0,2}(\.[1-9][0-9]{0,2}){0,3}")
_ORI_MEANING = "an ORI: nine capital letters and digits, of which the first two are letters"
_CLAUSE_MEANING = 'a clause number in quotation marks, such as "3.1"'

LONGEST_TERM = {"outside": 1, "charter": 5}
"""Years that an agreement of each kind may last (clause 4.2)."""


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def clause(table: Table) -> str:
    """The clause number that heads a section."""
    return table.shaped("clause", CLAUSE, _CLAUSE_MEANING)


def term(table: Table | None, kind: str) -> Term:
    """Section 4: the days, in the city's own time."""
    somewhen = date(2000, 1, 1)
    if table is None:
        return Term(somewhen, somewhen, "UTC")
    first = table.day("first_day") or somewhen
    last = table.day("last_day") or first
    review = table.day("review_by", required=False)
    zone = table.text("time_zone", limit=64)
    if zone and zone not in _zones():
        table.problem("time_zone", f"{quoted(zone)} is not a time zone such as America/New_York")
    if last < first:
        table.problem("last_day", "is before the first day")
    years = LONGEST_TERM.get(kind)
    if years and last >= _anniversary(first, years):
        table.problem(
            "last_day", f"the term is longer than {years} year{'s' * (years > 1)}; none renews itself"
        )
    if review and not first <= review <= last:
        table.problem("review_by", "is not a day of the term")
    table.close()
    return Term(first, last, zone, review)


def _anniversary(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        # 29 February: the year is full when its day after comes.
        return day.replace(year=day.year + years, day=28) + timedelta(days=1)


def receiver(table: Table) -> Receiver:
    """Section 3: the outside agency."""
    made = Receiver(
        name=table.text("name", limit=LONGEST_LINE),
        ori=table.shaped("ori", ORI, _ORI_MEANING),
        kind=table.word("kind", vocabulary.AGENCY_KINDS),
        criminal_justice=table.truth("criminal_justice"),
        signatory=table.text("signatory", limit=LONGEST_LINE),
        contact=table.text("contact", limit=LONGEST_LINE),
        records_officer=table.text("records_officer", limit=LONGEST_LINE),
        security_officer=table.text("security_officer", limit=LONGEST_LINE),
        signs_under=_signs_under(table),
    )
    table.close()
    return made


def owner(table: Table) -> Owner:
    """Section 3: one office of the city."""
    made = Owner(
        name=table.text("name", limit=LONGEST_LINE),
        ori=table.shaped("ori", ORI, _ORI_MEANING),
        office=table.word("office", vocabulary.OFFICES),
        votes=table.truth("votes"),
        signatory=table.text("signatory", limit=LONGEST_LINE),
        signs_under=_signs_under(table),
    )
    table.close()
    return made


def _signs_under(table: Table) -> str | None:
    return table.text("signs_under", limit=LONGEST_LINE) if table.has("signs_under") else None


def authority(table: Table | None) -> Authority:
    """Section 3: the law on both sides."""
    if table is None:
        return Authority((), (), "")
    made = Authority(
        give=table.texts("give"),
        receive=table.texts("receive"),
        function=table.text("function"),
        approvals=table.texts("approvals", required=False),
    )
    table.close()
    return made


def prohibition(table: Table) -> Prohibition:
    """Section 6."""
    made = Prohibition(
        clause=clause(table),
        text=table.text("text"),
        purposes=table.known_words(
            "purposes", vocabulary.PROHIBITABLE, "an exact purpose of the vocabulary", required=False
        ),
        elements=table.known_words("elements", CATALOGUE, "a data element", required=False),
        shapes=table.known_words("shapes", vocabulary.SHAPES, "a way of asking", required=False),
    )
    table.close()
    return made


def duty(table: Table) -> Duty:
    """Section 7."""
    made = Duty(
        clause=clause(table),
        kind=table.word("kind", vocabulary.DUTIES),
        text=table.text("text"),
        within_hours=table.number_or_none("within_hours", 1, 100_000),
    )
    table.close()
    return made


def threshold(table: Table) -> Threshold:
    """Section 8."""
    made = Threshold(
        clause=clause(table),
        measure=table.word("measure", vocabulary.MEASURES),
        at_least=table.number("at_least", 1, 1_000_000),
        then=table.word("then", vocabulary.CONSEQUENCES),
    )
    table.close()
    return made


def passage(table: Table) -> Passage:
    """Section 9: a notice."""
    made = Passage(clause=clause(table), text=table.text("text"))
    table.close()
    return made


def law(table: Table) -> LawClause:
    """Section 11: a clause of law."""
    kind = table.word("kind", vocabulary.LAW) if table.has("kind") else None
    made = LawClause(clause=clause(table), text=table.text("text"), kind=kind)
    table.close()
    return made


def fee(table: Table) -> Fee:
    """Section 10."""
    made = Fee(
        clause=clause(table), cents_a_year=table.number("cents_a_year", 0, 10**9), text=table.text("text")
    )
    table.close()
    return made
