"""What an outside agency's people find in the rooms of their cases and approvals, and what an agreement requires of a
request that their own register does not show (specs/cases.md)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from openpars.agencies.queries import name_of
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.disclosure import approvals, cases
from openpars.disclosure.approvals import ApprovalView
from openpars.disclosure.cases import CaseView
from openpars.portal.who import Who

KEYS: Mapping[str, str] = {"name": "name and date of birth", "otn": "OTN"}
"""By what the subjects of a case were named, in words."""

OF_A_CASE = frozenset({"case_exists", "subject_on_case"})
"""Requirements that an open case of the agency's own meets, or helps to meet."""


@dataclass(frozen=True)
class Case:
    """A case in words."""

    held: CaseView
    owner: str
    named_by: str


@dataclass(frozen=True)
class Approval:
    """What was asked for, in words; `state` is waiting, counts, over, withdrawn or unanswered."""

    held: ApprovalView
    asker: str
    approver: str
    purpose: str
    state: str
    until: datetime | None
    yours: bool


@dataclass(frozen=True)
class Need:
    """Something that a clause requires and the agency's own register does not show; `room` is where to provide it."""

    clause: str
    words: str
    room: str
    link: str


def found_cases(who: Who) -> dict[str, object]:
    """All that the page of cases shows."""
    ours = who.asker.agency_ori
    asked = [permit for _, permit in who.permits if _asks_for_case(permit)]
    return {
        "cases": [_case(each) for each in cases.cases_of(ours, is_open=True)],
        "closed": [_case(each) for each in cases.cases_of(ours, is_open=False, most=20)],
        "clauses": [permit.clause for permit in asked],
    }


def found_approvals(who: Who) -> dict[str, object]:
    """All that the page of approvals shows."""
    agreements = [held.agreement for held in who.in_force]
    lasts = max((each.safeguards.people.approval_lasts_hours for each in agreements), default=1)
    seen = [_approval(each, who, lasts) for each in approvals.seen_by(who.asker, agreements)]
    permits = [permit for _, permit in who.permits if "supervisor_approval" in permit.requires]
    purposes = dict.fromkeys(purpose for permit in permits for purpose in permit.purposes)
    return {
        "supervisor": approvals.supervises(who.asker, agreements),
        "waiting": [each for each in seen if each.state == "waiting" and not each.yours],
        "counting": [each for each in seen if each.state == "counts" and not each.yours],
        "yours": [each for each in seen if each.yours][:50],
        "purposes": [(purpose, _sentence(PURPOSES[purpose])) for purpose in purposes],
        "lasts": lasts,
    }


def needs(who: Who, *, purpose: str, case_number: str) -> list[Need]:
    """What the permits for this purpose require, beside words, that the agency's own register does not show for this
    case: a function of the agreements' text and the agency's own acts, and of nothing in the records. It is told
    wherever nothing can be shown, whatever the reason."""
    found: dict[tuple[str, str], Need] = {}
    for agreement, permit in who.permits:
        if purpose in permit.purposes:
            for need in _needs(who, agreement, permit, purpose, case_number.strip()):
                found.setdefault((need.clause, need.room), need)
    return list(found.values())


def _needs(who: Who, agreement: Agreement, permit: Permit, purpose: str, number: str) -> Sequence[Need]:
    made = []
    if _asks_for_case(permit) and cases.open_of(who.asker.agency_ori, number) is None:
        words = (
            "shows only people of an open case that your agency registered, and this number is none."
            if permit.rows.own_case
            else "needs a case: this number is none that your agency registered. It may be one of the city's."
        )
        made.append(Need(permit.clause, words, "portal:cases", "Register a case"))
    if "supervisor_approval" in permit.requires and not approvals.stands(
        asker=who.user.id,
        case_number=number,
        purpose=purpose,
        lasts_hours=agreement.safeguards.people.approval_lasts_hours,
        at=who.at,
    ):
        words = "needs a supervisor's approval for this case and this purpose, and none stands for you."
        made.append(Need(permit.clause, words, "portal:approvals", "Ask for approval"))
    return made


def _asks_for_case(permit: Permit) -> bool:
    return permit.rows.own_case or bool(OF_A_CASE & permit.requires)


def _case(held: CaseView) -> Case:
    words = [said for key, said in KEYS.items() if key in held.keys]
    return Case(held, name_of(held.owner), " and ".join(words) or "arrest")


def _approval(held: ApprovalView, who: Who, lasts: int) -> Approval:
    until = held.until(lasts)
    if held.withdrawn_at is not None:
        state = "withdrawn"
    elif until is not None:
        state = "counts" if who.at < until else "over"
    else:
        state = "waiting" if held.waits(who.at) else "unanswered"
    approver = name_of(held.approved_by) if held.approved_by else ""
    words = PURPOSES.get(held.purpose, held.purpose)
    return Approval(held, name_of(held.asker), approver, words, state, until, held.asker == who.user.id)


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
