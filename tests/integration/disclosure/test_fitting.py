"""Which clause answers: the real door and guard against a plain oracle (specs/disclosure-decision.md, section 6)."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import permutations, product
from zoneinfo import ZoneInfo

import pytest

from openpars import clock
from openpars.agreements.rules.decision import Request
from openpars.agreements.rules.safeguards import People, Safeguards
from openpars.agreements.rules.terms import Grant, Hours, Permit
from openpars.disclosure import actions, approvals, cases
from openpars.disclosure.cases import Subject
from openpars.disclosure.models import Disclosure
from openpars.disclosure.rules.request import Asker
from openpars.errors import NotPermitted
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, outsider, permit
from tests.reference import fitting_reference
from tests.reference.fitting_reference import Now

CASE = frozenset({"case_number"})
SUPERVISED = Safeguards(people=People(supervisors=("sergeant",)))


def closed_now() -> Hours:
    """Hours of the day that do not hold this one, nor the next."""
    local = clock.now().astimezone(ZoneInfo("America/New_York"))
    opens, closes = (local + timedelta(hours=hours) for hours in (3, 21))
    return Hours(*(one.time().replace(second=0, microsecond=0) for one in (opens, closes)))


def clauses() -> dict[str, Permit]:
    """Permits that each ask for something else, some for more and some for less."""
    name, born, otn, charge = (Grant(word) for word in ("name", "birth_date", "otn", "lead_charge"))
    shows = {"elements": (name, born, otn), "ask_by": (frozenset({"otn"}),), "tolerance_years": 0}
    return {
        "3.1": permit(clause="3.1", requires=CASE | {"supervisor_approval"}, **shows),
        "3.2": permit(clause="3.2", requires=CASE | {"case_exists"}, **shows),
        "3.3": permit(clause="3.3", hours=closed_now(), **shows),
        "3.4": permit(clause="3.4", requests_per_person_per_day=2, **shows),
        "3.5": permit(clause="3.5", **{**shows, "elements": (name, otn, charge)}),
        "3.6": permit(clause="3.6", requires=frozenset(), **{**shows, "elements": (otn,)}),
    }


ORDERS = [order for place, order in enumerate(permutations(clauses(), 4)) if place % 23 == 0]


def answered(asker: Asker, case: str, number: str, elements: list[str] | None) -> str:
    """The clause that answered, or the reason that the auditor reads."""
    try:
        answer = actions.search(
            asker=asker, purpose=PURPOSE, case_number=case, number=number, elements=elements
        )
    except NotPermitted as refused:
        assert str(refused).startswith(NotPermitted.neutral)
        return str(Disclosure.objects.filter(user_id=asker.user_id, outcome="deny").latest("begun_at").reason)
    return str(answer.body["agreement"]["clause"])  # type: ignore[index]


def approve(asker: Asker, sergeant: Asker, case: str) -> None:
    """The supervisor approves what was asked for."""
    which = approvals.ask(case_number=case, purpose=PURPOSE, by=asker.user_id, at=clock.now())
    approvals.approve(approval=which, hours=8, reason="For a test.", by=sergeant.user_id, at=clock.now())


def situations() -> Iterator[tuple[str, bool, list[str] | None]]:
    """Case numbers, whether somebody approved (last: it stays), and what is asked for."""
    for approved in (False, True):
        yield from ((case, approved, wanted) for case, wanted in product(CASES, WANTED))


CASES = ("", "26-0000", "26-1187")
WANTED = (None, ["name", "birth_date"], ["lead_charge"])


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_law_the_first_permit_that_fits_answers_its_requirements_included(
    city: City, order: tuple[str, ...]
) -> None:
    held = city.arrest()
    asker = outsider()
    permits = [replace(clauses()[clause], position=place) for place, clause in enumerate(order, 1)]
    terms = agreement(asker.agency_ori, *permits, safeguards=SUPERVISED)
    enforce(terms)
    sergeant = outsider(asker.agency_ori, role="sergeant")
    cases.open_case(
        number="26-1187", subjects=[Subject("O", "Q", date(1988, 4, 17))], by=asker.user_id, at=clock.now()
    )
    used, supervised = 0, False
    for case, approved, wanted in situations():
        if approved and not supervised:
            supervised = True
            for number in CASES[1:] if "3.1" in order else ():
                approve(asker, sergeant, number)
        request = Request(
            "search", asker.agency_ori, None, PURPOSE, case, frozenset({"otn"}),
            elements=None if wanted is None else frozenset(wanted),
        )  # fmt: skip
        now = Now(case == "26-1187", approved, frozenset({"3.3"}), frozenset({"3.4"} if used >= 2 else ()))
        expected = fitting_reference.outcome(request, terms, now)
        found = answered(asker, case, held.arrest.otn, wanted)
        assert found == expected, (case, approved, wanted, used)
        used += found == "3.4"


def test_a_clause_for_those_with_an_approval_hides_no_clause_for_those_without(city: City) -> None:
    held = city.arrest()
    asker = outsider()
    wide = permit(requires=CASE | {"supervisor_approval"})
    narrow = permit(
        clause="3.2", position=2, elements=(Grant("name"), Grant("otn")), ask_by=(frozenset({"otn"}),)
    )
    narrow = replace(narrow, tolerance_years=0)
    enforce(agreement(asker.agency_ori, wide, narrow, safeguards=SUPERVISED))
    ask = {"asker": asker, "purpose": PURPOSE, "case_number": "26-1", "number": held.arrest.otn}
    answer = actions.search(**ask)  # type: ignore[arg-type]
    assert answer.body["agreement"]["clause"] == "3.2"  # type: ignore[index]
    assert all("birth_date" not in row for row in answer.results)
    with pytest.raises(NotPermitted):
        actions.search(**ask, elements=["birth_date"])  # type: ignore[arg-type]
    # One request is one entry, whatever was tried on the way.
    assert Disclosure.objects.filter(user_id=asker.user_id).count() == 2


def test_a_limit_that_is_used_up_is_no_way_to_a_later_clause(city: City) -> None:
    held, elsewhere = city.arrest(), city.arrest("Cato", "Ashgrove", date(1980, 1, 2), juvenile=True)
    asker = outsider()
    limited = permit(requests_per_person_per_day=1)
    wider = permit(clause="3.2", position=2, rows=replace(limited.rows, juveniles=True))
    enforce(agreement(asker.agency_ori, limited, wider))
    assert answered(asker, "26-1", held.arrest.otn, None) == "3.1"
    assert answered(asker, "26-1", elsewhere.arrest.otn, None) == "limit-reached"
