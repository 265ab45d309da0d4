"""The arraignment court: the list by session and site, and one hearing with the magistrate's decision."""

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from openpars import clock
from openpars.agencies import queries as agencies
from openpars.paper import PaperNotPrinted
from openpars.portal import deciding, orders
from openpars.portal.audience import seen_by
from openpars.portal.cases import Case, open_case
from openpars.portal.courtroom import attempt, listed, shown, version_seen
from openpars.portal.showing import local
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.hearings import SITES, sessions

AHEAD = 6
"""How many coming sessions the clerk is offered: a day of them."""


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """Who is to be arraigned, by session and video site."""
    who = Who.of(request)
    return page(request, who, "court/hearings", listed(who, "hearings"))


@seen_by("clerk", "magistrate")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def hearing(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One hearing: the papers, the three lines, and what the clerk or the magistrate does about it."""
    who = Who.of(request)
    case = open_case(who, arrest)
    typed, at = Typed(request.POST.dict()), clock.now()
    context: dict[str, object] = {}
    if request.method == "POST":
        do = _VERBS.get(typed.values.get("do", ""))
        context = (
            {"status": 422, "conflict": "Say what is to be done."} if do is None else do(typed, case, who, at)
        )
        if not context:
            return redirect("portal:hearing", arrest)
    status = int(str(context.get("status", 200)))
    return page(
        request,
        who,
        "court/hearing",
        {**shown(case), **_offers(case, typed, at), "typed": typed, **context},
        status,
    )


def _offers(case: Case, typed: Typed, at: datetime) -> dict[str, object]:
    coming = list(islice(sessions(at, _zone()), AHEAD))
    return {
        "kinds": deciding.kinds(typed),
        "boxes": deciding.boxes(typed),
        "mandatory": deciding.mandatory(),
        "offered": deciding.offered(case.record, at, _zone()),
        "sessions": [(each.begins_at.isoformat(), local(each.begins_at)) for each in coming],
        "sites": SITES,
        "defenders": [(str(each.id), each.display_name) for each in agencies.people(office="defender")],
        "unprinted": bool(orders.unprinted(case.record, court="", at=at)),
    }


def _decide(typed: Typed, case: Case, who: Who, at: datetime) -> dict[str, object]:
    decided = deciding.decision(typed, case.record, magistrate=who.user.id, at=at, zone=_zone())
    failed = attempt(
        typed,
        lambda: (
            typed.problems
            or actions.hold_arraignment(
                arrest=case.arrest,
                hearing=decided,
                by_agency_ori=who.user.agency.ori,
                seen=version_seen(typed),
                by=who.user.id,
                at=at,
            )
        ),
        lambda problems: deciding.at_fields(problems, decided),
    )
    return failed or _print(typed, open_case(who, case.arrest), who, clock.now())


def _print(typed: Typed, case: Case, who: Who, at: datetime) -> dict[str, object]:
    """Print what the decision calls for. The decision stands whether or not a paper can be printed."""

    def make() -> None:
        for paper in orders.unprinted(case.record, court=who.user.agency.name, at=at):
            actions.make_paper(arrest=case.arrest, paper=paper, by=who.user.id, at=at)

    try:
        return attempt(typed, make)
    except PaperNotPrinted:
        return {"conflict": "The decision stands, but its papers could not be printed.", "status": 500}


def _list(typed: Typed, case: Case, who: Who, at: datetime) -> dict[str, object]:
    def put() -> None:
        try:
            session_at = datetime.fromisoformat(typed.text("session_at", limit=40))
        except ValueError:
            typed.fault("session_at", "choose a session")
            return
        if session_at.tzinfo is None:
            typed.fault("session_at", "choose a session")
            return
        actions.list_for_hearing(
            arrest=case.arrest,
            session_at=session_at,
            site=typed.text("site", limit=4),
            seen=version_seen(typed),
            by=who.user.id,
            at=at,
        )

    return attempt(typed, put)


def _appoint(typed: Typed, case: Case, who: Who, at: datetime) -> dict[str, object]:
    def appoint() -> None:
        try:
            counsel = UUID(typed.text("counsel", limit=40))
        except ValueError:
            typed.fault("counsel", "choose a defender")
            return
        actions.appoint_counsel(
            arrest=case.arrest, counsel=counsel, seen=version_seen(typed), by=who.user.id, at=at
        )

    return attempt(typed, appoint)


_VERBS: dict[str, Callable[[Typed, Case, Who, datetime], dict[str, object]]] = {
    "decide": _decide,
    "print": _print,
    "list": _list,
    "appoint": _appoint,
}


def _zone() -> ZoneInfo:
    return ZoneInfo(settings.TIME_ZONE)


urls = [
    path("hearings/", hearings, name="hearings"),
    path("hearings/<uuid:arrest>/", hearing, name="hearing"),
]
