"""Lists that keep themselves live: the page, where it listens for changes, and the rows that it then fetches."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openpars.errors import RequestMalformed
from openpars.portal.who import Who, page

Rows = Callable[[Who, Sequence[str] | None], Mapping[str, object]]
"""The context of a list's rows for somebody: of the arrests that are named, or of all. Showing it is a disclosure."""


def whole(request: HttpRequest, who: Who, template: str, context: Mapping[str, object]) -> HttpResponse:
    """The whole page of a list; it may listen for changes."""
    events = events_url(request)
    response = page(request, who, template, {**context, "events_url": events, "zone": settings.TIME_ZONE})
    response._csp_update = {"connect-src": [events.rpartition("/")[0]]}  # type: ignore[attr-defined]
    return response


def part(request: HttpRequest, template: str, rows: Rows) -> HttpResponse:
    """The rows alone, fetched after an event: those that `only` names by their ids, or all. Again a disclosure."""
    who = Who.of(request, fresh=False)
    if who.lists_for is None:
        who = Who.of(request)
    named = request.GET.get("only")
    try:
        shown = rows(who, named.split(",") if named else None)
    except RequestMalformed:
        return page(request, who, "malformed", {}, 422)
    return render(request, f"portal/{template}.html", dict(shown))


def events_url(request: HttpRequest) -> str:
    """Where a page listens for changes."""
    if settings.EVENTS_URL:
        return str(settings.EVENTS_URL)
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return f"{request.scheme}://{name}:{settings.EVENTS_PORT}/events"
