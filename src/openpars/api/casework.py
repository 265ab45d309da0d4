"""Cases and approvals over the API (specs/cases.md): registered, asked for, answered, withdrawn."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from openpars import clock
from openpars.api.schemas import CaseNumber, ErrorOut, Purpose
from openpars.api.shape import CODES
from openpars.api.who import asker_of
from openpars.disclosure import approvals, cases, known
from openpars.disclosure.approvals import ApprovalView
from openpars.disclosure.cases import CaseView
from openpars.disclosure.rules import subjects
from openpars.disclosure.rules.subjects import Subject
from openpars.errors import NotFound

ERRORS = frozenset(CODES.values())
router = Router()
_STRICT = ConfigDict(extra="forbid", strict=True)


class SubjectIn(Schema):
    """Somebody whom a case is about: `name` and `birth_date`, or `otn`, or `arrest`."""

    model_config = _STRICT

    name: str = Field("", max_length=200, description='"Surname, Given".')
    birth_date: str = Field("", max_length=10, description="Year-month-day, such as 1990-12-31.")
    otn: str = Field("", max_length=20, description="An OTN.")
    arrest: str = Field("", max_length=36, description="A reference that your agency was given in an answer.")

    def subject(self) -> Subject | None:
        """What it names; None where that is nobody, or two things at once."""
        ways = [
            f"{self.name}, {self.birth_date}" if self.name or self.birth_date else "",
            self.otn,
            self.arrest,
        ]
        said = [way for way in ways if way]
        return subjects.read(said[0]) if len(said) == 1 else None


class CaseIn(Schema):
    """A case to be registered, and whom it is about."""

    model_config = _STRICT

    number: CaseNumber = Field(..., description="Your own number of the case.")
    subjects: list[SubjectIn] = Field(..., min_length=1, max_length=subjects.MOST_SUBJECTS)


class SubjectsIn(Schema):
    """Whom a case is about besides."""

    model_config = _STRICT

    subjects: list[SubjectIn] = Field(..., min_length=1, max_length=subjects.MOST_SUBJECTS)


class CaseOut(Schema):
    """A case of your agency. Whom it is about is told to nobody; `keys` say by what they were named."""

    id: UUID
    number: str
    keys: list[str]
    opened_at: datetime
    closed_at: datetime | None


class AskIn(Schema):
    """What you want to be allowed to ask."""

    model_config = _STRICT

    case_number: CaseNumber = Field(..., description="The case number that you will give, to the letter.")
    purpose: Purpose = Field(
        ..., description="A purpose of a permit that requires an approval: see /agreements."
    )


class ApproveIn(Schema):
    """For how long, and why."""

    model_config = _STRICT

    hours: int = Field(
        ..., ge=1, le=approvals.MOST_HOURS, description="The agreement may let it count for less."
    )
    reason: str = Field(..., min_length=1, max_length=approvals.LONGEST_REASON, description="Name nobody.")


class ApprovalOut(Schema):
    """What was asked for, and what became of it. `yours` where you asked."""

    id: UUID
    yours: bool
    case_number: str
    purpose: str
    asked_at: datetime
    approved_at: datetime | None
    hours: int | None
    reason: str
    withdrawn_at: datetime | None


@router.post("/cases", response={200: CaseOut, ERRORS: ErrorOut}, operation_id="open_case")
def open_case(request: HttpRequest, asked: CaseIn) -> CaseOut:
    """Register a case. The answer is the same whether or not anybody whom it names is in the records."""
    asker = asker_of(request)
    named = [each.subject() for each in asked.subjects]
    made = cases.open_case(number=asked.number, subjects=named, by=asker.user_id, at=clock.now())
    return _case(cases.one(made, agency_ori=asker.agency_ori))


@router.get("/cases", response={200: list[CaseOut], ERRORS: ErrorOut}, operation_id="cases")
def listed(request: HttpRequest) -> list[CaseOut]:
    """The cases of your agency, latest first, those that are closed too."""
    return [_case(each) for each in cases.cases_of(asker_of(request).agency_ori)]


@router.post("/cases/{case}/subjects", response={200: CaseOut, ERRORS: ErrorOut}, operation_id="add_subjects")
def add_subjects(request: HttpRequest, case: str, asked: SubjectsIn) -> CaseOut:
    """Name more people whom a case is about. Nothing tells whether they are in the records."""
    asker, which = asker_of(request), _which(case)
    held = cases.one(which, agency_ori=asker.agency_ori)
    named = [each.subject() for each in asked.subjects]
    cases.add_subjects(case=held.id, subjects=named, by=asker.user_id, at=clock.now())
    return _case(cases.one(which, agency_ori=asker.agency_ori))


@router.post("/cases/{case}/close", response={200: CaseOut, ERRORS: ErrorOut}, operation_id="close_case")
def close_case(request: HttpRequest, case: str) -> CaseOut:
    """Close a case for good: whom it was about is forgotten, and subscriptions that follow it stop."""
    asker, which = asker_of(request), _which(case)
    held = cases.one(which, agency_ori=asker.agency_ori)
    cases.close_case(case=held.id, by=asker.user_id, at=clock.now())
    return _case(cases.one(which, agency_ori=asker.agency_ori))


@router.post("/approvals", response={200: ApprovalOut, ERRORS: ErrorOut}, operation_id="ask_approval")
def ask_approval(request: HttpRequest, asked: AskIn) -> ApprovalOut:
    """Ask your supervisors for approval to ask, in one case for one purpose."""
    asker = asker_of(request)
    made = approvals.ask(
        case_number=asked.case_number, purpose=asked.purpose, by=asker.user_id, at=clock.now()
    )
    return _seen(request, made)


@router.get("/approvals", response={200: list[ApprovalOut], ERRORS: ErrorOut}, operation_id="approvals")
def approvals_seen(request: HttpRequest) -> list[ApprovalOut]:
    """What you asked for, latest first; as a supervisor, what everybody of your agency asked for."""
    asker = asker_of(request)
    held = known.agreements_of(asker, fresh=True)
    seen = approvals.seen_by(asker, [each.agreement for each in held.in_force()])
    return [_approval(each, asker.user_id) for each in seen]


@router.post(
    "/approvals/{approval}/approve", response={200: ApprovalOut, ERRORS: ErrorOut}, operation_id="approve"
)
def approve(request: HttpRequest, approval: str, asked: ApproveIn) -> ApprovalOut:
    """Approve what somebody else of your agency asked for, as a supervisor."""
    asker, which = asker_of(request), _which(approval)
    approvals.approve(
        approval=which, hours=asked.hours, reason=asked.reason, by=asker.user_id, at=clock.now()
    )
    return _seen(request, which)


@router.post(
    "/approvals/{approval}/withdraw",
    response={200: ApprovalOut, ERRORS: ErrorOut},
    operation_id="withdraw_approval",
)
def withdraw(request: HttpRequest, approval: str) -> ApprovalOut:
    """Withdraw what you asked for, or decline or withdraw it as a supervisor: for good."""
    which = _which(approval)
    approvals.withdraw(approval=which, by=asker_of(request).user_id, at=clock.now())
    return _seen(request, which)


def _seen(request: HttpRequest, which: UUID) -> ApprovalOut:
    asker = asker_of(request)
    return _approval(approvals.one(which, agency_ori=asker.agency_ori), asker.user_id)


def _which(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("Your agency has nothing with this reference.") from None


def _case(held: CaseView) -> CaseOut:
    return CaseOut(
        id=held.id,
        number=held.number,
        keys=sorted(held.keys),
        opened_at=held.opened_at,
        closed_at=held.closed_at,
    )


def _approval(held: ApprovalView, user: UUID) -> ApprovalOut:
    return ApprovalOut(
        id=held.id,
        yours=held.asker == user,
        case_number=held.case_number,
        purpose=held.purpose,
        asked_at=held.asked_at,
        approved_at=held.approved_at,
        hours=held.hours,
        reason=held.reason,
        withdrawn_at=held.withdrawn_at,
    )
