"""Whether an agreement shows somebody something: the oracles of the decision and of the rows, put together.

Slow and plain: it tries the request for everything, for each word that any permit gives, and for all the words of each
permit; and every part of the answer is asked of an oracle.
"""

from datetime import UTC, datetime, timedelta

from openpars.agreements.rules.decision import InForce, Request
from openpars.agreements.rules.reach import Case
from openpars.agreements.rules.terms import Agreement
from tests.reference import decision_reference, minimize_reference

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def discloses(agreement: Agreement, case: Case, *asked: frozenset[str]) -> bool:
    """Whether somebody in this case can see the fact, `asked` being further choices of elements to try."""
    words = {grant.spelling for permit in agreement.permits for grant in permit.elements}
    words -= {word for word in words if word.split(":")[0] in agreement.prohibited_elements}
    wholes = [{g.spelling for g in permit.elements} & words for permit in agreement.permits]
    choices = [None, *({word} for word in words), *wholes, *asked]
    in_term = agreement.term.starts_at <= case.moment < agreement.term.ends_at
    return in_term and any(answers(agreement, case, choice) for choice in choices)


def answers(agreement: Agreement, case: Case, elements: object) -> bool:
    """Whether the request for these elements shows the fact."""
    decision = decision_reference.decide(
        Request(
            kind=case.way.kind,
            agency_ori=case.asker.ori,
            office=case.asker.office,
            role=case.asker.role,
            purpose=case.purpose,
            case_number="C-1" if "case_number" in case.met else " ",
            keys=frozenset() if case.way.kind == "event" else case.way.keys,
            events=case.way.keys if case.way.kind == "event" else frozenset(),
            tolerance_years=case.way.tolerance,
            elements=None if elements is None else frozenset(elements),
        ),
        [InForce(7, agreement)],
    )
    if not decision.permitted:
        return False
    permit = decision.permit
    arrest = {
        "arrest": "it",
        "limited_access_at": NOW if case.limited_access else None,
        "juvenile": case.juvenile,
        "charge_statuses": case.charges,
        "district": case.district,
        # Half a day older than so many whole days.
        "moment": NOW - timedelta(days=case.days, hours=12),
        "counsel_id": "asker" if case.own_client else "somebody else",
    }
    given = {
        (g.element, form)
        for g in decision.elements
        for form in (g.generalization, case.fact.generalization)
        if g.generalization is None or form == g.generalization
    }
    daily = permit.requests_per_person_per_day
    return (
        minimize_reference.visible(permit, arrest, asker="asker", now=NOW)
        and (case.fact.element, case.fact.generalization) in given
        and case.result <= permit.results_per_request
        and (daily is None or case.request <= daily)
    )
