"""specs/disclosure-decision.md, clauses 4 and 6, for one agreement: which clause answers a request, or why none does.

Slow and plain: it looks at every permit in turn and asks the oracle of the decision about each of them alone.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from openpars.agreements.rules.decision import InForce, Request
from openpars.agreements.rules.terms import Agreement, Permit
from tests.reference import decision_reference


@dataclass(frozen=True)
class Now:
    """What no decision knows: whether the case exists, whether somebody approved, in which clauses it is not the hour,
    and of which clauses a limit is used up."""

    case_exists: bool
    approved: bool
    closed: frozenset[str] = frozenset()
    used_up: frozenset[str] = frozenset()


def outcome(request: Request, agreement: Agreement, now: Now) -> str:
    """The clause that answers, or the reason that the auditor reads."""
    fitting = [permit for permit in agreement.permits if fits(request, agreement, permit)]
    if not fitting:
        return decision_reference.decide(request, [InForce(1, agreement)]).reason
    reasons = [unmet(permit, now) for permit in fitting]
    for permit, reason in zip(fitting, reasons, strict=True):
        if reason is None:
            return "limit-reached" if permit.clause in now.used_up else permit.clause
    return str(reasons[0])


def fits(request: Request, agreement: Agreement, permit: Permit) -> bool:
    """Clause 4, of this permit alone."""
    alone = replace(agreement, permits=(permit,))
    return decision_reference.decide(request, [InForce(1, alone)]).permitted


def unmet(permit: Permit, now: Now) -> str | None:
    """Clause 6.1, in its order: the first requirement that is not met."""
    wanted: Collection[str] = permit.requires
    if "case_exists" in wanted and not now.case_exists:
        return "case-unknown"
    if permit.clause in now.closed:
        return "outside-hours"
    if "supervisor_approval" in wanted and not now.approved:
        return "approval-missing"
    return None
