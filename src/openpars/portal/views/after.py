"""The clerk after the hearing: find a case by its number; docket numbers, bail posted, dispositions."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.disclosure import actions as door
from openpars.errors import BadInput, IdentifierMalformed, NotPermitted, RequestMalformed
from openpars.portal import bail, hearing
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case, purpose_of
from openpars.portal.courtroom import Turn, act, shown, version_seen
from openpars.portal.refusing import refusals
from openpars.portal.showing import words
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.dispositions import OUTCOMES, TO_JUVENILE_COURT
from openpars.records.rules.identifiers import Docket


@seen_by("clerk")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: HttpRequest) -> HttpResponse:
    """Find a case by its OTN or docket number."""
    who = Who.of(request)
    typed = Typed(request.POST.dict())
    context: dict[str, object] = {"typed": typed}
    if request.method == "POST" and (number := typed.needed("number", "enter an OTN or a docket number")):
        try:
            answer = door.search(
                asker=who.asker, purpose=purpose_of(who), case_number=number[:64], number=number
            )
            context |= {"rows": hearing.rows(answer.body), "asked": True}
        except RequestMalformed as error:
            typed.take([problem for problem in error.problems if problem.where == "number"])
        except NotPermitted as error:
            context["refused"] = error.reference
    return page(request, who, "court/find", context, 422 if typed.problems else 200)


@seen_by("clerk")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def after(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One case after its hearing."""
    who = Who.of(request)
    case = open_case(who, arrest)
    typed, at = Typed(request.POST.dict()), clock.now()
    context: dict[str, object] = {}
    if request.method == "POST":
        context = act(_VERBS, Turn(typed, case, who, at))
        if not context:
            # Given back to the juvenile court, the case is out of this one's sight.
            gone = typed.values.get("outcome") == TO_JUVENILE_COURT
            return redirect("portal:after") if gone else redirect("portal:after-case", arrest)
    due = bail.due_now(case.record)
    more = {
        "due": bail.dollars(due) if due is not None else "",
        "dispositions": hearing.reports_due(case.record),
        "hearings": hearing.hearings(case.record),
        "court_on": words(case.record["court_on"])[0] if case.record.get("court_on") else "",
        "outcomes": OUTCOMES,
        "dockets": [_box(row, typed) for row in hearing.filed(case.record)],
        "typed": typed,
    }
    return page(
        request, who, "court/after", {**shown(case), **more, **context}, int(str(context.get("status", 200)))
    )


def _box(row: Mapping[str, Any], typed: Typed) -> dict[str, object]:
    """The box of a charge under the docket number."""
    name = f"docket-{row['charge_reference']}"
    words = f"{row.get('statute') or ''} {row['charge_description']}".strip()
    number = str(row.get("docket_number") or "no number yet")
    return {"name": name, "label": words, "note": number, "checked": typed.checked(name)}


def _docket(turn: Turn) -> None:
    try:
        docket = Docket.parse(turn.typed.text("docket", limit=64))
    except IdentifierMalformed as error:
        raise BadInput.one("docket", error.problems[0].what) from None
    references = [str(row["charge_reference"]) for row in hearing.filed(turn.case.record)]
    chosen = [UUID(each) for each in references if turn.typed.checked(f"docket-{each}")]
    actions.enter_docket(
        arrest=turn.case.arrest,
        docket=docket,
        charges=chosen or None,
        seen=version_seen(turn.typed),
        by=turn.who.user.id,
        at=turn.at,
    )


def _post(turn: Turn) -> None:
    amount = turn.typed.amount("amount")
    if amount is None:
        raise BadInput.one("amount", "enter the dollars that were paid")
    actions.post_bail(
        arrest=turn.case.arrest,
        amount=amount,
        by_agency_ori=turn.who.user.agency.ori,
        seen=version_seen(turn.typed),
        by=turn.who.user.id,
        at=turn.at,
    )


def _dispose(turn: Turn) -> None:
    typed = turn.typed
    charges = {str(row["charge_reference"]) for row in hearing.filed(turn.case.record)}
    charge, outcome, on = typed.text("charge"), typed.text("outcome"), typed.day("disposed_on")
    if charge not in charges:
        typed.fault("charge", "choose a charge")
    if outcome not in OUTCOMES:
        typed.fault("outcome", "choose how the charge ended")
    if on is None:
        typed.fault("disposed_on", "enter the day on which it ended")
    if typed.problems or on is None:
        return
    actions.dispose(charge=UUID(charge), outcome=outcome, disposed_on=on, by=turn.who.user.id, at=turn.at)


def _held(turn: Turn) -> None:
    typed = turn.typed
    heard_on, next_on = typed.day("heard_on"), typed.day("next_on")
    if heard_on is None:
        typed.fault("heard_on", "enter the day on which it was held")
    if typed.problems or heard_on is None:
        return
    actions.hold_hearing(
        arrest=turn.case.arrest,
        heard_on=heard_on,
        next_on=next_on,
        seen=version_seen(typed),
        by=turn.who.user.id,
        at=turn.at,
    )


def _put_off(turn: Turn) -> None:
    typed = turn.typed
    next_on = typed.day("next_on")
    if next_on is None:
        typed.fault("next_on", "enter the day to which it is put off")
    cause = typed.needed("cause", "say why the hearing is put off, and at whose wish")
    if typed.problems or next_on is None:
        return
    actions.put_off_hearing(
        arrest=turn.case.arrest,
        next_on=next_on,
        cause=cause,
        seen=version_seen(typed),
        by=turn.who.user.id,
        at=turn.at,
    )


_VERBS = {"docket": _docket, "post": _post, "held": _held, "put-off": _put_off, "dispose": _dispose}

urls = [path("after/", find, name="after"), path("after/<uuid:arrest>/", after, name="after-case")]
