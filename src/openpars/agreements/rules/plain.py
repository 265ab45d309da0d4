"""An agreement in plain English, each sentence with the clause that it says: for a council member, a
reporter, or the person whose record it is. Generated from the terms alone, so it cannot say what the text
does not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from openpars.agreements.rules.parties import Party
from openpars.agreements.rules.plain_safeguards import safeguards
from openpars.agreements.rules.terms import Agreement, Duty, Grant, Permit, Rows
from openpars.agreements.rules.vocabulary import (
    AGENCY_KINDS,
    ARREST_CATEGORIES,
    CHARGE_STATUS,
    CONSEQUENCES,
    DUTIES,
    EVENTS,
    LAW,
    MEASURES,
    OFFICES,
    PROHIBITABLE,
    PURPOSES,
    REQUIREMENTS,
    ROLES,
    SHAPES,
    VERBS,
)
from openpars.agreements.rules.wording import counted, listed, within
from openpars.records.rules.elements import ASK_BY, CATALOGUE

_COARSER = {
    "year": "only the year of the {words}",
    "day": "only the day of the {words}",
    "zip": "only the ZIP code of the {words}",
    "district": "only the police district of the {words}",
}
_WORDS_WITHOUT = {
    "arrested_at": "arrest",
    "occurred_at": "incident",
    "arrest_location": "arrest",
    "incident_location": "incident",
    "birth_date": "birth",
}


@dataclass(frozen=True)
class Sentence:
    """One sentence, and the clause (or section: "term", "parties", "votes", "authority") that says it."""

    clause: str
    text: str


def plain(agreement: Agreement) -> tuple[Sentence, ...]:
    """The whole agreement, in the order of its text."""
    return tuple(_sentences(agreement))


def _sentences(a: Agreement) -> Iterator[Sentence]:
    yield from _parties(a)
    for permit in a.permits:
        for text in _permit(a, permit):
            yield Sentence(permit.clause, text)
    for p in a.prohibitions:
        yield Sentence(p.clause, p.text)
        yield Sentence(p.clause, _prohibited(p.purposes, p.elements, p.shapes))
    for duty in a.duties:
        yield Sentence(duty.clause, _duty(duty))
    for t in a.thresholds:
        yield Sentence(t.clause, f"At {t.at_least:,} {MEASURES[t.measure]} comes {CONSEQUENCES[t.then]}.")
    for notice in a.notices:
        yield Sentence(notice.clause, f"With every answer goes this notice: {notice.text}")
    if a.fee is not None:
        dollars, cents = divmod(a.fee.cents_a_year, 100)
        owed = f"The fee is ${dollars:,}.{cents:02} a year." if a.fee.cents_a_year else "There is no fee."
        yield Sentence(a.fee.clause, f"{owed} {a.fee.text}")
    for passage in a.law:
        about = f"{LAW[passage.kind]}: " if passage.kind is not None else ""
        yield Sentence(passage.clause, f"{about}{passage.text}")
    for power in a.powers:
        may = listed([VERBS[verb] for verb in power.verbs])
        yield Sentence(power.clause, f"{people(power.office, power.roles)} may do this: {may}.")
    if a.receiver is not None:
        for section, text in safeguards(a.safeguards):
            yield Sentence(section, text)


def _parties(a: Agreement) -> Iterator[Sentence]:
    owners = listed([f"the {owner.name}" for owner in a.owners])
    if a.receiver is not None:
        yield Sentence("parties", f"This is an agreement between {owners}, and the {a.receiver.name}.")
    else:
        yield Sentence("parties", f"This is the charter of {owners}.")
    for owner in a.owners:
        signs = _signs(owner)
        yield Sentence("parties", f"The {owner.name} (ORI {owner.ori}) is {OFFICES[owner.office]}. {signs}")
    if a.receiver is not None:
        r = a.receiver
        whether = "a criminal justice agency" if r.criminal_justice else "no criminal justice agency"
        yield Sentence(
            "parties",
            f"The {r.name} (ORI {r.ori}) is {whether}, of this kind: {AGENCY_KINDS[r.kind]}. {_signs(r)} Letters go"
            f" here: {r.contact}. For records it is the {r.records_officer} who answers, for their security the"
            f" {r.security_officer}.",
        )
    yield Sentence("statement", a.statement)
    first, last = (f"{day:%B} {day.day}, {day.year}" for day in (a.term.first_day, a.term.last_day))
    yield Sentence(
        "term",
        f"It holds from the first moment of {first} to the last moment of {last}"
        f" ({a.term.time_zone} time). It does not renew itself.",
    )
    if a.term.review_by is not None:
        day = a.term.review_by
        yield Sentence("term", f"It is to be reviewed by {day:%B} {day.day}, {day.year}.")
    voting = [owner.name for owner in a.owners if owner.votes]
    yield Sentence("votes", f"It takes {a.votes_needed} of {len(voting)} votes: {listed(voting)}.")
    if a.consultation_days:
        days = counted(a.consultation_days, "whole day")
        yield Sentence(
            "consultation", f"A proposal that gives more is open to the public for {days} before the vote."
        )
    given, received = "; ".join(a.authority.give), "; ".join(a.authority.receive)
    yield Sentence("authority", f"Records are given under {given} and received under {received}.")
    yield Sentence("authority", f"They are needed for this: {a.authority.function}")
    if a.authority.approvals:
        yield Sentence("authority", f"It was approved by {listed(a.authority.approvals)}.")


def _signs(party: Party) -> str:
    under = f", under {party.signs_under}" if party.signs_under is not None else ""
    return f"The {party.signatory} signs for it{under}."


def _permit(a: Agreement, permit: Permit) -> Iterator[str]:
    who = people(permit.office, permit.roles)
    prohibited = a.prohibited_purposes
    purposes = [PURPOSES[purpose] for purpose in permit.purposes if purpose not in prohibited]
    if not purposes:
        yield "Nothing is permitted here: every purpose that this clause names is prohibited below."
        return
    yield f"{who} may ask for this purpose only: {listed(purposes, 'or')}."
    yield from _asking(permit)
    yield f"They are shown this and no more: {'; '.join(map(given, a.granted(permit))) or 'nothing'}."
    yield from _rows(permit.rows)
    yield limits(permit)


def limits(permit: Permit) -> str:
    """How much a clause gives at most, all its limits."""
    said = f"One request shows at most {counted(permit.results_per_request, 'arrest')}."
    if permit.requests_per_person_per_day is not None:
        said += (
            f" One person may make at most {counted(permit.requests_per_person_per_day, 'request')} a day."
        )
    if permit.requests_per_day is not None:
        said += f" All of them together may make at most {counted(permit.requests_per_day, 'request')} a day."
    if permit.results_per_day is not None:
        said += f" All of them together are shown at most {counted(permit.results_per_day, 'arrest')} a day."
    return said


def people(office: str | None, roles: frozenset[str] | None) -> str:
    """Whom a clause is for, to begin a sentence with."""
    if roles is None:
        return f"The staff of {OFFICES[office]}" if office else "Its people"
    # Three offices have a head: whose is meant must be said.
    whose = {"head of office": f"the head of {OFFICES[office]}"} if office else {}
    named = listed([whose.get(role, words) for role, words in ROLES.items() if role in roles])
    return named[:1].upper() + named[1:]


def _asking(permit: Permit) -> Iterator[str]:
    ways = [
        listed([CATALOGUE[ASK_BY[key]].words for key in ASK_BY if key in together])
        for together in permit.ask_by
    ]
    if ways:
        yield f"They may search for one person at a time, by {'; or by '.join(ways)}."
        if permit.tolerance_years:
            near = counted(permit.tolerance_years, "year")
            yield f"A date of birth may be up to {near} off."
        if permit.exact:
            yield "A name finds only people whose name is spelled just so; nobody of a name that sounds alike."
        elif any("name" in keys and "birth_date" not in keys for keys in permit.ask_by) and any(
            "birth_date" in keys for keys in permit.ask_by
        ):
            yield "A date of birth given beside a name that is enough puts the likeliest first and leaves nobody out."
    else:
        yield "They may not search; they may only open the record of an arrest that they know of."
    if permit.lists:
        yield "They may list the people who are held between arrest and preliminary arraignment."
    elif ways:
        yield "They may not list people."
    if permit.events:
        told = listed([words for event, words in EVENTS.items() if event in permit.events], "or")
        yield f"They may subscribe, in a case and for a time, to be told that {told}. Each telling is recorded."
    yield from (
        f"Each request needs {words}." for name, words in REQUIREMENTS.items() if name in permit.requires
    )
    if permit.hours is not None:
        opens, closes = permit.hours.spelling.split("-")
        yield f"They may ask only between {opens} and {closes}, by the city's clocks."


def given(grant: Grant) -> str:
    """What is shown, in words.

    >>> given(Grant("birth_date", "year"))
    'only the year of the birth'
    """
    element = CATALOGUE[grant.element]
    if grant.generalization is None:
        return element.words
    words = _WORDS_WITHOUT.get(grant.element, element.words)
    return _COARSER.get(grant.generalization, "{words}, coarser").format(words=words)


def _rows(rows: Rows) -> Iterator[str]:
    whose = "arrests of their own clients" if rows.own_clients else "arrests"
    only = "only " if rows.own_clients or rows.charge_status != "any" else ""
    yield f"They see {only}{whose} {CHARGE_STATUS[rows.charge_status]}."
    sorted_out: dict[bool, list[str]] = {True: [], False: []}
    if rows.charged_as_adults:
        sorted_out[True].append("arrests of juveniles who are charged as adults")
        sorted_out[False].append("those of other juveniles")
    else:
        sorted_out[rows.juveniles].append("arrests of juveniles")
    sorted_out[rows.limited_access].append("records under limited access by law")
    sorted_out[rows.victims_and_witnesses].append("victims and witnesses")
    shown, hidden = sorted_out[True], sorted_out[False]
    if hidden:
        yield f"They do not see {listed(hidden, 'or')}."
    if shown:
        yield f"This includes {listed(shown)}."
    if rows.districts is not None:
        districts = listed(sorted(rows.districts))
        yield f"They see arrests in police district{'s' * (len(rows.districts) > 1)} {districts} only."
    if rows.categories is not None:
        made = [words for word, words in ARREST_CATEGORIES.items() if word in rows.categories]
        yield f"They see only arrests that were made {listed(made, 'or')}."
    if rows.own_case:
        yield "They see only people whom they named beforehand as subjects of the open case that is given."
    for said, day in (("from", rows.arrested_from), ("until", rows.arrested_to)):
        if day is not None:
            yield f"They see only arrests {said} {day:%B} {day.day}, {day.year}."
    if rows.arrested_within_days is not None:
        yield f"They see arrests of the last {counted(rows.arrested_within_days, 'day')} only."


def _prohibited(purposes: Iterable[str], elements: Iterable[str], shapes: Iterable[str]) -> str:
    parts = []
    if purposes := tuple(purposes):
        parts.append(f"asking for {listed([PROHIBITABLE[purpose] for purpose in purposes], 'or')}")
    if elements := tuple(elements):
        parts.append(f"being shown {listed([CATALOGUE[name].words for name in elements], 'or')}")
    if shapes := tuple(shapes):
        parts.append(listed([SHAPES[shape] for shape in shapes], "or"))
    return f"Prohibited, whatever is permitted elsewhere: {'; '.join(parts)}."


def _duty(duty: Duty) -> str:
    due = f" This is due within {within(duty.within_hours)}." if duty.within_hours is not None else ""
    return f"Owed is to {DUTIES[duty.kind]}: {duty.text}{due}"
