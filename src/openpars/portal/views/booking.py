"""The booking desk: what is to be done, and the one page on which an arrest is typed, kept and sent."""

from collections.abc import Mapping
from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openpars import clock
from openpars.disclosure import actions as door
from openpars.errors import (
    BadInput,
    Conflict,
    NotFound,
    Problem,
)
from openpars.portal import booking, drafts, knowing, posted
from openpars.portal.audience import seen_by
from openpars.portal.booking_fields import charge_errors, fields, links
from openpars.portal.cases import case_number_of, purpose_of
from openpars.portal.desk import waiting
from openpars.portal.refusing import refusals
from openpars.portal.showing import words
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.rules.facts import IncidentOf, PersonOf
from openpars.records.rules.grades import GRADES

desk_only = seen_by("officer", "booking supervisor")


@desk_only
@never_cache
@require_safe
@refusals
def desk(request: HttpRequest) -> HttpResponse:
    """Own drafts, and the arrests that the desk has not finished."""
    who = Who.of(request)
    own = deskwork.own_drafts(author=who.user.id, kind=drafts.NEW)
    answer = door.list_arrests(asker=who.asker, listing="desk", purpose=purpose_of(who))
    rows = waiting(answer.body)
    return page(
        request,
        who,
        "booking/desk",
        {"drafts": own, "rows": rows, "answer": answer, "as_of": words(answer.body["as_of"])[0]},
    )


@desk_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def sheet(request: HttpRequest, draft: UUID | None = None) -> HttpResponse:
    """The page of a new arrest, or of a draft of it."""
    who = Who.of(request)
    slip = _slip(request, who, draft)
    texts = booking.typed(slip.typed(request))
    if request.method != "POST":
        return _shown(request, who, texts, slip)
    if slip.clashes:
        return drafts.clash(request, who, slip)
    wish = request.POST.get("wish", "")
    try:
        if wish == "send":
            return _sent(request, who, texts, slip)
        slip = _kept(who, slip, posted.content(request.POST))
    except BadInput as error:
        return _shown(request, who, texts, slip, problems=error.problems)
    except Conflict as error:
        now = _slip(request, who, draft)
        return (
            drafts.clash(request, who, now)
            if now.clashes
            else _shown(request, who, texts, slip, conflict=str(error))
        )
    offers = _offers(who, texts) if wish == "find" else []
    return _shown(request, who, texts, slip, offers=offers, spare=3, looked=wish == "find")


def _slip(request: HttpRequest, who: Who, draft: UUID | None) -> drafts.Slip:
    """The slip of the page: of one draft of many, since nothing was reported yet that it could be about. Raises
    NotFound where a page is asked for whose draft is gone; what is typed on one that is gone is not lost."""
    mine = request.method == "POST"
    seen = drafts.seen_of(request.POST)
    wanted = seen[0] if mine else draft
    kept = [one for one in deskwork.own_drafts(author=who.user.id, kind=drafts.NEW) if one.id == wanted]
    if mine:
        return drafts.Slip(drafts.NEW, None, *seen, kept=kept[0] if kept else None, mine=True)
    if draft is None:
        return drafts.Slip(drafts.NEW, None)
    if not kept:
        raise NotFound("no such draft of yours")
    return drafts.Slip(drafts.NEW, None, draft, kept[0].version, kept[0])


def _sent(request: HttpRequest, who: Who, texts: booking.Typed, slip: drafts.Slip) -> HttpResponse:
    """Save and send: one verb. What is wrong is said all at once; a known person is offered before another is made."""
    of, person = booking.chosen(texts, "of"), booking.chosen(texts, "known")
    read = booking.read(texts, agency_ori=who.asker.agency_ori, needs_number=of is None)
    report, wrong = read.report, booking.wrong(read, clock.now())
    incident: IncidentOf | UUID | None = IncidentOf(of) if of else _on_record(texts)
    if not of and incident and texts["join"] != booking.number(texts):
        wrong.append(Problem("dc_number", "is an incident's on record: is this another arrest of it?"))
    if wrong:
        return _shown(request, who, texts, slip, problems=wrong)
    if not (texts["known"] and texts["known_for"] == booking.who_key(texts)):
        person = None
        if offers := _offers(who, texts):
            asked = [Problem("known", "say whether it is one of these people, or another person")]
            return _shown(request, who, texts, slip, problems=asked, offers=offers)
    made = actions.report_arrest(
        person=PersonOf(person) if person else report.person,
        incident=incident or report.incident,
        arrest=report.arrest,
        recommended=report.charges,
        officers=report.officers,
        warrant=report.warrant,
        narrative=read.narrative,
        prints_at=report.prints_at,
        send=True,
        draft=(slip.id, slip.seen) if slip.id else None,
        by=who.user.id,
        at=clock.now(),
    )
    return redirect("portal:booking-sent", made.arrest)


def _on_record(texts: booking.Typed) -> UUID | None:
    """The incident on record whose DC number is typed."""
    return deskwork.incident_of(booking.number(texts)) if texts["dc_number"] else None


@desk_only
@never_cache
@sensitive_post_parameters()
@require_POST
@refusals
def known(request: HttpRequest) -> HttpResponse:
    """Who on record may be the person that is being typed: a disclosure, with its entry."""
    who = Who.of(request)
    texts = booking.typed(request.POST)
    context = {"offers": _offers(who, texts), "typed": texts, "key": booking.who_key(texts), "looked": True}
    return render(request, "portal/booking/_known.html", context)


@desk_only
@never_cache
@require_safe
@refusals
def sent(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """That an arrest was sent and where it went, and what can be done next. Whether it is a juvenile's is looked up."""
    who = Who.of(request)
    answer = door.open_arrest(
        asker=who.asker, purpose=purpose_of(who), case_number=None, arrest=arrest, elements=["juvenile"]
    )
    is_juvenile = any(row["juvenile"] for row in answer.results)
    return page(request, who, "booking/sent", {"arrest": arrest, "is_juvenile": is_juvenile})


@desk_only
@never_cache
@require_POST
@refusals
def another(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """A new draft for another arrest of the same incident."""
    who = Who.of(request)
    # Looked up only to say on the page which incident it is.
    texts = {"of": [str(arrest)], "dc_number": [case_number_of(who, arrest)]}
    return redirect("portal:booking-draft", _kept(who, drafts.Slip(drafts.NEW, None), texts).id)


def _kept(who: Who, slip: drafts.Slip, texts: Mapping[str, list[str]]) -> drafts.Slip:
    """Keep what is typed, without leaving the page."""
    known = drafts.as_id("".join(texts.get("known", ())))
    kept, version = actions.keep_draft(
        draft=slip.id,
        kind=drafts.NEW,
        content=texts,
        seen=slip.seen,
        arrest=known,
        by=who.user.id,
        at=clock.now(),
    )
    return replace(slip, id=kept, seen=version)


def _offers(who: Who, texts: booking.Typed) -> list[knowing.Offer]:
    person = booking.read(texts, agency_ori=who.asker.agency_ori).report.person
    return knowing.offers(who, person, case_number=texts["dc_number"])


def _shown(
    request: HttpRequest,
    who: Who,
    texts: booking.Typed,
    slip: drafts.Slip,
    *,
    problems: tuple[Problem, ...] | list[Problem] = (),
    offers: list[knowing.Offer] | None = None,
    looked: bool = False,
    spare: int = 1,
    conflict: str = "",
) -> HttpResponse:
    errors = booking.at_fields(problems)
    context = {
        "typed": texts,
        "f": fields(texts, errors),
        "slip": slip,
        "fresh": slip.id is None and not problems,
        "errors": errors,
        "links": links(errors),
        "offers": offers or [],
        "looked": looked or bool(offers),
        "joins": booking.number(texts) if not texts["of"] and _on_record(texts) else "",
        "key": booking.who_key(texts),
        "charges": booking.charge_rows(texts, charge_errors(errors), spare),
        "grades": GRADES,
        "summary": booking.summary(texts),
        "conflict": conflict,
    }
    return page(request, who, "booking/sheet", context, 409 if conflict else 422 if problems else 200)


urls = [
    path("booking/", desk, name="booking"),
    path("booking/new/", sheet, name="booking-new"),
    path("booking/known/", known, name="booking-known"),
    path("booking/<uuid:draft>/", sheet, name="booking-draft"),
    path("booking/<uuid:arrest>/sent/", sent, name="booking-sent"),
    path("booking/<uuid:arrest>/another/", another, name="booking-another"),
]
