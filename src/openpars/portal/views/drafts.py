"""Where every form's draft is kept: by a browser while somebody types, or by a button."""

from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from openpars import clock
from openpars.errors import BadInput, Conflict, NotFound
from openpars.portal import booking, drafts, posted
from openpars.portal.audience import seen_by
from openpars.portal.refusing import refusals
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.actions.drafts import ELSEWHERE


@seen_by("desks")
@never_cache
@sensitive_post_parameters()
@require_POST
@refusals
def keep(request: HttpRequest) -> HttpResponse:
    """Keep what was typed, or drop it. A script hears the draft's id and version, or what is wrong (409); a button
    leads back to the form's page, or to that of two windows."""
    who = Who.of(request)
    kind, arrest = request.POST.get("draft_kind", ""), drafts.as_id(request.POST.get("draft_arrest"))
    wish = request.POST.get("draft_wish", "")
    if kind not in drafts.PAGES or (kind != drafts.NEW and arrest is None):
        return page(request, who, "malformed", {}, 422)
    draft, seen = drafts.seen_of(request.POST)
    try:
        if wish == "drop":
            return _dropped(who, drafts.Slip(kind, arrest, draft, seen))
        if arrest is not None and drafts.slip(request, who, kind, arrest, mine=True).clashes:
            raise Conflict(ELSEWHERE)
        kept, version = actions.keep_draft(
            draft=draft,
            kind=kind,
            content=posted.content(request.POST),
            seen=seen,
            arrest=arrest if kind != drafts.NEW else drafts.as_id(request.POST.get("known")),
            by=who.user.id,
            at=clock.now(),
        )
    except Conflict as error:
        return _clashed(request, who, drafts.Slip(kind, arrest, draft, seen, mine=True), str(error))
    except (BadInput, NotFound) as error:
        return JsonResponse({"problem": _why(error), "elsewhere": False}, status=409)
    where = drafts.address(kind, arrest, kept)
    if wish == "keep":
        return HttpResponseRedirect(where)
    told: dict[str, Any] = {"draft": str(kept), "version": version}
    if kind == drafts.NEW:
        lines = booking.summary(booking.typed(request.POST))
        told |= {"address": where, "summary": [(anchor, said) for anchor, _, said in lines]}
    return JsonResponse(told)


def _dropped(who: Who, slip: drafts.Slip) -> HttpResponse:
    if slip.id is not None:
        actions.drop_draft(draft=slip.id, by=who.user.id, at=clock.now())
    new = slip.kind == drafts.NEW
    return HttpResponseRedirect(
        reverse("portal:booking") if new else drafts.address(slip.kind, slip.arrest, None)
    )


def _clashed(request: HttpRequest, who: Who, mine: drafts.Slip, problem: str) -> HttpResponse:
    if request.POST.get("draft_wish") != "keep":
        return JsonResponse({"problem": problem, "elsewhere": True}, status=409)
    own = deskwork.own_drafts(author=who.user.id, kind=mine.kind, arrest=mine.arrest)
    theirs = [kept for kept in own if mine.kind != drafts.NEW or kept.id == mine.id]
    kept = theirs[0] if theirs else None
    return drafts.clash(
        request, who, drafts.Slip(mine.kind, mine.arrest, mine.id, mine.seen, kept, mine=True)
    )


def _why(error: BadInput | NotFound) -> str:
    return f"it {error.problems[0].what}" if isinstance(error, BadInput) else "its arrest is not there"


urls = [path("drafts/", keep, name="drafts")]
