"""A case in words, for somebody who is to judge an amendment."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from openpars.agreements.rules.plain import given
from openpars.agreements.rules.reach import DIMENSIONS, Case
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.trial import shows
from openpars.agreements.rules.vocabulary import EVENTS, OFFICES, PURPOSES, REQUIREMENTS, ROLES
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
    return "a juvenile arrested" if case.juvenile else "a person arrested"


def _in_the_way(case: Case, agreement: Agreement) -> frozenset[str]:
    """The fields of the case that the permit nearest to it does not cover."""

    def uncovered(permit: Permit) -> frozenset[str]:
        alone = replace(agreement, permits=(permit,))
        return frozenset(
            name
            for name, value in zip(DIMENSIONS, case, strict=True)
            if not DIMENSIONS[name].covers(alone, permit, value)
        )

    return min(map(uncovered, agreement.permits), key=len, default=frozenset())


def _charges(case: Case) -> str:
    return f"with {listed(sorted(case.charges))} charges only" if case.charges else "without any charge"


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
    return f"found by {listed([CATALOGUE[ASK_BY[key]].words for key in ASK_BY if key in way.keys])}{off}"


def _met(case: Case) -> str:
    missing = [words for word, words in REQUIREMENTS.items() if word not in case.met]
    return f"without {listed(missing, 'or')}"


_ARREST: Mapping[str, Callable[[Case], str]] = {
    "district": lambda case: f"in police district {case.district}",
    "days": lambda case: f"{counted(case.days, 'day')} ago",
    "charges": _charges,
    "limited_access": lambda _: "whose record is under limited access",
    "own_client": lambda _: "who is no client of the asker",
}
"""What can be said of the arrest."""

_ASKED: Mapping[str, Callable[[Case], str]] = {
    "asker": _asker,
    "purpose": lambda case: f"asked for {PURPOSES[case.purpose]}",
    "way": _way,
    "met": _met,
    "result": lambda case: f"as number {case.result:,} of one answer",
    "request": lambda case: f"in one person's request number {case.request:,} of a day",
    "moment": lambda case: f"on {case.moment:%B} {case.moment.day}, {case.moment.year}",
}
"""What can be said of the request."""
