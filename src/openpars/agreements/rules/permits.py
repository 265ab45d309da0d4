"""Sections 5 and 12 of the file. Permits: what is given, to whom, for what, asked how. Powers: what may be
done, and by whom."""

import re
from datetime import time

from openpars.agencies.rules import ROLES
from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.conditions import DISTRICT
from openpars.agreements.rules.reading import Table, nearest, quoted
from openpars.agreements.rules.sections import clause
from openpars.agreements.rules.terms import Grant, Hours, Permit, Power, Rows
from openpars.records.rules.elements import ASK_BY, CATALOGUE, WALLED

HOURS = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]")
SPELLINGS = {
    spelled: words
    for name, element in CATALOGUE.items()
    for spelled, words in (
        (name, element.words),
        *((f"{name}:{coarser}", f"{element.words}, only {coarser}") for coarser in element.generalizations),
    )
}
"""Every element as a permit may write it, whole or coarser, in plain words."""

LISTED_BY = ("arrested_at", "arraigned_at", "custody_state")
"""What a list of the people held is made from: without these elements whole there is nothing to list by."""


def permit(table: Table, position: int, *, kind: str, offices: frozenset[str]) -> Permit:
    """One permit, the `position`-th of the text, of an agreement of `kind` between `offices`."""
    office = _office(table, kind, offices)
    made = Permit(
        position=position,
        clause=clause(table),
        office=office,
        roles=_roles(table, office, required=False),
        elements=_elements(table),
        purposes=_purposes(table),
        rows=_rows(table.table("rows")),
        ask_by=_ask_by(table),
        exact=table.truth("exact", False),
        tolerance_years=table.number("tolerance_years", 0, 10, 0),
        lists=table.truth("lists", False),
        events=_events(table, office),
        requires=frozenset(
            table.known_words("requires", vocabulary.REQUIREMENTS, "a requirement", required=False)
        ),
        hours=_hours(table),
        results_per_request=table.number("results_per_request", 1, 500),
        requests_per_person_per_day=table.number_or_none("requests_per_person_per_day", 1, 100_000),
        requests_per_day=table.number_or_none("requests_per_day", 1, 1_000_000),
        results_per_day=table.number_or_none("results_per_day", 1, 1_000_000),
    )
    table.close()
    _fit_together(table, made)
    return made


def power(table: Table, *, offices: frozenset[str]) -> Power:
    """One power, in a charter between `offices`."""
    office = _owners_office(table, offices)
    made = Power(
        clause=clause(table),
        office=office,
        roles=_roles(table, office, required=True) or frozenset(),
        verbs=table.known_words("verbs", vocabulary.VERBS, "something that one can have the power to do"),
    )
    table.close()
    return made


def _owners_office(table: Table, offices: frozenset[str]) -> str:
    office = table.word("office", vocabulary.OFFICES)
    if office and office not in offices:
        table.problem("office", f"{quoted(office)} is not the office of an owner in this file")
    return office


def _roles(table: Table, office: str | None, *, required: bool) -> frozenset[str] | None:
    """Clauses 5.11 and 12.2: the roles named, each one of the office; None where none is."""
    if not required and not table.has("roles"):
        return None
    if office is None:
        table.problem("roles", "is for charters: an outside agency's permits name no role")
    known = ROLES.get(office, ()) if office else [role for roles in ROLES.values() for role in roles]
    kind = f"a role of {quoted(office)}" if office else "a role"
    return frozenset(table.known_words("roles", known, kind))


def _office(table: Table, kind: str, offices: frozenset[str]) -> str | None:
    if kind == "charter":
        return _owners_office(table, offices)
    if table.has("office"):
        table.problem("office", "is for charters: an outside agency's permits name no office")
        table.word("office", vocabulary.OFFICES)
    return None


def _events(table: Table, office: str | None) -> frozenset[str]:
    """Clause 5.12."""
    found = frozenset(table.known_words("events", vocabulary.EVENTS, "an event", required=False))
    if found and office is not None:
        table.problem("events", "is for outside agencies: the owners' offices have their boards")
    return found


def _purposes(table: Table) -> tuple[str, ...]:
    found = table.words("purposes", among=vocabulary.PURPOSES)
    for word in found:
        if word in vocabulary.PARENTS:
            table.problem("purposes", f"{quoted(word)} is a parent: name the exact purposes under it", word)
        elif word not in vocabulary.PURPOSES:
            what = f"{quoted(word)} is not an exact purpose that can be permitted"
            table.problem("purposes", what + nearest(word, vocabulary.PURPOSES), word)
    return found


def _elements(table: Table) -> tuple[Grant, ...]:
    grants: list[Grant] = []
    for word in table.words("elements", among=SPELLINGS):
        name, colon, coarser = word.partition(":")
        if name not in CATALOGUE:
            table.problem("elements", f"{quoted(name)} is not a data element{nearest(name, CATALOGUE)}", word)
        elif colon and coarser not in CATALOGUE[name].generalizations:
            known = ", ".join(CATALOGUE[name].generalizations) or "none"
            what = f"{quoted(word)}: {quoted(name)} has no such coarser form (there is: {known})"
            table.problem("elements", what, word)
        elif any(grant.element == name for grant in grants):
            table.problem("elements", f"{quoted(name)} is there twice", word)
        else:
            grants.append(Grant(name, coarser or None))
    return tuple(grants)


def _rows(table: Table | None) -> Rows:
    if table is None:
        return Rows()
    districts: frozenset[str] | None = None
    if table.has("districts"):
        districts = frozenset(table.words("districts", among=DISTRICT))
        for district in districts:
            if not DISTRICT.fullmatch(district):
                what = f"{quoted(district)} must be one to four letters and digits"
                table.problem("districts", what, district)
    categories: frozenset[str] | None = None
    if table.has("categories"):
        known = vocabulary.ARREST_CATEGORIES
        categories = frozenset(table.known_words("categories", known, "a kind of arrest"))
    made = Rows(
        charge_status=table.word("charge_status", vocabulary.CHARGE_STATUS),
        juveniles=table.truth("juveniles"),
        charged_as_adults=table.truth("charged_as_adults", False),
        limited_access=table.truth("limited_access"),
        own_clients=table.truth("own_clients", False),
        own_case=table.truth("own_case", False),
        victims_and_witnesses=table.truth("victims_and_witnesses"),
        districts=districts,
        categories=categories,
        arrested_from=table.day("arrested_from", required=False),
        arrested_to=table.day("arrested_to", required=False),
        arrested_within_days=table.number_or_none("arrested_within_days", 1, 36_525),
    )
    if made.juveniles and made.charged_as_adults:
        table.problem("charged_as_adults", "says nothing where all juveniles are shown")
    if made.arrested_from and made.arrested_to and made.arrested_to < made.arrested_from:
        table.problem("arrested_to", "is before arrested_from")
    table.close()
    return made


def _hours(table: Table) -> Hours | None:
    if not table.has("hours"):
        return None
    said = table.shaped("hours", HOURS, "hours of the day, such as 07:00-19:00")
    if not said:
        return None
    opens, closes = (time.fromisoformat(each) for each in said.split("-"))
    if opens == closes:
        table.problem("hours", "must not begin and end at the same time; leave it out for the whole day")
    return Hours(opens, closes)


def _ask_by(table: Table) -> tuple[frozenset[str], ...]:
    found: list[frozenset[str]] = []
    for together in table.items("ask_by", required=False, may_be_empty=True, among=ASK_BY):
        if (
            not isinstance(together, list)
            or not together
            or not all(isinstance(key, str) for key in together)
        ):
            table.problem(
                "ask_by", 'must be a list of lists of keys, such as [["name", "birth_date"], ["otn"]]'
            )
            continue
        keys = frozenset(together)
        for key in sorted(keys - ASK_BY.keys()):
            what = f"{quoted(key)} is not a key that one can ask by{nearest(key, ASK_BY)}"
            table.problem("ask_by", what, key)
        if len(keys) < len(together) or keys in found:
            table.problem("ask_by", "holds the same key, or the same keys together, twice")
        found.append(keys)
    return tuple(found)


def _fit_together(table: Table, made: Permit) -> None:
    """Clauses 5.5 to 5.8: what one field demands of another."""
    whole = {grant.element for grant in made.elements if grant.generalization is None}
    for key in sorted(frozenset().union(*made.ask_by) & ASK_BY.keys()):
        if ASK_BY[key] not in whole:
            what = f"to ask by {quoted(key)}, the element {quoted(ASK_BY[key])} must be permitted, and whole"
            table.problem("ask_by", what, key)
    if made.tolerance_years and not any("birth_date" in together for together in made.ask_by):
        table.problem("tolerance_years", "has no meaning unless one may ask by birth_date")
    if made.exact and not any("name" in together for together in made.ask_by):
        table.problem("exact", "has no meaning unless one may ask by name")
    if "case_number" not in made.requires:
        for word in sorted(made.requires):
            table.problem("requires", f"{quoted(word)} needs `case_number` beside it", word)
        if made.rows.own_case:
            table.problem("requires", "must hold `case_number` where rows.own_case = true")
    if "supervisor_approval" in made.requires and made.office is not None:
        what = "`supervisor_approval` is for outside agencies: an office's roles are its permits'"
        table.problem("requires", what, "supervisor_approval")
    if made.lists and not whole.issuperset(LISTED_BY):
        table.problem("lists", f"to list who is held, permit whole: {', '.join(LISTED_BY)}")
    for event in sorted(made.events):
        element = vocabulary.EVENT_SHOWS[event]
        if element not in whole:
            what = (
                f"to be told of {quoted(event)}, the element {quoted(element)} must be permitted, and whole"
            )
            table.problem("events", what, event)
    behind = [g.element for g in made.elements if CATALOGUE[g.element].relation in WALLED]
    if behind and not made.rows.victims_and_witnesses:
        what = f"{quoted(behind[0])} needs victims_and_witnesses = true in this permit's rows"
        table.problem("elements", what, behind[0])
    if made.rows.victims_and_witnesses and (made.ask_by or made.lists or made.events):
        what = (
            "a permit for victims and witnesses is for opening records only: no ask_by, no lists, no events"
        )
        table.problem("ask_by" if made.ask_by else "lists" if made.lists else "events", what)
