"""The one red button: end access now. It shows beforehand who and what will stop, asks for grounds and for the
agreement's identifier, and says afterwards at which second and under which entries. A drill does the very same and
takes it back."""

import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import path, reverse
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from openpars.agencies import queries as agencies
from openpars.agencies.queries import UserView
from openpars.agreements import proceedings, proposals, queries
from openpars.agreements.proceedings import Ended
from openpars.agreements.queries import ActView, AgreementView
from openpars.agreements.rules.wording import counted
from openpars.disclosure import watching
from openpars.errors import BadInput, Refusal
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.views.workbench import problems, status
from openpars.portal.who import Who, page
from openpars.translog import queries as log

RECENTLY = timedelta(days=30)
LONGEST_LIST = 200
"""Entries that the page looks up at once."""

DONE: Mapping[str, str] = {
    "suspend_access": "suspended",
    "resume_access": "resumed",
    "terminate_access": "terminated",
    "suspend_people": "suspended",
    "restore_people": "given their access back",
}
"""What was done, in words."""


@seen_by("solicitor")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def end(request: HttpRequest, number: int) -> HttpResponse:
    """Who and what will stop; and, posted, stop it."""
    if request.method != "POST":
        return _end(request, number)
    who, held, drill = Who.of(request), queries.version(number), "drill" in request.POST
    began = time.perf_counter()
    try:
        if not drill and request.POST.get("identifier", "").strip() != held.identifier:
            raise BadInput.one("identifier", f"type {held.identifier} to confirm: nothing was changed yet")
        act = _chosen(held, request.POST)
        grounds = request.POST.get("grounds", "") or ("A drill." if drill else "")
        done = act(grounds=grounds, by=who.user.id, at=who.at, rehearsal=drill)
    except Refusal as error:
        return _end(request, number, {"typed": request.POST} | problems(error), status(error))
    if drill:
        took = round((time.perf_counter() - began) * 1000)
        return _end(request, number, {"typed": request.POST, "drilled": done, "milliseconds": took})
    asked = urlencode({"entry": done.entries}, doseq=True)
    return HttpResponseRedirect(f"{reverse('portal:end', args=[number])}?{asked}#done")


def _chosen(held: AgreementView, said: QueryDict) -> Callable[..., Ended]:
    """The act that was chosen, about whom or what it is. Raises BadInput."""
    party, act = held.receiver_ori or "", said.get("act", "")
    access = {
        "suspend": proceedings.suspend_access,
        "terminate": proceedings.terminate_access,
        "resume": proceedings.resume_access,
    }
    people = {"people": proceedings.suspend_people, "restore": proceedings.restore_people}
    if act in access:
        return partial(access[act], number=held.number)
    if act == "everything":
        return partial(proceedings.suspend_agency, party=party)
    if act not in people:
        raise BadInput.one("act", "choose what is to end")
    try:
        named = [UUID(one) for one in said.getlist("person")]
    except ValueError:
        named = []
    units = said.getlist("unit")
    if not named and not units:
        raise BadInput.one("person", "choose whose access it is")
    return partial(people[act], party=party, people=named, units=units)


def _end(
    request: HttpRequest, number: int, more: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    who = Who.of(request)
    held = queries.version(number)
    people = agencies.people_of(held.receiver_ori) if held.receiver_ori else []
    standing = [one for one in queries.listing() if one.receiver_ori == held.receiver_ori]
    context = {
        "held": held,
        "state": held.state(who.at),
        "units": _units(people),
        "in_post": sum(one.is_active for one in people),
        "agreements": [one for one in standing if one.state(who.at) in ("in force", "to come")],
        "permits": queries.agreement(number).permits,
        "subscribed": watching.subscribed(number=number),
        "pending": [
            solicitor.put(one, at=who.at)
            for one in proposals.still_open(at=who.at, identifier=held.identifier)
        ],
        "used": watching.used(number=number, since=who.at - RECENTLY),
        "ticked": set(request.POST.getlist("person")) | set(request.POST.getlist("unit")),
        "done": _done(request.GET.getlist("entry")),
        **(more or {}),
    }
    return page(request, who, "workbench/end", context, status)


def _units(people: list[UserView]) -> list[tuple[str, list[tuple[str, UserView]]]]:
    """Each unit with its people, each by their id as a form says it."""
    return [
        (unit, [(str(one.id), one) for one in people if one.role == unit])
        for unit in sorted({one.role for one in people})
    ]


def _done(said: list[str]) -> list[tuple[str, ActView, int | None]]:
    """What was done, from the numbers of its entries: in words, with each entry's place in the log once it has one."""
    numbers = [int(one) for one in said[:LONGEST_LIST] if one.isdecimal() and len(one) < 18]
    return [
        (_in_words(act), act, log.index_of(act.entry)) for act in queries.acts(numbers) if act.verb in DONE
    ]


def _in_words(act: ActView) -> str:
    if "identifier" in act.told:
        return f"{DONE[act.verb]}: {act.told['identifier']}, version {act.told['version']}"
    units = f" (all of {act.told['units']})" if act.told["units"] else ""
    return f"{counted(act.told['people'], 'person', 'people')} {DONE[act.verb]}{units}"


urls = [path("workbench/end/<int:number>/", end, name="end")]
