"""The one red button: end access now. It shows beforehand who and what will stop, asks for grounds and for the
agreement's identifier, and says afterwards at which second and under which entry. A drill does the same and takes it
back."""

import time
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpars.agencies import queries as agencies
from openpars.agreements import proceedings, proposals, queries
from openpars.disclosure import watching
from openpars.errors import BadInput, Refusal
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.views.workbench import problems, status
from openpars.portal.who import Who, page
from openpars.translog import queries as log

ACTS = ("suspend", "terminate", "resume", "people", "restore")
RECENTLY = timedelta(days=30)


@seen_by("solicitor")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Who and what will stop; and, posted, stop it."""
    if request.method != "POST":
        return _end(request, number)
    who = Who.of(request)
    try:
        done = _drill(who, number, request) if "drill" in request.POST else _act(who, number, request)
    except Refusal as error:
        return _end(request, number, {"typed": request.POST} | problems(error), status(error))
    if "drill" in request.POST:
        return _end(request, number, {"typed": request.POST, "drilled": done})
    return HttpResponseRedirect(reverse("portal:end", args=[number]) + f"?entry={done.get('entry', 0)}#done")


def _act(who: Who, number: int, request: HttpRequest) -> dict[str, object]:
    """Do what was chosen; where it waits in the log."""
    act, people = _chosen(request)
    held = queries.version(number)
    if request.POST.get("identifier", "").strip() != held.identifier:
        raise BadInput.one("identifier", f"type {held.identifier} to confirm: nothing was changed yet")
    grounds = request.POST.get("grounds", "")
    if act in ("people", "restore"):
        change = proceedings.suspend_people if act == "people" else proceedings.restore_people
        change(party=held.receiver_ori or "", people=people, grounds=grounds, by=who.user.id, at=who.at)
        return {}
    verbs = {
        "suspend": proceedings.suspend_access,
        "terminate": proceedings.terminate_access,
        "resume": proceedings.resume_access,
    }
    _, entry = verbs[act](number=number, grounds=grounds, by=who.user.id, at=who.at)
    return {"entry": entry}


def _drill(who: Who, number: int, request: HttpRequest) -> dict[str, object]:
    """Rehearse an end: when it would have been, and how long it took."""
    began = time.perf_counter()
    moment = proceedings.rehearse_end(
        number=number, grounds=request.POST.get("grounds", "") or "A drill.", by=who.user.id, at=who.at
    )
    return {"at": moment, "milliseconds": round((time.perf_counter() - began) * 1000)}


def _chosen(request: HttpRequest) -> tuple[str, Collection[UUID]]:
    act = request.POST.get("act", "")
    if act not in ACTS:
        raise BadInput.one("act", "choose what is to end")
    try:
        people = [UUID(one) for one in request.POST.getlist("person")]
    except ValueError:
        people = []
    if act in ("people", "restore") and not people:
        raise BadInput.one("person", "choose whose access it is")
    return act, people


def _end(
    request: HttpRequest, number: int, more: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    who = Who.of(request)
    held = queries.version(number)
    people = agencies.people_of(held.receiver_ori) if held.receiver_ori else []
    pending = request.GET.get("entry", "")
    context = {
        "held": held,
        "state": held.state(who.at),
        "people": people,
        "in_post": sum(one.is_active for one in people),
        "units": sorted({one.role for one in people}),
        "permits": queries.agreement(number).permits,
        "subscribed": watching.subscribed(number=number),
        "pending": [
            solicitor.put(one, at=who.at)
            for one in proposals.still_open(at=who.at, identifier=held.identifier)
        ],
        "used": watching.used(number=number, since=who.at - RECENTLY),
        "index": log.index_of(int(pending)) if pending.isdecimal() and len(pending) < 18 else None,
        "waiting": pending if pending.isdecimal() and pending != "0" else "",
        "last": _last_change(number),
        **(more or {}),
    }
    return page(request, who, "workbench/end", context, status)


def _last_change(number: int) -> tuple[str, datetime, str] | None:
    changes = queries.changes(number)
    return (changes[-1].verb, changes[-1].at, changes[-1].grounds) if changes else None


urls = [path("workbench/end/<int:number>/", end, name="end")]
