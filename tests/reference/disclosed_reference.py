"""Whether an agreement shows somebody something: the oracles of the decision and of the rows, put together.

Slow and plain: it tries the request for everything, for each word that any permit gives, and for all the words of each
permit; and every part of the answer is asked of an oracle.
"""

from dataclasses import replace
from datetime import UTC, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from openpars.agreements.rules.decision import InForce, Request
from openpars.agreements.rules.dimensions import Case, OfCase
from openpars.agreements.rules.terms import Agreement, Hours, Permit
from tests.reference import decision_reference, minimize_reference

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def discloses(agreement: Agreement, case: Case, *asked: frozenset[str]) -> bool:
    """Whether somebody in this case can see the fact, `asked` being further choices of elements to try."""
    words = {grant.spelling for permit in agreement.permits for grant in permit.elements}
    words -= {word for word in words if word.split(":")[0] in agreement.prohibited_elements}
    wholes = [{g.spelling for g in permit.elements} & words for permit in agreement.permits]
    choices = [None, *({word} for word in words), *wholes, *asked]
    in_term = agreement.term.starts_at <= case.when.asked_at < agreement.term.ends_at
    return in_term and any(answers(agreement, case, choice) for choice in choices)


def answers(agreement: Agreement, case: Case, elements: object) -> bool:
    """Whether the request for these elements shows the fact."""
    meeting = tuple(permit for permit in agreement.permits if meets(permit, case))
    decision = decision_reference.decide(
        Request(
            kind=case.way.kind,
            agency_ori=case.asker.ori,
            office=case.asker.office,
            role=case.asker.role or next(iter(agreement.safeguards.people.askers), None),
            purpose=case.purpose,
            case_number=" " if case.of_case is OfCase.NO_NUMBER else "C-1",
            keys=frozenset() if case.way.kind == "event" else case.way.keys,
            events=case.way.keys if case.way.kind == "event" else frozenset(),
            tolerance_years=case.way.tolerance,
            elements=None if elements is None else frozenset(elements),
        ),
        [InForce(7, replace(agreement, permits=meeting))],
    )
    if not decision.permitted:
        return False
    permit = decision.permit
    arrest = {
        "arrest": "it",
        "limited_access_at": case.when.arrested_at if case.limited_access else None,
        "juvenile": case.juvenile.name != "NO",
        "direct_file": "murder" if case.juvenile.name == "AS_ADULT" else "",
        "charge_statuses": case.charges,
        "district": case.district,
        "category": {"on-view": "O", "summoned": "S", "on-a-warrant": "T"}.get(case.category, ""),
        "moment": case.when.arrested_at.astimezone(UTC),
        "counsel_id": "asker" if case.own_client else "somebody else",
    }
    given = {
        (g.element, form)
        for g in decision.elements
        for form in (g.generalization, case.fact.generalization)
        if g.generalization is None or form == g.generalization
    }
    zone = ZoneInfo(agreement.term.time_zone)
    now = case.when.asked_at.astimezone(UTC)
    return (
        minimize_reference.visible(permit, arrest, asker="asker", now=now, zone=zone)
        and (case.fact.element, case.fact.generalization) in given
        and case.result <= permit.results_per_request
        and not (permit.exact and case.way.near)
        and of_that_case(permit, case.of_case)
    )


def meets(permit: Permit, case: Case) -> bool:
    """disclosure-decision.md, 6.2: what is required of the request, but for the number of the case."""
    exists = case.of_case in (OfCase.CASE_OF_OTHERS, OfCase.ARRESTED_UNDER_IT, OfCase.SUBJECT_OF_OWN)
    return (
        (exists or "case_exists" not in permit.requires)
        and (case.approved or "supervisor_approval" not in permit.requires)
        and (permit.hours is None or case.hour in open_minutes(permit.hours))
    )


def of_that_case(permit: Permit, held: OfCase) -> bool:
    """agreement-file.md, 5.4 and 5.9: what is required of the arrest's person."""
    if permit.rows.own_case and held is not OfCase.SUBJECT_OF_OWN:
        return False
    on_it = held in (OfCase.SUBJECT_OF_OWN, OfCase.ARRESTED_UNDER_IT)
    return on_it or "subject_on_case" not in permit.requires


@cache
def open_minutes(hours: Hours) -> frozenset[time]:
    """Every minute of a day at which one may ask: counted on from the first until the last."""
    minute = hours.opens.hour * 60 + hours.opens.minute
    last = hours.closes.hour * 60 + hours.closes.minute
    found = set()
    while True:
        found.add(time(minute // 60, minute % 60))
        minute = (minute + 1) % 1440
        if minute == last:
            return frozenset(found)
