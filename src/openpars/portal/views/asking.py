"""Asking for a person's arrests, and opening one."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openpars.agencies import events
from openpars.disclosure import actions, queries
from openpars.errors import NotPermitted, RequestMalformed
from openpars.portal import casework, rooms
from openpars.portal.audience import seen_by
from openpars.portal.forms import AskForm
from openpars.portal.showing import instant, local, shapes
from openpars.portal.who import Who, page


@seen_by("desks", "outside", "auditor")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """The search page, and its answer below the question."""
    who = Who.of(request)
    form = AskForm(who.offer(), request.POST or None)
    context: dict[str, object] = {"form": form, "offer": form.offer}
    if request.method == "POST" and form.is_valid():
        try:
            answer = actions.search(asker=who.asker, **form.question())
        except RequestMalformed as error:
            form.take(error.problems)
        except NotPermitted as error:
            context["nothing"] = error.reference
        else:
            context |= _answered(who, answer)
        context |= _needed(who, context, form.question())
    status = 422 if form.is_bound and form.errors else 200
    return page(request, Who.of(request) if form.is_bound else who, "search", context, status)


@seen_by("desks", "outside", "auditor")
@never_cache
@sensitive_post_parameters()
@require_POST
def open_record(request: HttpRequest) -> HttpResponse:
    """One arrest, as this person may see it."""
    who = Who.of(request)
    context: dict[str, object]
    try:
        answer = actions.open_arrest(
            asker=who.asker,
            purpose=request.POST.get("purpose", ""),
            case_number=request.POST.get("case_number") or None,
            arrest=request.POST.get("arrest", ""),
        )
        context = _answered(who, answer)
    except RequestMalformed:
        return page(request, who, "malformed", {}, 422)
    except NotPermitted as error:
        context = {"nothing": error.reference}
    context |= _needed(who, context, request.POST)
    return page(request, who, "record", context)


@seen_by("signed-in")
@require_safe
def receipt(request: HttpRequest, disclosure: UUID) -> HttpResponse:
    """The receipt of the person's own request, once a checkpoint covers it."""
    who = Who.of(request)
    text = queries.receipt_of(disclosure, asker=who.asker.user_id).text
    if text is None:
        waiting = page(request, who, "receipt_waiting", {"disclosure": disclosure}, 202)
        waiting["Retry-After"] = "1"
        return waiting
    events.record("fetch-receipt", by=who.user.id, about={"disclosure": str(disclosure)})
    response = HttpResponse(text, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{disclosure}.tlog-proof"'
    return response


def _needed(who: Who, shown: Mapping[str, object], asked: Mapping[str, Any]) -> dict[str, object]:
    """Where nothing is shown: what the agreement requires that the agency itself has not provided."""
    if "nothing" not in shown:
        return {}
    purpose, number = asked.get("purpose") or "", asked.get("case_number") or ""
    return {"needs": casework.needs(who, purpose=purpose, case_number=number)}


def _answered(who: Who, answer: actions.Answer) -> dict[str, object]:
    """What an answer adds to a page. An answer without results looks like a refusal. The owners' people are led on to
    the room in which they work on an arrest."""
    body = answer.body
    found = shapes(body)
    if not found:
        return {"nothing": str(answer.disclosure)}
    as_of = instant(body["as_of"])
    return {
        "shapes": found,
        "body": body,
        "disclosure": str(answer.disclosure),
        "as_of": local(as_of) if as_of else "",
        "case_number": None,
        "room": rooms.of_case(who.user.role) if who.user.agency.office else "",
        "room_words": rooms.words_of_case(who.user.role),
    }
