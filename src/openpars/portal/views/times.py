"""The page of times from arrest to preliminary arraignment."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted
from openpars.portal import times
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page


@seen_by(
    *("officer", "booking supervisor", "charging ADA", "DA supervisor", "pretrial", "clerk", "magistrate")
)
@never_cache
@require_safe
def distribution(request: HttpRequest) -> HttpResponse:
    """The distribution by district, shift and stage, over the arrests that the charter lets this person count: figures,
    nobody's record. One look, one entry."""
    who = Who.of(request)
    try:
        answer = actions.list_arrests(asker=who.asker, listing="times", purpose=who.lists_for or "")
    except NotPermitted as error:
        return page(request, who, "times", {"refused": error.reference}, 403)
    shown = {
        "times": times.times(answer.body, timezone.get_default_timezone()),
        "marks": times.marks(),
        "clause": answer.body["agreement"]["clause"],  # type: ignore[index]
        "disclosure": str(answer.disclosure),
    }
    return page(request, who, "times", shown)


urls = [path("times/", distribution, name="times")]
