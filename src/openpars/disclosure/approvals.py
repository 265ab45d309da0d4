"""Approvals: a person of an outside agency asks their supervisors to let them ask, in one case for one purpose
(specs/cases.md, section 3). Asked for, approved for some hours with a reason, withdrawn: each once, by the guard.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from openpars.agencies.events import note
from openpars.agreements.rules.terms import Agreement
from openpars.disclosure.cases import ask_guard
from openpars.disclosure.cases import case_number as a_case_number
from openpars.disclosure.models import Approval
from openpars.disclosure.rules.request import PURPOSE_LIMIT, Asker
from openpars.errors import BadInput, Conflict, NotFound

MOST_HOURS = 720
"""For how long anything can be approved; the agreement may say less, and that counts."""
LONGEST_REASON = 300
WAITS = timedelta(days=7)
"""How long something that was asked for waits for an answer."""


@dataclass(frozen=True)
class ApprovalView:
    """What was asked for, and what became of it."""

    id: UUID
    asker: UUID
    case_number: str
    purpose: str
    asked_at: datetime
    approved_by: UUID | None
    approved_at: datetime | None
    hours: int | None
    reason: str
    withdrawn_at: datetime | None

    def waits(self, at: datetime) -> bool:
        """Whether it waits for a supervisor at `at`."""
        return self.approved_at is None and self.withdrawn_at is None and at < self.asked_at + WAITS

    def until(self, lasts_hours: int) -> datetime | None:
        """The moment from which it does not count, under an agreement that lets an approval last so long; None where it
        never counted, or was withdrawn."""
        if self.approved_at is None or self.withdrawn_at is not None:
            return None
        return self.approved_at + timedelta(hours=min(self.hours or MOST_HOURS, lasts_hours))


def ask(*, case_number: str, purpose: str, by: UUID, at: datetime) -> UUID:
    """Ask the supervisors of the agency of `by` for approval; answers the reference. The case number is the one to be
    given with the request, to the letter. Raises BadInput; Conflict where it waits already, or no agreement asks for an
    approval for this purpose."""
    case, why = a_case_number(case_number), purpose.strip()
    if not why or len(why) > PURPOSE_LIMIT or not why.isprintable():
        raise BadInput.one("purpose", "must be a purpose of the agreement")
    made = uuid4()
    ask_guard(
        "ask_approval",
        [made, case, why, by],
        "You have asked for this already, or no agreement in force requires an approval for this purpose.",
    )
    return made


def approve(*, approval: UUID, hours: int, reason: str, by: UUID, at: datetime) -> None:
    """Approve what was asked for, as a supervisor, for so many hours; the agreement may let it count for less. Raises
    BadInput; Conflict where it was answered or withdrawn or asked for over a week ago, is of `by` or of another agency,
    or no agreement calls `by` a supervisor. That it was tried and refused is an event (CJIS AU-2: it would have widened
    what somebody may ask)."""
    why = " ".join(reason.split())
    if not why or len(why) > LONGEST_REASON or not why.isprintable():
        raise BadInput.one("reason", f"must be 1 to {LONGEST_REASON} printable characters")
    if not 1 <= hours <= MOST_HOURS:
        raise BadInput.one("hours", f"must be 1 to {MOST_HOURS}")
    try:
        ask_guard(
            "grant_approval",
            [approval, hours, why, by],
            "This was answered or withdrawn already, or is not yours to approve.",
        )
    except Conflict:
        note("verb", by=by, about={"verb": "approve"})
        raise


def withdraw(*, approval: UUID, by: UUID, at: datetime) -> None:
    """Take back what one asked for, or as a supervisor decline or withdraw it: for good. Raises Conflict."""
    ask_guard(
        "withdraw_approval",
        [approval, by],
        "This is withdrawn already, or is not yours to withdraw.",
    )


def supervises(asker: Asker, agreements: Iterable[Agreement]) -> bool:
    """Whether one of these agreements calls them a supervisor."""
    return any(asker.role in each.safeguards.people.supervisors for each in agreements)


def seen_by(asker: Asker, agreements: Iterable[Agreement], *, most: int = 200) -> tuple[ApprovalView, ...]:
    """What they asked for, latest first; where an agreement calls them a supervisor, what all of their agency did."""
    rows = Approval.objects.filter(agency_ori=asker.agency_ori).order_by("-asked_at", "id")
    if not supervises(asker, agreements):
        rows = rows.filter(asker_id=asker.user_id)
    return tuple(_view(row) for row in rows[:most])


def one(approval: UUID, *, agency_ori: str) -> ApprovalView:
    """What was asked for under this reference in that agency. Raises NotFound."""
    row = Approval.objects.filter(id=approval, agency_ori=agency_ori).first()
    if row is None:
        raise NotFound("Your agency has no approval with this reference.")
    return _view(row)


def stands(*, asker: UUID, case_number: str, purpose: str, lasts_hours: int, at: datetime) -> bool:
    """Whether a supervisor's approval for just this seems to count at `at`: the guard has the word, for it looks at the
    supervisor's standing too."""
    rows = Approval.objects.filter(
        asker_id=asker, case_number=case_number, purpose=purpose, withdrawn_at=None, approved_at__isnull=False
    )
    ends = [_view(row).until(lasts_hours) for row in rows]
    return any(end is not None and at < end for end in ends)


def _view(row: Approval) -> ApprovalView:
    return ApprovalView(
        row.id, row.asker_id, row.case_number, row.purpose, row.asked_at, row.approved_by, row.approved_at, row.hours,
        row.reason, row.withdrawn_at,
    )  # fmt: skip
