"""The verbs of the court on the way to the hearing and at it: interview, list, arraign, set and post bail."""

from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.utils import timezone

from openpars.errors import BadInput, Conflict, Problem
from openpars.records import queries
from openpars.records.actions.custody import move, steps
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, person, read, touch
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
    change_problems,
    hearing_problems,
    leads_to,
    result,
    rule_words,
)
from openpars.records.rules.bail import BailDecision, BailKind, Recommendation, Status, to_be_paid
from openpars.records.rules.court_days import local_day
from openpars.records.rules.custody import committed
from openpars.records.rules.facts import InterviewFacts, LeadFacts
from openpars.records.rules.guideline import guideline
from openpars.records.rules.hearings import listing_problems
from openpars.records.rules.lifecycle import Custody, Event, check, check_undecided


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
        touch(arrest, seen=seen, court_on=hearing.next_on)
        past = queries.course(arrest)
        check(Event.ARRAIGNMENT, at, past)
        check_undecided(past)
        _parents_told(arrest, hearing)
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
            "parents_told": hearing.parents_told.strip(),
        }
        (row,) = insert(PreliminaryArraignment, [facts])
        if hearing.bail is not None:
            _write_bail(arrest, hearing.bail, at, status=bail_status(hearing.bail, today))
        reason = f"bail: {hearing.bail.kind}" if hearing.bail else "no probable cause"
        move(arrest, leads_to(hearing, today), at, ori=by_agency_ori, reason=reason)
    return row


def set_bail(
    *,
    arrest: UUID,
    bail: BailDecision | None,
    reason: str,
    by_agency_ori: str = "",
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """A magistrate changes the bail of a case that was decided, for a `reason`, or revokes it (None): earlier states
    stay, and the person goes or is committed as the new one says (Pa.R.Crim.P. 529, 536). Raises BadInput at the
    fields of the decision, Conflict before the preliminary arraignment."""
    today = local_day(at, timezone.get_default_timezone())
    if problems := change_problems(bail, reason, today):
        raise BadInput(problems)
    status = bail_status(bail, today)
    with traced("set_bail", by, at, "bail", arrest=arrest, status=str(status)):
        touch(arrest, seen=seen)
        past = queries.course(arrest)
        check(Event.BAIL, at, past)
        if not any(event is Event.ARRAIGNMENT for event, _ in past):
            raise Conflict("bail is first decided at the preliminary arraignment")
        row = _write_bail(
            arrest,
            bail,
            at,
            status=status,
            reason=reason.strip(),
            decided_by=by if isinstance(by, UUID) else None,
        )
        stands = steps(arrest)
        goes = status is Status.POSTED
        # Whoever is committed already stays where they are, at the hospital or at court too.
        if goes != (stands[-1] == Custody.RELEASED) and (goes or not committed(stands)):
            state = Custody.RELEASED if goes else Custody.COMMITTED
            move(arrest, state, at, ori=by_agency_ori, reason=f"bail: {bail.kind if bail else 'revoked'}")
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


def _parents_told(arrest: UUID, hearing: Hearing) -> None:
    """Of a juvenile it is said who was told. Raises BadInput."""
    if not hearing.parents_told.strip() and read(
        "SELECT 1 FROM records_arrest WHERE id = %s AND juvenile", arrest
    ):
        said = (
            "must say which parent, guardian or custodian was told, or why nobody was (Pa.R.Crim.P. 540(B))"
        )
        raise BadInput.one("parents_told", said)


def _write_bail(
    arrest: UUID, bail: BailDecision | None, at: datetime, *, status: Status, **changed: object
) -> UUID:
    """A state of bail as it was decided, with its conditions; None: what there was is revoked."""
    if bail is None:
        latest = Bail.objects.filter(arrest_id=arrest).order_by("-at", "-id").values_list("type", flat=True)
        decided: dict[str, object] = {"type": latest.first() or ""}
    else:
        decided = {
            "type": bail.kind,
            "amount": bail.amount,
            "percent": bail.percent,
            "surety": bail.surety.strip(),
        }
    (row,) = insert(Bail, [{"arrest_id": arrest, "status": status, "at": at, **decided, **changed}])
    conditions = bail.conditions if bail else ()
    insert(
        BailCondition,
        [{"bail_id": row, "kind": each.kind, "detail": dict(each.values)} for each in conditions],
    )
    return row


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
