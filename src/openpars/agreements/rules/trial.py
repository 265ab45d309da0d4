"""One case tried on one version of an agreement: asked of the decision, then looked up in the permit's rows and
limits. Nothing here knows how versions are compared; the comparison answers to it."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.dimensions import Case, Juvenile, OfCase
from openpars.agreements.rules.moments import age, open_at
from openpars.agreements.rules.rows import Facts, hidden_by
from openpars.agreements.rules.terms import Agreement, Permit


def shows(agreement: Agreement, case: Case) -> bool:
    """Whether somebody in this case can come to see the fact: asking for all of it, or for just those elements, word
    by word, that one of the permits gives."""
    if not agreement.term.starts_at <= case.when.asked_at < agreement.term.ends_at:
        return False
    choices = {
        frozenset(grant.spelling for grant in agreement.granted(permit)) for permit in agreement.permits
    }
    return any(_answers(agreement, case, choice) for choice in (None, *choices))


def _answers(agreement: Agreement, case: Case, elements: frozenset[str] | None) -> bool:
    # Which of an outside agency's people may ask is no disclosure: `strictness` compares it.
    request = Request(
        agency_ori=case.asker.ori,
        office=case.asker.office,
        role=case.asker.role or min(agreement.safeguards.people.askers, default=None),
        purpose=case.purpose,
        case_number="given" if case.of_case >= OfCase.NUMBER_OF_NO_CASE else "",
        elements=elements,
        **case.way.request(),
    )
    unmet = {(1, permit.position) for permit in agreement.permits if not _meets(permit, case)}
    decision = decide(request, [InForce(1, agreement)], passing_over=unmet)
    permit = decision.permit
    if permit is None or case.result > permit.results_per_request or (case.way.near and permit.exact):
        return False
    if "subject_on_case" in permit.requires and case.of_case < OfCase.ARRESTED_UNDER_IT:
        return False
    return hidden_by(permit.rows, _facts(agreement, case)) is None and any(
        grant.element == case.fact.element and grant.generalization in (None, case.fact.generalization)
        for grant in decision.elements
    )


def _meets(permit: Permit, case: Case) -> bool:
    """What the guard asks of the request before it falls under the permit."""
    return not (
        ("case_exists" in permit.requires and case.of_case < OfCase.CASE_OF_OTHERS)
        or ("supervisor_approval" in permit.requires and not case.approved)
        or (permit.hours is not None and not open_at(permit.hours, case.hour))
    )


def _facts(agreement: Agreement, case: Case) -> Facts:
    # A day that is full at this very moment is not over yet: so the views count.
    days = -(-age(case.when) // timedelta(days=1)) - 1
    return Facts(
        juvenile=case.juvenile is not Juvenile.NO,
        charged_as_adult=case.juvenile is Juvenile.AS_ADULT,
        limited_access=case.limited_access,
        charges=case.charges,
        district=case.district,
        category=case.category,
        days=days,
        own_client=case.own_client,
        on_case=case.of_case is OfCase.SUBJECT_OF_OWN,
        arrested_on=case.when.arrested_at.astimezone(ZoneInfo(agreement.term.time_zone)).date(),
    )
