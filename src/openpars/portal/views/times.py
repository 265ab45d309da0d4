"""The page of times from arrest to preliminary arraignment."""

from math import inf

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.disclosure.rules import request as asking
from openpars.disclosure.rules.lists import LISTS
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
        answer = _counted(who)
    except NotPermitted as error:
        return page(request, who, "times", {"refused": error.reference}, 403)
    shown = {
        "times": times.times(answer.body, timezone.get_default_timezone()),
        "marks": times.marks(),
        "clause": answer.body["agreement"]["clause"],  # type: ignore[index]
        "disclosure": str(answer.disclosure),
    }
    return page(request, who, "times", shown)


def _counted(who: Who) -> actions.Answer:
    """The figures, under the permit that reaches back furthest of those that let this person count them; of several,
    the one that shows least."""
    needs = LISTS["times"].needs
    under = [
        (permit.rows.arrested_within_days or inf, -len(permit.elements), held.number, permit)
        for held in who.in_force
        for permit in held.agreement.permits_for(office=who.asker.office, role=who.asker.role)
        if permit.lists and needs <= {grant.spelling for grant in permit.elements}
    ]
    if not under:
        # Refused, and the refusal is in the log.
        return actions.list_arrests(asker=who.asker, listing="times", purpose=who.lists_for or "")
    *_, number, permit = max(under, key=lambda one: one[:2])
    question = asking.list_arrests(listing="times", purpose=permit.purposes[0])
    return actions.answered(who.asker, question, under=(number, permit.clause))


urls = [path("times/", distribution, name="times")]
