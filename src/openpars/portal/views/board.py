"""The owners' live board of prisoners between arrest and preliminary arraignment."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted
from openpars.portal import live, prisoners, rooms
from openpars.portal.audience import audiences_of, may_see, seen_by
from openpars.portal.views import due
from openpars.portal.views.custody import custody
from openpars.portal.views.delays import delays
from openpars.portal.who import Who


@seen_by("desks")
@never_cache
@require_safe
def board(request: HttpRequest) -> HttpResponse:
    """The whole page. Showing it is a disclosure: it is in the log like every look."""
    who = Who.of(request)
    beside = (
        due.tabs(due.BOARDS, "portal:board")
        if may_see(frozenset(due.JUVENILES.audience), request.user)
        else ()
    )
    more = {"untouched": prisoners.untouched(), "clocks": prisoners.watched(who.at), "tabs": beside}
    return live.whole(request, who, "board", {**_rows(request, who), **more})


@seen_by("desks")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "_board_rows", lambda who, only: _rows(request, who, only))


def _rows(request: HttpRequest, who: Who, only: Sequence[str] | None = None) -> dict[str, object]:
    context: dict[str, object] = {
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
        "room": rooms.of_case(who.user.role),
        "rows_url": reverse("portal:board-rows"),
        "rows_template": "portal/_board_rows.html",
        "moves_custody": may_see(audiences_of(custody), request.user),
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
    context |= {"board": shown, "as_of": shown.as_of, "disclosure": str(answer.disclosure)}
    return {**context, "purpose": who.lists_for}
