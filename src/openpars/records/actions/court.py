"""The verbs of the court on the way to the hearing and at it: interview, list, arraign, set and post bail."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from openpars.errors import BadInput, Conflict, Problem
from openpars.records import queries
from openpars.records.actions.custody import move
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, person, touch
from openpars.records.models import (
    Bail,
    BailCondition,
    BailGuideline,
    BailInterview,
    Listing,
    PreliminaryArraignment,
)
from openpars.records.rules.arraignment import (
    Hearing,
    bail_status,
    hearing_problems,
    leads_to,
    result,
    rule_words,
)
from openpars.records.rules.bail import BailDecision, BailKind, Recommendation, Status, to_be_paid
from openpars.records.rules.court_days import local_day
from openpars.records.rules.facts import BailFacts, InterviewFacts, LeadFacts
from openpars.records.rules.guideline import guideline
from openpars.records.rules.hearings import listing_problems
from openpars.records.rules.lifecycle import Custody, Event, check


def hold_interview(
    *,
    arrest: UUID,
    interview: InterviewFacts,
    recommendation: Recommendation,
    lead: LeadFacts,
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """The bail interview was held at `at`: what was learnt, what pretrial services recommend, and beside it, as a
    fact of its own, what the guideline says for the lead charge."""
    with traced("hold_interview", by, at, "interview", arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.INTERVIEW, at, queries.course(arrest))
        recommended = {
            "recommended_type": recommendation.kind,
            "recommended_amount": recommendation.amount,
            "recommended_words": recommendation.words,
        }
        learnt = {"arrest_id": arrest, "held_at": at, "interviewer_id": person(by), **asdict(interview)}
        (row,) = insert(BailInterview, [learnt | recommended])
        band = asdict(guideline(**asdict(lead)))
        insert(
            BailGuideline, [{"arrest_id": arrest, "computed_at": at, "type": str(band.pop("kind")), **band}]
        )
    return row


def list_for_hearing(
    *,
    arrest: UUID,
    session_at: datetime,
    site: str,
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """Put an arrest on the list of a session and video site; the latest listing counts. Raises BadInput where there is
    no such session or site."""
    if problems := listing_problems(session_at, site, at, timezone.get_default_timezone()):
        raise BadInput(problems)
    with traced("list_for_hearing", by, at, "listing", arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.LISTING, at, queries.course(arrest))
        place = {"arrest_id": arrest, "session_at": session_at, "site": site, "listed_at": at}
        (row,) = insert(Listing, [place])
    return row


def hold_arraignment(
    *,
    arrest: UUID,
    hearing: Hearing,
    by_agency_ori: str = "",
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """The preliminary arraignment was held at `at`: finding, bail with conditions, next date and custody, at once.
    Raises BadInput with what is wrong with the decision, at its fields; a decision without a magistrate is."""
    problems = hearing_problems(hearing, at, timezone.get_default_timezone())
    if isinstance(by, UUID) and hearing.magistrate is not None and hearing.magistrate != by:
        problems.append(Problem("magistrate", "must be the magistrate who records the decision"))
    if problems:
        raise BadInput(problems)
    today = local_day(at, timezone.get_default_timezone())
    with traced("hold_arraignment", by, at, "arraignment", arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.ARRAIGNMENT, at, queries.course(arrest))
        rule = rule_words(hearing, at, timezone.get_default_timezone()) if hearing.next_on else ""
        facts = {
            "arrest_id": arrest,
            "held_at": at,
            "result": result(hearing),
            "next_on": hearing.next_on,
            "next_rule": rule,
            "probable_cause": hearing.probable_cause,
            "session_at": hearing.session_at,
            "site": hearing.site,
            "magistrate_id": hearing.magistrate,
        }
        (row,) = insert(PreliminaryArraignment, [facts])
        if hearing.bail is not None:
            _decide_bail(arrest, hearing.bail, bail_status(hearing.bail, today), at)
        reason = f"bail: {hearing.bail.kind}" if hearing.bail else "no probable cause"
        move(arrest, leads_to(hearing, today), at, ori=by_agency_ori, reason=reason)
    return row


def set_bail(*, arrest: UUID, bail: BailFacts, by: UUID | str, at: datetime) -> UUID:
    """Bail is set, denied or revoked later on; earlier states stay."""
    with traced("set_bail", by, at, "bail", arrest=arrest, status=bail.status):
        touch(arrest)
        check(Event.BAIL, at, queries.course(arrest))
        (row,) = insert(Bail, [{"arrest_id": arrest, "at": at, **asdict(bail)}])
    return row


def post_bail(
    *,
    arrest: UUID,
    amount: Decimal,
    by_agency_ori: str = "",
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """`amount` dollars were paid for release: bail is posted and the person goes. Raises Conflict where no monetary
    bail is set, BadInput where the amount is less than what is due."""
    with traced("post_bail", by, at, "bail", arrest=arrest):
        touch(arrest, seen=seen)
        check(Event.POSTED, at, queries.course(arrest))
        due = _due(arrest)
        if not amount.is_finite() or amount < due or amount != amount.quantize(Decimal("0.01")):
            raise BadInput.one("amount", f"must be at least the {due:,.2f} dollars that release takes")
        paid = {"type": BailKind.MONETARY, "amount": amount, "status": Status.POSTED, "at": at}
        (row,) = insert(Bail, [{"arrest_id": arrest, **paid}])
        move(arrest, Custody.RELEASED, at, ori=by_agency_ori, reason="bail posted")
    return row


def _decide_bail(arrest: UUID, bail: BailDecision, status: Status, at: datetime) -> None:
    decided = {
        "arrest_id": arrest,
        "type": bail.kind,
        "amount": bail.amount,
        "percent": bail.percent,
        "status": status,
        "surety": bail.surety.strip(),
        "at": at,
    }
    (row,) = insert(Bail, [decided])
    insert(
        BailCondition,
        [{"bail_id": row, "kind": each.kind, "detail": dict(each.values)} for each in bail.conditions],
    )


def _due(arrest: UUID) -> Decimal:
    """What is to be paid for release. Raises Conflict where payment does not release."""
    latest = Bail.objects.filter(arrest_id=arrest).order_by("-at", "-id")
    kind, status, amount, percent = latest.values_list("type", "status", "amount", "percent").first() or (
        "",
        "",
        None,
        None,
    )
    if kind != BailKind.MONETARY or status != Status.SET or amount is None:
        raise Conflict("bail can be posted only where a monetary bail is set and not yet posted")
    due = to_be_paid(BailDecision(BailKind.MONETARY, amount, percent))
    return amount if due is None else due
