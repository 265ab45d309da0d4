"""An arrest after it was reported: amended, its prints, the prosecutor's question, the people behind the wall, and
who is whom."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.disclosure import actions as door
from openpars.errors import BadInput, Conflict, Problem
from openpars.portal import amending, booking, drafts, knowing
from openpars.portal.audience import seen_by
from openpars.portal.booking_fields import charge_errors, fields, links
from openpars.portal.cases import Case, case_number_of, open_case
from openpars.portal.showing import instant, local, words
from openpars.portal.views.booking import desk_only, refusals
from openpars.portal.walling import WALLED_PURPOSE, readers
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.rules.facts import IncidentOf, PersonFacts
from openpars.records.rules.grades import GRADES

Wish = Callable[[HttpRequest, Who, UUID], None]


@desk_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def arrest_page(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """The arrest as it stands, to be amended until charges are filed."""
    who = Who.of(request)
    wish = request.POST.get("wish", "")
    slip = drafts.slip(
        request, who, "amendment", arrest, mine=request.method == "POST" and wish not in _WISHES
    )
    if slip.clashes:
        return drafts.clash(request, who, slip)
    problems: list[Problem] = []
    conflict = ""
    if request.method == "POST":
        try:
            if wish in _WISHES:
                _WISHES[wish](request, who, arrest)
            else:
                _amend(request, who, arrest, slip)
            return redirect("portal:booking-arrest", arrest)
        except BadInput as error:
            problems = list(error.problems)
        except Conflict as error:
            conflict = str(error)
    return _shown(request, who, open_case(who, arrest), slip, problems, conflict)


def _amend(request: HttpRequest, who: Who, arrest: UUID, slip: drafts.Slip) -> None:
    texts = booking.typed(request.POST)
    seen = amending.unpacked(request.POST.get("seen_texts", ""))
    before = request.POST.get("charges_before", "0") != "0"
    read = booking.read(texts, agency_ori=who.asker.agency_ori, needs_number=bool(seen.get("dc_number")))
    if read.report is None or read.problems:
        raise BadInput(read.problems)
    added = read.report.charges
    report = read.report
    if before and not added:
        # Charges on record stand; the rule asks that there be one at all.
        report = booking.with_charge_on_record(report)
    at = clock.now()
    with slip.goes_with(who, at):
        actions.amend_arrest(
            arrest=arrest,
            seen=_number(request.POST.get("seen", "")),
            report=report,
            changed=amending.changed(seen, texts),
            narrative=read.narrative,
            added=added,
            send=request.POST.get("wish") == "send",
            by=who.user.id,
            at=at,
        )


def _prints(request: HttpRequest, who: Who, arrest: UUID) -> None:
    problems: list[Problem] = []
    taken_at = booking.moment("prints_at", {"prints_at": request.POST.get("prints_at", "").strip()}, problems)
    if taken_at is None:
        raise BadInput(problems or [Problem("prints_at", "must be when prints were taken")])
    actions.record_prints(arrest=arrest, taken_at=taken_at, by=who.user.id, at=clock.now())


def _identity(request: HttpRequest, who: Who, arrest: UUID) -> None:
    told = {name: request.POST.get(name, "") for name in ("sid", "photo_number")}
    actions.record_identity(arrest=arrest, by=who.user.id, at=clock.now(), **told)


def _answer(request: HttpRequest, who: Who, arrest: UUID) -> None:
    try:
        question = UUID(request.POST.get("question", ""))
    except ValueError:
        raise BadInput.one("answer", "must be to a question of the prosecutor") from None
    answer = request.POST.get("answer", "").replace("\r\n", "\n")
    actions.answer_prosecutor(question=question, answer=answer, by=who.user.id, at=clock.now())


_STAGES = {
    "waiting": "waits for the prosecutor",
    "asked": "the prosecutor asks",
    "answered": "answered, waits for the prosecutor",
    "approved": "charges approved",
    "declined": "charges declined",
    "filed": "charges filed",
}

_WISHES: dict[str, Wish] = {"prints": _prints, "identity": _identity, "answer": _answer}


def _shown(
    request: HttpRequest,
    who: Who,
    case: Case,
    slip: drafts.Slip,
    problems: list[Problem],
    conflict: str,
) -> HttpResponse:
    """The page as the record stands, with what was typed over it: now, or in the draft of another day."""
    record = case.record
    now = amending.as_typed(record)
    posted = slip.typed(request)
    seen = amending.unpacked(posted.get("seen_texts", ""))
    mine = booking.typed(posted)
    texts = {**booking.blank(), **now}
    # What this window saw stays as it saw it, unless what stands now is shown to it.
    as_seen = slip.mine and bool(seen) and not conflict
    if seen:
        texts = mine if as_seen else mine | amending.merged(seen, now, mine)
    errors = booking.at_fields(problems)
    charges = list(record.get("charge", ()))
    questions = [
        {**row, "asked": local(at) if (at := instant(row.get("asked_at"))) else ""}
        for row in record.get("question", ())
    ]
    context = {
        "arrest": case.arrest,
        "record": record,
        "case": case,
        "slip": slip,
        "stage": _STAGES.get(str(record.get("charging_state")), ""),
        "prints_words": words(record.get("prints_taken_at"))[0],
        "f": fields(texts, errors),
        "errors": errors,
        "links": links(errors),
        "conflict": conflict,
        "differences": amending.differences(seen, now, mine) if conflict and seen else [],
        "seen_texts": request.POST.get("seen_texts", "") if as_seen else amending.packed(now),
        "version": request.POST.get("seen") if as_seen else record.get("version"),
        "filed": any(row.get("charge_stage") == "filed" for row in charges),
        "on_record": charges,
        "charges": booking.charge_rows(texts, charge_errors(errors)),
        "grades": GRADES,
        "questions": questions,
        "typed_answer": request.POST.get("answer", ""),
        "sid": request.POST.get("sid") or record.get("sid") or "",
        "photo_number": request.POST.get("photo_number") or record.get("photo_number") or "",
    }
    return page(request, who, "booking/arrest", context, 409 if conflict else 422 if problems else 200)


@desk_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def walled(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Victims and witnesses: entered here, and shown only when somebody asks to see them."""
    who = Who.of(request)
    wish = request.POST.get("wish", "")
    slips = {
        kind: drafts.slip(request, who, kind, arrest, mine=wish == kind) for kind in ("victim", "witness")
    }
    context: dict[str, object] = {"arrest": arrest, "readers": readers(who)}
    errors: dict[str, str] = {}
    try:
        if slip := slips.get(wish):
            if slip.clashes:
                return drafts.clash(request, who, slip)
            _put_behind(request, who, arrest, slip)
            return redirect("portal:booking-walled", arrest)
    except BadInput as error:
        errors = booking.at_fields(error.problems)
    if wish == "show":
        answer = door.open_arrest(
            asker=who.asker, purpose=WALLED_PURPOSE, case_number=case_number_of(who, arrest), arrest=arrest
        )
        context |= {"answer": answer, "record": answer.results[0] if answer.results else {}}
    forms = {kind: {"slip": slip, "texts": slip.typed(request).dict()} for kind, slip in slips.items()}
    context |= {"errors": errors, "wish": wish, **forms}
    return page(request, who, "booking/walled", context, 422 if errors else 200)


def _put_behind(request: HttpRequest, who: Who, arrest: UUID, slip: drafts.Slip) -> None:
    texts = {
        name: request.POST.get(name, "").replace("\r\n", "\n").strip()
        for name in ("name", "birth_date", "contact", "account")
    }
    problems: list[Problem] = []
    born: date | None = booking.day("birth_date", texts, problems)
    if not texts["name"]:
        problems.append(Problem("name", "must be given"))
    problems += [
        Problem(name, "must have at most 20,000 characters")
        for name, text in texts.items()
        if len(text) > 20_000
    ]
    if problems:
        raise BadInput(problems)
    of, by, at = IncidentOf(arrest), who.user.id, clock.now()
    name, contact = texts["name"], texts["contact"]
    with slip.goes_with(who, at):
        if slip.kind == "victim":
            actions.add_victim(incident=of, name=name, birth_date=born, contact=contact, by=by, at=at)
        else:
            account = texts["account"]
            actions.add_witness(incident=of, name=name, contact=contact, account=account, by=by, at=at)


@seen_by("booking supervisor")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def persons(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Who is whom: other arrests that may be of this person, to merge; this one to split off; and undoing."""
    who = Who.of(request)
    problems: dict[str, str] = {}
    conflict = ""
    case = open_case(who, arrest)
    facts = _facts(case)
    if request.method == "POST":
        try:
            _identify(request, who, arrest, facts)
            return redirect("portal:booking-persons", arrest)
        except BadInput as error:
            problems = booking.at_fields(error.problems)
        except Conflict as error:
            conflict = str(error)
    context = {
        "arrest": arrest,
        "record": case.record,
        "offers": knowing.offers(who, facts, case_number=case.case_number, besides=str(arrest)),
        "done": deskwork.identifications(arrest),
        "errors": problems,
        "conflict": conflict,
        "rationale": request.POST.get("rationale", ""),
    }
    return page(request, who, "booking/persons", context, 409 if conflict else 422 if problems else 200)


def _identify(request: HttpRequest, who: Who, arrest: UUID, facts: PersonFacts) -> None:
    wish, rationale = request.POST.get("wish", ""), request.POST.get("rationale", "").replace("\r\n", "\n")
    by, at = who.user.id, clock.now()
    if wish == "split":
        actions.split_persons(arrests=[arrest], person=facts, rationale=rationale, by=by, at=at)
        return
    try:
        named = UUID(request.POST.get("identification" if wish == "undo" else "other", ""))
    except ValueError:
        raise BadInput.one("other", "choose the arrest of the same person") from None
    if wish == "undo":
        actions.undo_merge(identification=named, by=by, at=at)
    else:
        actions.merge_persons(keep=arrest, other=named, rationale=rationale, by=by, at=at)


def _facts(case: Case) -> PersonFacts:
    """The person of a case, as the record gives them."""
    named = {name: case.record.get(name) for name in PersonFacts.__dataclass_fields__}
    known = {name: value for name, value in named.items() if value}
    if "birth_date" in known:
        known["birth_date"] = date.fromisoformat(str(known["birth_date"]))
    return PersonFacts(**known)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


urls = [
    path("booking/<uuid:arrest>/arrest/", arrest_page, name="booking-arrest"),
    path("booking/<uuid:arrest>/walled/", walled, name="booking-walled"),
    path("booking/<uuid:arrest>/persons/", persons, name="booking-persons"),
]
