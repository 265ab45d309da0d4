"""The magistrate's change of bail after the decision, with its reason (Pa.R.Crim.P. 529, 536)."""

from dataclasses import replace
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.errors import BadInput
from openpars.portal import deciding
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case
from openpars.portal.courtroom import Turn, attempt, print_orders, shown, version_seen
from openpars.portal.refusing import refusals
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records import actions

REVOKED = "Revoked"
"""The choice that is no type of bail: what was set is taken back, and nothing is put in its place."""


@seen_by("magistrate")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def change(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """What was decided, what became of it, and the form that changes it."""
    who = Who.of(request)
    case, typed = open_case(who, arrest), Typed(request.POST.dict())
    context: dict[str, object] = {}
    if request.method == "POST":
        context = attempt(typed, lambda: _change(Turn(typed, case, who, clock.now())))
        if not context:
            return redirect("portal:hearing", arrest)
    kinds = deciding.kinds(typed)
    revoked = (REVOKED, "bail revoked: the person is committed", typed.values.get("type") == REVOKED)
    more = {
        "kinds": [*kinds, revoked],
        "boxes": deciding.boxes(typed),
        "mandatory": deciding.mandatory(),
        "typed": typed,
    }
    status = int(str(context.get("status", 200)))
    return page(request, who, "court/bail", {**shown(case), **more, **context}, status)


def _change(turn: Turn) -> None:
    """Change the bail, then print the order that follows."""
    typed, who, at = turn.typed, turn.who, turn.at
    revoked = typed.text("type") == REVOKED
    bail = None if revoked else deciding.bail(typed, turn.case.record, at, timezone.get_default_timezone())
    if bail is None and not revoked:
        typed.fault("type", "choose a type of bail, or that it is revoked")
    reason = typed.needed("reason", "say why: a change of bail has its reason in writing")
    if typed.problems:
        return
    try:
        actions.set_bail(
            arrest=turn.case.arrest,
            bail=bail,
            reason=reason,
            by_agency_ori=who.user.agency.ori,
            seen=version_seen(typed),
            by=who.user.id,
            at=at,
        )
    except BadInput as error:
        raise BadInput(deciding.at_fields(error.problems, bail)) from None
    print_orders(replace(turn, case=open_case(who, turn.case.arrest), at=clock.now()))


urls = [path("hearings/<uuid:arrest>/bail/", change, name="hearing-bail")]
