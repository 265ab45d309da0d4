"""The people behind the wall: victims and witnesses of an incident, entered and, when somebody asks, shown."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.disclosure import actions as door
from openpars.errors import BadInput, Problem
from openpars.portal import booking, drafts
from openpars.portal.audience import seen_by
from openpars.portal.cases import case_number_of
from openpars.portal.refusing import refusals
from openpars.portal.views.booking import desk_only
from openpars.portal.walling import WALLED_PURPOSE, readers
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.facts import IncidentOf


@desk_only
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def walled(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Victims and witnesses: entered here, and shown only when somebody asks to see them."""
    who = Who.of(request)
    wish = request.POST.get("wish", "")
    slips = {
        kind: drafts.slip(request, who, kind, arrest, mine=wish == kind) for kind in ("victim", "witness")
    }
    errors: dict[str, str] = {}
    try:
        if slip := slips.get(wish):
            if slip.clashes:
                return drafts.clash(request, who, slip)
            _put_behind(request, who, arrest, slip)
            return redirect("portal:booking-walled", arrest)
    except BadInput as error:
        errors = booking.at_fields(error.problems)
    forms = {kind: {"slip": slip, "texts": slip.typed(request).dict()} for kind, slip in slips.items()}
    context = {"back": "portal:booking-arrest", "enters": True, "errors": errors, "wish": wish, **forms}
    return _page(request, who, arrest, context, 422 if errors else 200)


@seen_by("charging ADA", "DA supervisor")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def shown(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """The same for the prosecutor of the case, who reads what the desk has entered."""
    return _page(request, Who.of(request), arrest, {"back": "portal:charging-case", "errors": {}})


def _page(
    request: HttpRequest, who: Who, arrest: UUID, context: Mapping[str, object], status: int = 200
) -> HttpResponse:
    told: dict[str, object] = {"arrest": arrest, "readers": readers(who), **context}
    if request.POST.get("wish") == "show":
        answer = door.open_arrest(
            asker=who.asker, purpose=WALLED_PURPOSE, case_number=case_number_of(who, arrest), arrest=arrest
        )
        told |= {"answer": answer, "record": answer.results[0] if answer.results else {}}
    return page(request, who, "booking/walled", told, status)


def _put_behind(request: HttpRequest, who: Who, arrest: UUID, slip: drafts.Slip) -> None:
    texts = {
        name: request.POST.get(name, "").replace("\r\n", "\n").strip()
        for name in ("name", "birth_date", "contact", "account")
    }
    problems: list[Problem] = []
    born: date | None = booking.day("birth_date", texts, problems)
    if not texts["name"]:
        problems.append(Problem("name", "must be given"))
    problems += [
        Problem(name, "must have at most 20,000 characters")
        for name, text in texts.items()
        if len(text) > 20_000
    ]
    if problems:
        raise BadInput(problems)
    of, by, at = IncidentOf(arrest), who.user.id, clock.now()
    name, contact = texts["name"], texts["contact"]
    with slip.goes_with(who, at):
        if slip.kind == "victim":
            actions.add_victim(incident=of, name=name, birth_date=born, contact=contact, by=by, at=at)
        else:
            account = texts["account"]
            actions.add_witness(incident=of, name=name, contact=contact, account=account, by=by, at=at)


urls = [
    path("booking/<uuid:arrest>/walled/", walled, name="booking-walled"),
    path("charging/<uuid:arrest>/walled/", shown, name="charging-walled"),
]
