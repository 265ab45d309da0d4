"""The owners' live board of prisoners between arrest and preliminary arraignment."""

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted, RequestMalformed
from openpars.portal import prisoners, rooms
from openpars.portal.audience import audiences_of, may_see, seen_by
from openpars.portal.views.delays import delays
from openpars.portal.who import Who, page


@seen_by("desks")
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The whole page. Showing it is a disclosure: it is in the log like every look."""
    who = Who.of(request)
    events = events_url(request)
    shown = {**_rows(request, who), "events_url": events, "zone": settings.TIME_ZONE}
    shown |= {"untouched": prisoners.untouched(), "clocks": prisoners.watched(who.at)}
    response = page(request, who, "board", shown)
    response._csp_update = {"connect-src": [events.rpartition("/")[0]]}  # type: ignore[attr-defined]
    return response


@seen_by("desks")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event: those that `only` names by their ids, or all. Again a disclosure."""
    who = Who.of(request, fresh=False)
    if who.lists_for is None:
        who = Who.of(request)
    named = request.GET.get("only")
    try:
        shown = _rows(request, who, named.split(",") if named else None)
    except RequestMalformed:
        return page(request, who, "malformed", {}, 422)
    return render(request, "portal/_board_rows.html", shown)


def _rows(request: HttpRequest, who: Who, only: Sequence[str] | None = None) -> dict[str, object]:
    context: dict[str, object] = {
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
        "room": rooms.of_case(who.user.role),
        "notes_delays": may_see(audiences_of(delays), request.user),
        **{name: request.GET.get(name, "")[:40] for name in ("stage", "district", "office")},
    }
    if who.lists_for is None:
        return {**context, "no_list": True}
    try:
        answer = actions.list_arrests(asker=who.asker, listing="held", purpose=who.lists_for, only=only)
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    shown = prisoners.board(answer.body)
    return {**context, "board": shown, "purpose": who.lists_for, "disclosure": str(answer.disclosure)}


def events_url(request: HttpRequest) -> str:
    """Where this page listens for changes."""
    if settings.EVENTS_URL:
        return str(settings.EVENTS_URL)
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return f"{request.scheme}://{name}:{settings.EVENTS_PORT}/events"
