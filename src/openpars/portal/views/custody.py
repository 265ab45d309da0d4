"""Custody as its history: who has the person, since when, and who answers for it; the next step, or that it stands."""

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
from openpars.errors import BadInput
from openpars.portal import letting_go, prisoners
from openpars.portal.audience import seen_by
from openpars.portal.cases import Case, open_case
from openpars.portal.courtroom import attempt, version_seen
from openpars.portal.refusing import refusals
from openpars.portal.showing import full_name, words
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.custody import moves
from openpars.records.rules.lifecycle import ANSWERS_FOR, Custody

REASONS = (
    "Seen: the state stands",
    "Taken to hospital",
    "Back from hospital",
    "Moved to other cells",
    "Brought to court",
    "The prison refused custody",
)
"""Reasons that come often; any other can be typed."""


@seen_by("booking supervisor", "clerk", "magistrate")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def custody(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """The custody of an arrest: its history, and the form that adds a step or confirms the last one."""
    who = Who.of(request)
    case, typed = open_case(who, arrest), Typed(request.POST.dict())
    context: dict[str, object] = {}
    if request.method == "POST":
        context = attempt(typed, lambda: _change(typed, case, who))
        if not context:
            return redirect("portal:custody", arrest)
    record = case.record
    now = str(record.get("custody_state") or "")
    shown = {
        "arrest": arrest,
        "heading": full_name(record) or "Name not shown",
        "now": now,
        "owner": _owner(now),
        "since": words(record.get("custody_since"))[0],
        "release": letting_go.release(record),
        "steps": [_step(row) for row in reversed(record.get("custody", ()))],
        "choices": [
            (state, _owner(state), typed.values.get("state") == state) for state in _next(who, record)
        ],
        "reasons": REASONS,
        "version": record.get("version"),
        "typed": typed,
        "disclosure": str(case.answer.disclosure),
    }
    return page(request, who, "custody", {**shown, **context}, int(str(context.get("status", 200))))


def _change(typed: Typed, case: Case, who: Who) -> None:
    reason = typed.text("reason", limit=500)
    state = typed.text("state")
    if state not in set(Custody):
        typed.fault("state", "choose where the person is")
    elif not reason and state != case.record.get("custody_state"):
        typed.fault("reason", "say why: who answers for the person changes with it")
    if typed.problems:
        raise BadInput(())
    actions.change_custody(
        arrest=case.arrest,
        state=Custody(state),
        reason=reason,
        by_agency_ori=who.user.agency.ori,
        seen=version_seen(typed),
        by=who.user.id,
        at=clock.now(),
    )


def _next(who: Who, record: Mapping[str, Any]) -> list[Custody]:
    """The states that this person's office may record, the one that stands first: saying it again confirms it."""
    now = record.get("custody_state")
    steps = [str(row.get("custody_change")) for row in record.get("custody", ())] or [str(now or "")]
    can = moves(who.user.agency.office or "", steps, arraigned=bool(record.get("arraigned_at")))
    return sorted(can, key=lambda state: (state != now, list(Custody).index(state)))


def _owner(state: str) -> str:
    """The office that answers for somebody in that state; nobody does for a person at liberty."""
    owner = ANSWERS_FOR.get(Custody(state)) if state in set(Custody) else None
    return prisoners.OFFICES[owner] if owner else ""


def _step(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "state": str(row.get("custody_change") or "—"),
        "at": words(row.get("custody_changed_at"))[0],
        "owner": _owner(str(row.get("custody_change") or "")),
        "reason": str(row.get("custody_reason") or ""),
    }


urls = [path("custody/<uuid:arrest>/", custody, name="custody")]
