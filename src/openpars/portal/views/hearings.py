"""The arraignment court: the list by session and site, and one hearing with the magistrate's decision."""

from contextlib import nullcontext
from dataclasses import replace
from datetime import datetime
from itertools import islice
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from openpars import clock
from openpars.agencies import queries as agencies
from openpars.errors import BadInput
from openpars.portal import deciding, drafts, live, orders
from openpars.portal import hearing as hearing_words
from openpars.portal.audience import seen_by
from openpars.portal.cases import Case, open_case
from openpars.portal.courtroom import LiveList, Turn, act, listed, print_orders, shown, version_seen
from openpars.portal.refusing import refusals
from openpars.portal.showing import local
from openpars.portal.typed import Typed
from openpars.portal.views import due
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.hearings import SITES, sessions

AHEAD = 6
"""How many coming sessions the clerk is offered: a day of them."""

LIST = LiveList(
    listing="hearings",
    rows="portal:hearing-rows",
    room="portal:hearing",
    words="to be arraigned",
    caption="People to be arraigned, by session and video site",
    nobody="Nobody waits for an arraignment. Whoever is charged and held will stand here, by session and video site.",
)


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """Who is to be arraigned, by session and video site."""
    who = Who.of(request)
    shown = {**listed(who, LIST), "tabs": due.tabs(due.COURT, "portal:hearings")}
    return live.whole(request, who, "court/hearings", shown)


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The list's rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "court/_list", lambda who, only: listed(who, LIST, only))


@seen_by("clerk", "magistrate")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def hearing(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One hearing: the papers, the three lines, and what the clerk or the magistrate does about it."""
    who = Who.of(request)
    slip = drafts.slip(request, who, "decision", arrest, mine=request.POST.get("do") == "decide")
    if slip.clashes:
        return drafts.clash(request, who, slip)
    case, at = open_case(who, arrest), clock.now()
    typed = Typed(request.POST.dict() if request.method == "POST" else slip.values(request))
    context: dict[str, object] = {}
    if request.method == "POST":
        context = act(_VERBS, Turn(typed, case, who, at, slip))
        if not context:
            return redirect("portal:hearing", arrest)
    more = {**_offers(case, typed, at), "typed": typed, "slip": slip}
    status = int(str(context.get("status", 200)))
    return page(request, who, "court/hearing", {**shown(case), **more, **context}, status)


def _offers(case: Case, typed: Typed, at: datetime) -> dict[str, object]:
    coming = list(islice(sessions(at, timezone.get_default_timezone()), AHEAD))
    return {
        "kinds": deciding.kinds(typed),
        "boxes": deciding.boxes(typed),
        "mandatory": deciding.mandatory(),
        "offered": deciding.offered(case.record, at, timezone.get_default_timezone()),
        "sessions": [(each.begins_at.isoformat(), local(each.begins_at)) for each in coming],
        "sites": SITES,
        "defenders": [(str(each.id), each.display_name) for each in agencies.people(office="defender")],
        "to_decide": hearing_words.to_decide(case.record),
        "unprinted": bool(orders.unprinted(case.record, court="", at=at)),
    }


def _decide(turn: Turn) -> None:
    """Decide, then print what the decision calls for."""
    typed, who, at = turn.typed, turn.who, turn.at
    decided = deciding.decision(
        typed, turn.case.record, magistrate=who.user.id, at=at, zone=timezone.get_default_timezone()
    )
    if typed.problems:
        return
    try:
        with turn.slip.goes_with(who, at) if turn.slip else nullcontext():
            actions.hold_arraignment(
                arrest=turn.case.arrest,
                hearing=decided,
                by_agency_ori=who.user.agency.ori,
                seen=version_seen(typed),
                by=who.user.id,
                at=at,
            )
    except BadInput as error:
        raise BadInput(deciding.at_fields(error.problems, decided.bail)) from None
    print_orders(replace(turn, case=open_case(who, turn.case.arrest), at=clock.now()))


def _list(turn: Turn) -> None:
    try:
        session_at = datetime.fromisoformat(turn.typed.text("session_at", limit=40))
    except ValueError:
        session_at = None
    if session_at is None or session_at.tzinfo is None:
        raise BadInput.one("session_at", "choose a session")
    actions.list_for_hearing(
        arrest=turn.case.arrest,
        session_at=session_at,
        site=turn.typed.text("site", limit=4),
        seen=version_seen(turn.typed),
        by=turn.who.user.id,
        at=turn.at,
    )


def _appoint(turn: Turn) -> None:
    counsel = drafts.as_id(turn.typed.text("counsel", limit=40))
    if counsel is None:
        raise BadInput.one("counsel", "choose a defender")
    seen = version_seen(turn.typed)
    actions.appoint_counsel(
        arrest=turn.case.arrest, counsel=counsel, seen=seen, by=turn.who.user.id, at=turn.at
    )


_VERBS = {"decide": _decide, "print": print_orders, "list": _list, "appoint": _appoint}


urls = [
    path("hearings/", hearings, name="hearings"),
    path("hearings/rows/", rows, name="hearing-rows"),
    path("hearings/<uuid:arrest>/", hearing, name="hearing"),
]
