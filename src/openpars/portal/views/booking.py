"""The booking desk: what is to be done, and the one page on which an arrest is typed, kept and sent."""

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openpars import clock
from openpars.disclosure import actions as door
from openpars.errors import BadInput, Conflict, NotEmpowered, NotPermitted, Problem, RequestMalformed
from openpars.portal import booking, knowing
from openpars.portal.audience import seen_by
from openpars.portal.booking_fields import charge_errors, fields, links
from openpars.portal.cases import case_number_of, purpose_of
from openpars.portal.desk import waiting
from openpars.portal.showing import words
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.rules import statutes
from openpars.records.rules.facts import IncidentOf, PersonFacts, PersonOf
from openpars.records.rules.grades import GRADES

KIND = "arrest"
desk_only = seen_by("officer", "booking supervisor")


def refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What the charter does not allow, as a page."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except (NotEmpowered, RequestMalformed):
            # Malformed is what a person asks who has no purpose left to ask for.
            return render(request, "portal/not_for_you.html", status=403)
        except NotPermitted as error:
            return page(request, Who.of(request), "record", {"nothing": error.reference}, 403)

    return shown


@desk_only
@never_cache
@require_safe
@refusals
def desk(request: HttpRequest) -> HttpResponse:
    """Own drafts, and the arrests that the desk has not finished."""
    who = Who.of(request)
    drafts = deskwork.own_drafts(author=who.user.id, kind=KIND)
    answer = door.list_arrests(asker=who.asker, listing="desk", purpose=purpose_of(who))
    rows = waiting(answer.body)
    return page(
        request,
        who,
        "booking/desk",
        {"drafts": drafts, "rows": rows, "answer": answer, "as_of": words(answer.body["as_of"])[0]},
    )


@desk_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def sheet(request: HttpRequest, draft: UUID | None = None) -> HttpResponse:
    """The page of a new arrest, or of a draft of it."""
    who = Who.of(request)
    if request.method == "POST":
        return _posted(request, who, booking.typed(request.POST), draft)
    if draft is None:
        return _shown(request, who, booking.blank(), None, 0)
    kept = deskwork.own_draft(draft, author=who.user.id)
    return _shown(request, who, booking.blank() | kept.content, kept.id, kept.version)


def _posted(request: HttpRequest, who: Who, texts: booking.Typed, draft: UUID | None) -> HttpResponse:
    """Send, keep, or whatever else the button says."""
    wish = request.POST.get("wish", "keep")
    seen = _version(request)
    if wish == "drop" and draft is not None:
        actions.drop_draft(draft=draft, by=who.user.id, at=clock.now())
        return redirect("portal:booking")
    try:
        if wish == "send":
            return _sent(request, who, texts, draft, seen)
        kept, version = _keep(who, texts, draft, seen)
    except Conflict as error:
        return _conflict(request, who, texts, draft, error)
    except BadInput as error:
        return _shown(request, who, texts, draft, seen, problems=error.problems)
    if wish in ("charge", "find"):
        offers = _offers(who, texts) if wish == "find" else []
        return _shown(
            request, who, texts, kept, version, offers=offers, spare=3, looked=wish == "find", status=200
        )
    return redirect("portal:booking-draft", kept)


def _sent(
    request: HttpRequest, who: Who, texts: booking.Typed, draft: UUID | None, seen: int
) -> HttpResponse:
    """Save and send: one verb. A known person is offered before another is made."""
    incident, person = booking.chosen(texts, "of"), booking.chosen(texts, "known")
    read = booking.read(texts, agency_ori=who.asker.agency_ori, needs_number=incident is None)
    wrong = booking.wrong(read, clock.now())
    if read.report is None or wrong:
        return _shown(request, who, texts, draft, seen, problems=wrong)
    if not (texts["known"] and texts["known_for"] == booking.who_key(texts)):
        person = None
        if offers := _offers(who, texts):
            asked = [Problem("known", "say whether it is one of these people, or another person")]
            return _shown(request, who, texts, draft, seen, problems=asked, offers=offers)
    report = read.report
    made = actions.report_arrest(
        person=PersonOf(person) if person else report.person,
        incident=IncidentOf(incident) if incident else report.incident,
        arrest=report.arrest,
        recommended=report.charges,
        officers=report.officers,
        warrant=report.warrant,
        narrative=read.narrative,
        prints_at=report.prints_at,
        send=True,
        draft=(draft, seen) if draft else None,
        by=who.user.id,
        at=clock.now(),
    )
    return redirect("portal:booking-sent", made.arrest)


@desk_only
@never_cache
@sensitive_post_parameters()
@require_POST
@refusals
def keep(request: HttpRequest) -> HttpResponse:
    """What the page keeps by itself while somebody types: the draft's id and version, and the summary; 409 where
    another window kept something else."""
    who = Who.of(request)
    texts = booking.typed(request.POST)
    try:
        draft = UUID(request.POST.get("draft", "")) if request.POST.get("draft") else None
        kept, version = _keep(who, texts, draft, _version(request))
    except (Conflict, BadInput, ValueError) as error:
        problem = (
            str(error) if isinstance(error, Conflict) else "this draft could not be kept: see the fields"
        )
        return JsonResponse({"problem": problem}, status=409)
    return JsonResponse(
        {
            "draft": str(kept),
            "version": version,
            "address": reverse("portal:booking-draft", args=[kept]),
            "summary": [[anchor, said] for anchor, _, said in booking.summary(texts)],
        }
    )


@desk_only
@require_safe
def offenses(request: HttpRequest) -> HttpResponse:
    """The offenses that somebody who types a statute may mean: rows to choose from."""
    found = statutes.find(request.GET.get("q", "")[:80], limit=8)
    return render(request, "portal/booking/_offenses.html", {"found": found})


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
def sent(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """That an arrest was sent, and what can be done next."""
    return page(request, Who.of(request), "booking/sent", {"arrest": arrest})


@desk_only
@never_cache
@require_POST
@refusals
def another(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """A new draft for another arrest of the same incident."""
    who = Who.of(request)
    texts = booking.typed(request.POST) | {"of": str(arrest)}
    # Looked up only to say on the page which incident it is.
    texts["dc_number"] = case_number_of(who, arrest)
    kept, _ = _keep(who, texts, None, 0)
    return HttpResponseRedirect(reverse("portal:booking-draft", args=[kept]))


def _keep(who: Who, texts: booking.Typed, draft: UUID | None, seen: int) -> tuple[UUID, int]:
    return actions.keep_draft(
        draft=draft, kind=KIND, content=texts, seen=seen, by=who.user.id, at=clock.now()
    )


def _version(request: HttpRequest) -> int:
    text = request.POST.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


def _offers(who: Who, texts: booking.Typed) -> list[knowing.Offer]:
    read = booking.read({**texts, "arrested_at": "2000-01-01T00:00"}, agency_ori=who.asker.agency_ori)
    person = read.report.person if read.report else PersonFacts()
    return knowing.offers(who, person, case_number=texts["dc_number"])


def _conflict(
    request: HttpRequest, who: Who, texts: booking.Typed, draft: UUID | None, error: Conflict
) -> HttpResponse:
    """Both texts: what is typed here stays in the fields, what another window kept stands beside it."""
    mine = [kept for kept in deskwork.own_drafts(author=who.user.id, kind=KIND) if kept.id == draft]
    theirs = mine[0] if mine else None
    differences: list[tuple[str, str, str]] = []
    if theirs is not None:
        differences = [
            (name, str(theirs.content.get(name, "")), str(value))
            for name, value in texts.items()
            if theirs.content.get(name, "") != value
        ]
    context = {"conflict": str(error), "differences": differences, "gone": theirs is None}
    version = theirs.version if theirs else 0
    return _shown(request, who, texts, theirs.id if theirs else None, version, status=409, more=context)


def _shown(
    request: HttpRequest,
    who: Who,
    texts: booking.Typed,
    draft: UUID | None,
    version: int,
    *,
    problems: tuple[Problem, ...] | list[Problem] = (),
    offers: list[knowing.Offer] | None = None,
    looked: bool = False,
    spare: int = 1,
    status: int | None = None,
    more: Mapping[str, object] | None = None,
) -> HttpResponse:
    errors = booking.at_fields(problems)
    context = {
        "typed": texts,
        "f": fields(texts, errors),
        "draft": draft,
        "fresh": draft is None and not problems,
        "version": version,
        "errors": errors,
        "links": links(errors),
        "offers": offers or [],
        "looked": looked or bool(offers),
        "key": booking.who_key(texts),
        "charges": booking.charge_rows(texts, charge_errors(errors), spare),
        "grades": GRADES,
        "summary": booking.summary(texts),
        **(more or {}),
    }
    return page(request, who, "booking/sheet", context, status or (422 if problems else 200))


urls = [
    path("booking/", desk, name="booking"),
    path("booking/new/", sheet, name="booking-new"),
    path("booking/keep/", keep, name="booking-keep"),
    path("booking/offenses/", offenses, name="booking-offenses"),
    path("booking/known/", known, name="booking-known"),
    path("booking/<uuid:draft>/", sheet, name="booking-draft"),
    path("booking/<uuid:arrest>/sent/", sent, name="booking-sent"),
    path("booking/<uuid:arrest>/another/", another, name="booking-another"),
]
