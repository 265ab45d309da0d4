"""What changes from one wording of a permit to another, in words: element by element, row by row."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import fields, replace
from datetime import date
from typing import Any

from openpars.agencies.rules import ROLES
from openpars.agreements.rules.plain import given
from openpars.agreements.rules.terms import Grant, Hours, Permit, Rows
from openpars.agreements.rules.vocabulary import (
    ARREST_CATEGORIES,
    CHARGE_STATUS,
    EVENTS,
    OFFICES,
    PURPOSES,
    REQUIREMENTS,
)
from openpars.agreements.rules.wording import counted, listed
from openpars.records.rules.elements import ASK_BY, CATALOGUE

Change = tuple[str, str, Permit]


def says_the_same(one: Any, other: Any) -> bool:
    """Whether two clauses differ in their number and place at most."""
    if isinstance(one, Permit) and isinstance(other, Permit):
        return replace(one, clause="", position=0) == replace(other, clause="", position=0)
    return bool(replace(one, clause="") == replace(other, clause=""))


def added(permit: Permit) -> str:
    """A permit that is new."""
    return f"This clause is new: {_whole(permit)}"


def gone(permit: Permit) -> str:
    """A permit that is there no longer."""
    return f"This clause is gone: {_whole(permit)}"


def _whole(permit: Permit) -> str:
    who = f"{OFFICES[permit.office]} may ask" if permit.office else "one may ask"
    purposes = listed([PURPOSES[word] for word in permit.purposes], "or")
    return f"{who} for {purposes}, and is shown: {'; '.join(map(given, permit.elements))}."


def changes(old: Permit, new: Permit) -> Iterator[Change]:
    """Every change but that of the clause's number, each with the permit as it leaves it."""
    now = replace(old, position=new.position)
    for tell in (_office, _purposes, _elements, _ask_by, _requires, _rows, _others):
        for text, after in tell(now, new):
            yield new.clause, text, after
            now = after
    if replace(now, clause=new.clause) != new:
        yield new.clause, "The order of purposes or elements changes.", replace(new, clause=old.clause)


Told = Iterator[tuple[str, Permit]]


def _office(now: Permit, new: Permit) -> Told:
    if now.office != new.office:
        now = replace(now, office=new.office, roles=new.roles)
        yield f"This clause is now for {OFFICES.get(new.office or '', 'an outside agency')}.", now
    elif now.roles != new.roles and new.office:
        all_roles = frozenset(ROLES[new.office])
        was, then = now.roles or all_roles, new.roles or all_roles
        for role in sorted(then - was):
            now = replace(now, roles=was | {role})
            was |= {role}
            yield f"It is for the role {role} too.", now
        for role in sorted(was - then):
            now = replace(now, roles=was - {role})
            was -= {role}
            yield f"It is for the role {role} no longer.", now


def _purposes(now: Permit, new: Permit) -> Told:
    for word in new.purposes:
        if word not in now.purposes:
            now = replace(now, purposes=(*now.purposes, word))
            yield f"One may ask for this too: {PURPOSES[word]}.", now
    for word in now.purposes:
        if word not in new.purposes:
            now = replace(now, purposes=tuple(one for one in now.purposes if one != word))
            yield f"One may no longer ask for this: {PURPOSES[word]}.", now


def _elements(now: Permit, new: Permit) -> Told:
    was = {grant.element: grant for grant in now.elements}
    then = {grant.element: grant for grant in new.elements}
    for name, grant in then.items():
        if name not in was:
            now = replace(now, elements=(*now.elements, grant))
            yield f"Shown too: {given(grant)}.", now
        elif was[name] != grant:
            elements = tuple(grant if one.element == name else one for one in now.elements)
            now = replace(now, elements=elements)
            yield f"Shown: {_form(grant)}; before, {_form(was[name])}.", now
    for name, grant in was.items():
        if name not in then:
            now = replace(now, elements=tuple(one for one in now.elements if one.element != name))
            yield f"No longer shown: {given(grant)}.", now


def _form(grant: Grant) -> str:
    return given(grant) if grant.generalization else f"the whole {CATALOGUE[grant.element].words}"


def _keys(together: Collection[str]) -> str:
    return listed([CATALOGUE[ASK_BY[key]].words for key in ASK_BY if key in together])


def _ask_by(now: Permit, new: Permit) -> Told:
    for together in new.ask_by:
        if together not in now.ask_by:
            now = replace(now, ask_by=(*now.ask_by, together))
            yield f"One may search by {_keys(together)}.", now
    for together in now.ask_by:
        if together not in new.ask_by:
            now = replace(now, ask_by=tuple(one for one in now.ask_by if one != together))
            yield f"To know the {_keys(together)} is no longer enough to search.", now


def _requires(now: Permit, new: Permit) -> Told:
    for word in sorted(new.requires - now.requires):
        now = replace(now, requires=now.requires | {word})
        yield f"Each request now needs {REQUIREMENTS[word]}.", now
    for word in sorted(now.requires - new.requires):
        now = replace(now, requires=now.requires - {word})
        yield f"A request no longer needs {REQUIREMENTS[word]}.", now


def _rows(now: Permit, new: Permit) -> Told:
    districts, wanted = now.rows.districts, new.rows.districts
    if districts is not None and wanted is not None:
        for name in sorted(wanted - districts):
            now = replace(now, rows=replace(now.rows, districts=(now.rows.districts or frozenset()) | {name}))
            yield f"Arrests in police district {name} are shown too.", now
        for name in sorted(districts - wanted):
            now = replace(now, rows=replace(now.rows, districts=(now.rows.districts or frozenset()) - {name}))
            yield f"Arrests in police district {name} are no longer shown.", now
    for field in fields(Rows):
        was, then = getattr(now.rows, field.name), getattr(new.rows, field.name)
        if was != then:
            now = replace(now, rows=replace(now.rows, **{field.name: then}))
            say = _ROWS.get(field.name)
            yield (say(was, then) if say else _plainly(field.name, was, then)), now


def _others(now: Permit, new: Permit) -> Told:
    for field in fields(Permit):
        if field.name in ("position", "clause", "elements", "purposes", "ask_by", "rows"):
            continue
        was, then = getattr(now, field.name), getattr(new, field.name)
        if was != then:
            now = replace(now, **{field.name: then})
            say = _OTHERS.get(field.name)
            yield (say(was, then) if say else _plainly(field.name, was, then)), now


def _plainly(name: str, was: object, then: object) -> str:
    return f"{name.replace('_', ' ').capitalize()}: {_word(then)}; before, {_word(was)}."


def _word(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, frozenset | tuple):
        return ", ".join(sorted(map(str, value))) or "none"
    return "none" if value is None else str(value)


def _also(what: str) -> Callable[[Any, Any], str]:
    return lambda _, then: f"{what} are shown too." if then else f"{what} are no longer shown."


def _limit(what: str, noun: str) -> Callable[[Any, Any], str]:
    def said(was: int | None, then: int | None) -> str:
        words = ["no limit" if one is None else f"at most {counted(one, noun)}" for one in (then, was)]
        return f"{what}: {words[0]}; before, {words[1]}."

    return said


def _day(day: date | None) -> str:
    return f"{day:%B} {day.day}, {day.year}" if day else "none"


def _made(categories: Collection[str]) -> str:
    return listed([words for word, words in ARREST_CATEGORIES.items() if word in categories], "or")


def _hours(hours: Hours | None) -> str:
    return f"from {hours.opens:%H:%M} to {hours.closes:%H:%M}" if hours else "at any hour"


_ROWS: dict[str, Callable[[Any, Any], str]] = {
    "charge_status": lambda was, then: (
        f"Shown are arrests {CHARGE_STATUS[then]}; before, {CHARGE_STATUS[was]}."
    ),
    "juveniles": _also("Arrests of juveniles"),
    "charged_as_adults": _also("Arrests of juveniles who are charged as adults"),
    "limited_access": _also("Records under limited access by law"),
    "victims_and_witnesses": _also("Victims and witnesses"),
    "own_clients": lambda _, then: (
        "Shown are the arrests of their own clients only."
        if then
        else "Shown are not only their own clients."
    ),
    "districts": lambda was, then: (
        "Arrests in every police district are shown."
        if then is None
        else f"Arrests are shown in these police districts only: {listed(sorted(then))}."
    ),
    "categories": lambda was, then: (
        "Arrests are shown however they were made."
        if then is None
        else f"Arrests are shown that were made {_made(then)}, and no others."
    ),
    "own_case": lambda _, then: (
        "Shown are only subjects of the open case of their own that the request names."
        if then
        else "Shown are not only subjects of a case of their own."
    ),
    "arrested_from": lambda was, then: f"First day of the arrests shown: {_day(then)}; before, {_day(was)}.",
    "arrested_to": lambda was, then: f"Last day of the arrests shown: {_day(then)}; before, {_day(was)}.",
    "arrested_within_days": _limit("Age of the arrests shown", "day"),
}
_OTHERS: dict[str, Callable[[Any, Any], str]] = {
    "tolerance_years": lambda was, then: (
        f"A date of birth may be {counted(then, 'year')} off; before, {counted(was, 'year')}."
    ),
    "exact": lambda _, then: (
        "A name finds only people whose name is spelled just so."
        if then
        else "A name finds people of names that sound alike too."
    ),
    "hours": lambda was, then: f"One may ask {_hours(then)}; before, {_hours(was)}.",
    "lists": lambda _, then: (
        "People who are held may be listed." if then else "Nobody may be listed any longer."
    ),
    "events": lambda _, then: (
        f"One may subscribe to be told that {listed([EVENTS[word] for word in EVENTS if word in then], 'or')}."
        if then
        else "Nobody may subscribe to events any longer."
    ),
    "results_per_request": _limit("One request shows", "arrest"),
    "requests_per_person_per_day": _limit("One person may make in a day", "request"),
    "requests_per_day": _limit("All of them together may make in a day", "request"),
    "results_per_day": _limit("All of them together are shown in a day", "arrest"),
}
