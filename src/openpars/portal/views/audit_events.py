"""The auditor's other room: the events at the doors and at the console (who came in, who was refused, who
printed, whose privileges changed), one of them in full, and what is found taken out with its proofs. Each is a look
with an entry."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from openpars import clock
from openpars.agencies import queries as agencies
from openpars.agencies.rules.event import KINDS
from openpars.disclosure import auditing_events
from openpars.disclosure.auditing_events import EventCriteria, FoundEvent
from openpars.errors import NotEmpowered, NotFound
from openpars.portal.audience import seen_by
from openpars.portal.showing import to_the_hundredth
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page

OUTCOMES = {"done": "done", "refused": "refused"}
DOORS = {"api": "API", "console": "console", "pages": "pages"}
CONSOLE = "console"
_FIELDS = ("who", "agency", "kind", "outcome", "since", "until", "arrest", "before", "event")
_ABOUT = {
    "applied": "Migrations",
    "arrest": "Arrest",
    "at": "When, by whoever did it",
    "code": "One-time code that begins with",
    "count": "How many",
    "disclosure": "Disclosure",
    "events": "How many",
    "key": "Key of the log",
    "letter": "Letter",
    "notice": "Notice",
    "order": "Court order",
    "page": "Page",
    "paper": "Paper",
    "reason": "Why",
    "subject": "Whom or what",
    "trace": "Trace",
    "verb": "Verb",
}
"""The members of what an event is about, in words; one that is not here is shown by its name."""


@seen_by("auditor")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def events(request: HttpRequest) -> HttpResponse:
    """The form, and what was found. A search is posted: whom it is about stands in no address."""
    who, typed = Who.of(request), Typed({name: request.POST.get(name, "") for name in _FIELDS})
    if request.method != "POST":
        return _page(request, who, typed, {})
    criteria = _criteria(typed)
    if typed.problems:
        return _page(request, who, typed, {"problems": typed.problems}, 422)
    by, at = who.user.id, clock.now()
    try:
        if request.POST.get("take"):
            packed = auditing_events.export_events(criteria=criteria, by=by, at=at)
            response = HttpResponse(packed, content_type="application/zip")
            response["Content-Disposition"] = 'attachment; filename="events.zip"'
            return response
        found = auditing_events.audit_events(criteria=criteria, by=by, at=at)
    except NotFound:
        return _page(request, who, typed, {"problems": {"arrest": "No record has this reference"}}, 422)
    except NotEmpowered as error:
        return _page(request, who, typed, {"conflict": str(error)}, 403)
    context = {
        "rows": [_row(one) for one in found.rows],
        "next": str(found.rows[-1].view.event) if found.more else "",
        "disclosure": str(found.disclosure),
    }
    return _page(request, who, typed, context)


@seen_by("auditor")
@never_cache
@require_POST
def event(request: HttpRequest, event: UUID) -> HttpResponse:
    """One event in full: what it was about, and from where."""
    who = Who.of(request)
    try:
        found = auditing_events.audit_events(
            criteria=EventCriteria(event=event), by=who.user.id, at=clock.now()
        )
    except NotEmpowered as error:
        return _page(request, who, Typed({}), {"conflict": str(error)}, 403)
    if not found.rows:
        raise NotFound("no such event")
    (one,) = found.rows
    about = {_ABOUT.get(name, name): value for name, value in (one.view.about or {}).items()}
    context = {"row": _row(one), "about": about, "muted": one.view.salt is None and one.view.times == 1}
    return page(request, who, "account/event", context | {"disclosure": str(found.disclosure)})


def _page(
    request: HttpRequest, who: Who, typed: Typed, more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"typed": typed.values, "kinds": KINDS, "outcomes": OUTCOMES, "tab": "events"}
    return page(request, who, "account/events", context | more, status)


def _row(one: FoundEvent) -> dict[str, object]:
    """One event in words. `altered`: what is kept of it is not what its entry says."""
    view = one.view
    return {
        "event": view.event,
        "at": to_the_hundredth(view.at),
        "did": KINDS.get(view.kind, view.kind),
        "refused": view.outcome == "refused",
        "times": view.times,
        "person": one.person or view.by or "nobody who is known",
        "agency": f"{one.agency} ({view.agency_ori})" if view.agency_ori else "",
        "door": DOORS.get(view.door, view.door),
        "source": view.source or "",
        "index": view.index,
        "altered": not view.agrees,
    }


def _criteria(typed: Typed) -> EventCriteria:
    """What was typed, as criteria; problems are noted at their fields."""
    return EventCriteria(
        who=_somebody(typed),
        agency=typed.text("agency", limit=20).upper() or None,
        kind=_one_of(typed, "kind", KINDS),
        outcome=_one_of(typed, "outcome", OUTCOMES),
        since=_midnight(typed, "since", 0),
        until=_midnight(typed, "until", 1),
        arrest=_reference(typed, "arrest"),
        before=_reference(typed, "before"),
        event=_reference(typed, "event"),
    )


def _somebody(typed: Typed) -> str | None:
    name = typed.text("who", limit=200)
    if name in ("", CONSOLE):
        return name or None
    try:
        return str(agencies.user_named(name).id)
    except NotFound:
        typed.fault("who", "nobody of this username is enrolled")
        return None


def _one_of(typed: Typed, name: str, words: Mapping[str, str]) -> str | None:
    chosen = typed.text(name)
    if chosen and chosen not in words:
        typed.fault(name, "is not one of the list")
    return chosen or None


def _midnight(typed: Typed, name: str, after: int) -> datetime | None:
    """The begin of a day in the city, or of the day `after` it."""
    day = typed.day(name)
    try:
        begun = day + timedelta(days=after) if day else None
    except OverflowError:
        typed.fault(name, "must be a day of this age")
        begun = None
    return datetime.combine(begun, time(), timezone.get_default_timezone()) if begun else None


def _reference(typed: Typed, name: str) -> UUID | None:
    try:
        return UUID(typed.text(name)) if typed.text(name) else None
    except ValueError:
        typed.fault(name, "is not a reference")
        return None


urls = [
    path("audit/events/", events, name="audit-events"),
    path("audit/events/<uuid:event>/", event, name="audit-event"),
]
