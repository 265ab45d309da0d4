"""The defender's own clients: the same papers, at the same minute as everyone else."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.portal import live
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case
from openpars.portal.courtroom import LiveList, listed, shown
from openpars.portal.refusing import refusals
from openpars.portal.who import Who, page

LIST = LiveList(
    listing="clients",
    rows="portal:client-rows",
    room="portal:client",
    words="whom you represent",
    caption="Your clients, latest first",
    nobody="You are counsel to nobody here yet. As soon as the clerk appoints you, the client will stand here.",
    latest=True,
)


@seen_by("defender")
@never_cache
@require_safe
def clients(request: HttpRequest) -> HttpResponse:
    """Own clients, latest first."""
    who = Who.of(request)
    return live.whole(request, who, "court/clients", listed(who, LIST))


@seen_by("defender")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The list's rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "court/_list", lambda who, only: listed(who, LIST, only))


@seen_by("defender")
@never_cache
@require_safe
@refusals
def client(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One client. Somebody else's is not found."""
    who = Who.of(request)
    return page(request, who, "court/client", shown(open_case(who, arrest)))


urls = [
    path("clients/", clients, name="clients"),
    path("clients/rows/", rows, name="client-rows"),
    path("clients/<uuid:arrest>/", client, name="client"),
]
