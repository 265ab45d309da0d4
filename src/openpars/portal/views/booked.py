"""An arrest after it was reported: amended, its prints, and the prosecutor's question."""

from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.errors import BadInput, Conflict, Problem
from openpars.portal import amending, booking, drafts, letting_go, papers, recharging
from openpars.portal.booking_fields import charge_errors, fields, links
from openpars.portal.cases import Case, open_case
from openpars.portal.refusing import refusals
from openpars.portal.showing import instant, local, words
from openpars.portal.views.booking import desk_only
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.rules.booking import change_problems
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
    added, at = read.report.charges, clock.now()
    if before and not added:
        # Charges on record stand; the rule asks that there be one at all.
        read = replace(read, report=booking.with_charge_on_record(read.report))
    changes, unread = recharging.changes(request.POST)
    if wrong := [*booking.wrong(read, at), *unread, *change_problems(changes)]:
        raise BadInput(wrong)
    with slip.goes_with(who, at):
        actions.amend_arrest(
            arrest=arrest,
            seen=_number(request.POST.get("seen", "")),
            report=read.report,
            changed=amending.changed(seen, texts),
            narrative=read.narrative,
            added=added,
            changes=changes,
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


def _print(request: HttpRequest, who: Who, arrest: UUID) -> None:
    record, at = open_case(who, arrest).record, clock.now()
    report = papers.arrest_report(record, office=papers.arresting(record, who.agreement), at=at)
    actions.make_paper(arrest=arrest, paper=report, by=who.user.id, at=at)


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

_WISHES: dict[str, Wish] = {"prints": _prints, "identity": _identity, "answer": _answer, "print": _print}


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
        "release": letting_go.release(record),
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
        "recommended": recharging.recommended(record, posted, problems),
        "seen_charges": posted.get("seen_charges", "") if as_seen else recharging.packed(record),
        "charges": booking.charge_rows(texts, charge_errors(errors)),
        "grades": GRADES,
        "questions": questions,
        "papers": papers.kept(record),
        "typed_answer": request.POST.get("answer", ""),
        "same_sid": bool(record.get("sid")) and deskwork.same_sid(case.arrest),
        "sid": request.POST.get("sid") or record.get("sid") or "",
        "photo_number": request.POST.get("photo_number") or record.get("photo_number") or "",
    }
    return page(request, who, "booking/arrest", context, 409 if conflict else 422 if problems else 200)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


urls = [path("booking/<uuid:arrest>/arrest/", arrest_page, name="booking-arrest")]
