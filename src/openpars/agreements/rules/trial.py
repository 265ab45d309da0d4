"""One case tried on one version of an agreement: asked of the decision, then looked up in the permit's rows and
limits. Nothing here knows how versions are compared; the comparison answers to it."""

from dataclasses import replace

from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.reach import Case
from openpars.agreements.rules.rows import Facts, hidden_by
from openpars.agreements.rules.terms import Agreement


def shows(agreement: Agreement, case: Case) -> bool:
    """Whether somebody in this case can come to see the fact: asking for all of it, or for just those elements, word
    by word, that one of the permits gives."""
    if not agreement.term.starts_at <= case.moment < agreement.term.ends_at:
        return False
    choices = {
        frozenset(grant.spelling for grant in agreement.granted(permit)) for permit in agreement.permits
    }
    return any(_answers(agreement, case, choice) for choice in (None, *choices))


def _answers(agreement: Agreement, case: Case, elements: frozenset[str] | None) -> bool:
    request = Request(
        agency_ori=case.asker.ori,
        office=case.asker.office,
        role=case.asker.role,
        purpose=case.purpose,
        case_number="given" if "case_number" in case.met else "",
        elements=elements,
        **case.way.request(),
    )
    decision = decide(request, [InForce(1, agreement)])
    permit = decision.permit
    if permit is None or not permit.requires <= case.met or case.result > permit.results_per_request:
        return False
    daily = permit.requests_per_person_per_day
    if daily is not None and case.request > daily:
        return False
    facts = Facts(case.juvenile, case.limited_access, case.charges, case.district, case.days, case.own_client)
    # A change of the case or of the days of a text always counts as wider: a case of a trial says nothing of them.
    rows = replace(permit.rows, own_case=False, arrested_from=None, arrested_to=None)
    return hidden_by(rows, facts) is None and any(
        grant.element == case.fact.element and grant.generalization in (None, case.fact.generalization)
        for grant in decision.elements
    )
