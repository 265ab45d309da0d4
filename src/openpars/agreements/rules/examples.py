"""A case in words, for somebody who is to judge an amendment."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from openpars.agreements.rules.dimensions import DIMENSIONS, Case, Juvenile, OfCase
from openpars.agreements.rules.moments import WHEN, Covers, age
from openpars.agreements.rules.plain import given
from openpars.agreements.rules.rows import HELD_FOR_COURT
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.trial import shows
from openpars.agreements.rules.vocabulary import ARREST_CATEGORIES, EVENTS, OFFICES, PURPOSES, ROLES
from openpars.agreements.rules.wording import counted, listed
from openpars.records.rules.elements import ASK_BY, CATALOGUE


def told(case: Case, *, shown_by: Agreement, hidden_by: Agreement, before: bool = False) -> str | None:
    """The case in a sentence, once it was tried on both versions; None where the trial does not bear it out. Besides
    what is shown, only that is mentioned which keeps the case from the nearest permit of `hidden_by`; `before`: it is
    the old version that shows it."""
    if not shows(shown_by, case) or shows(hidden_by, case):
        return None
    mentioned = _in_the_way(case, hidden_by)
    arrest = " ".join([_arrest(case), *(say(case) for name, say in _ARREST.items() if name in mentioned)])
    asked = [say(case) for name, say in _ASKED.items() if name in mentioned]
    then = "shown before, not shown now" if before else "not shown before, shown now"
    return f"{', '.join([f'{_what(case)} of {arrest}', *asked])}: {then}."


def _what(case: Case) -> str:
    what = given(case.fact) if case.fact.generalization else f"the {CATALOGUE[case.fact.element].words}"
    return what[:1].upper() + what[1:]


def _arrest(case: Case) -> str:
    return _ARRESTED[case.juvenile]


_ARRESTED: Mapping[Juvenile, str] = {
    Juvenile.NO: "a person arrested",
    Juvenile.AS_ADULT: "a juvenile charged as an adult",
    Juvenile.YES: "a juvenile arrested",
}


def _in_the_way(case: Case, agreement: Agreement) -> frozenset[str]:
    """The fields of the case that the permit nearest to it does not cover; of its times, which condition."""

    def uncovered(permit: Permit) -> frozenset[str]:
        alone = replace(agreement, permits=(permit,))
        fields: dict[str, tuple[Covers, Any]] = {
            name: (d.covers, getattr(case, name)) for name, d in DIMENSIONS.items() if name != "when"
        }
        fields |= {name: (covers, case.when) for name, covers in WHEN.items()}
        return frozenset(name for name, (covers, held) in fields.items() if not covers(alone, permit, held))

    return min(map(uncovered, agreement.permits), key=len, default=frozenset())


def _charges(case: Case) -> str:
    if not case.charges:
        return "without any charge"
    held = ", one of them held for court" if HELD_FOR_COURT in case.charges else ""
    return f"with {listed(sorted(case.charges - {HELD_FOR_COURT}))} charges only{held}"


def _asker(case: Case) -> str:
    if case.asker.role is None:
        return f"asked by the agency with the ORI {case.asker.ori}"
    return f"asked by {ROLES[case.asker.role]} of {OFFICES[case.asker.office or '']} ({case.asker.ori})"


def _way(case: Case) -> str:
    way = case.way
    if way.kind == "open":
        return "when the record is opened"
    if way.kind == "list":
        return "in a list of the people held"
    if way.kind == "event":
        return f"told to a subscriber when {listed([EVENTS[event] for event in sorted(way.keys)])}"
    off = f", which may be {counted(way.tolerance, 'year')} off" if way.tolerance else ""
    off += ", with a name that is only like it" if way.near else ""
    return f"found by {listed([CATALOGUE[ASK_BY[key]].words for key in ASK_BY if key in way.keys])}{off}"


_OF_CASE: Mapping[OfCase, str] = {
    OfCase.NO_NUMBER: "without the number of the case",
    OfCase.NUMBER_OF_NO_CASE: "under a number that is of no case",
    OfCase.CASE_OF_OTHERS: "under the number of a case that the person is not of",
    OfCase.ARRESTED_UNDER_IT: "under a number of the city's, in no case of the agency's own with them as a subject",
    OfCase.SUBJECT_OF_OWN: "in a case of the agency's own with them as a subject",
}

_ARREST: Mapping[str, Callable[[Case], str]] = {
    "district": lambda case: f"in police district {case.district}",
    "category": lambda case: ARREST_CATEGORIES.get(case.category, "in a way that nobody noted"),
    "age": lambda case: f"{counted(age(case.when).days, 'day')} ago",
    "window": lambda case: (
        f"on {case.when.arrested_at:%B} {case.when.arrested_at.day}, {case.when.arrested_at.year}"
    ),
    "charges": _charges,
    "limited_access": lambda _: "whose record is under limited access",
    "own_client": lambda _: "who is no client of the asker",
}
"""What can be said of the arrest."""

_ASKED: Mapping[str, Callable[[Case], str]] = {
    "asker": _asker,
    "purpose": lambda case: f"asked for {PURPOSES[case.purpose]}",
    "way": _way,
    "of_case": lambda case: _OF_CASE[case.of_case],
    "approved": lambda _: "without a supervisor's approval",
    "hour": lambda case: f"asked at {case.hour:%H:%M}",
    "result": lambda case: f"as number {case.result:,} of one answer",
    "term": lambda case: f"on {case.when.asked_at:%B} {case.when.asked_at.day}, {case.when.asked_at.year}",
}
"""What can be said of the request."""
