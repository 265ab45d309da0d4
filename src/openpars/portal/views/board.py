"""The owners' live board of prisoners between arrest and preliminary arraignment."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted
from openpars.portal import prisoners
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page


@seen_by("owners")
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The whole page. Showing it is a disclosure: it is in the log like every look."""
    who = Who.of(request)
    events = events_url(request)
    response = page(
        request, who, "board", {**_rows(request, who), "events_url": events, "zone": settings.TIME_ZONE}
    )
    response._csp_update = {"connect-src": [events.rpartition("/")[0]]}  # type: ignore[attr-defined]
    return response


@seen_by("owners")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event; again a disclosure."""
    who = Who.of(request)
    return page(request, who, "_board_rows", _rows(request, who))


def _rows(request: HttpRequest, who: Who) -> dict[str, object]:
    context: dict[str, object] = {
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
        "stage": request.GET.get("stage", "")[:40],
        "district": request.GET.get("district", "")[:4],
    }
    if who.lists_for is None:
        return {**context, "no_list": True}
    try:
        answer = actions.list_held(asker=who.asker, purpose=who.lists_for)
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    shown = prisoners.board(answer.body)
    return {**context, "board": shown, "body": answer.body, "disclosure": str(answer.disclosure)}


def events_url(request: HttpRequest) -> str:
    """Where this page listens for changes."""
    if settings.EVENTS_URL:
        return str(settings.EVENTS_URL)
    host = request.get_host()
    name = host.rpartition(":")[0] if ":" in host.rpartition("]")[2] else host
    return f"{request.scheme}://{name}:{settings.EVENTS_PORT}/events"
