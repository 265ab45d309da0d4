"""The auditor's room: the log of looks, searched by person, officer, agency, purpose, case, time or outcome, one entry
in full, and what is found taken out with its proofs. Each is a look with an entry of its own."""

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
from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.disclosure import auditing
from openpars.disclosure.auditing import Criteria
from openpars.disclosure.rules.lines import data_words
from openpars.errors import BadInput, NotEmpowered, NotFound, Problem
from openpars.portal.audience import seen_by
from openpars.portal.showing import local
from openpars.portal.who import Who, page
from openpars.records.rules import days

OUTCOMES = {"permit": "given", "deny": "refused"}
KINDS = {
    "search": "searched",
    "open": "opened",
    "list": "listed",
    "event": "sent by a feed",
    "account": "account at the counter",
    "client": "account for counsel",
    "own": "the person's own look",
    "audit": "an auditor's look",
}
REASONS = {
    "no-agreement": "no agreement with the agency, or no permit for the role",
    "purpose-prohibited": "the purpose is prohibited",
    "shape-prohibited": "this way of asking is prohibited",
    "element-prohibited": "an element that was asked for is prohibited",
    "purpose-not-permitted": "the purpose is not permitted",
    "lists-not-permitted": "lists are not permitted",
    "key-not-permitted": "may not be asked for in this way",
    "keys-missing": "something to ask by was missing",
    "case-number-missing": "no case number",
    "tolerance-too-wide": "the dates asked for were too wide",
    "element-not-permitted": "an element that was asked for is not permitted",
    "not-in-force": "the agreement was not in force",
    "no-standing": "the person had no standing",
    "limit-reached": "the day's limit was used up",
}
"""Reasons of refusals in words; one that is not here is shown as its code."""
_FIELDS = (
    "person",
    "officer",
    "agency",
    "purpose",
    "about_case",
    "outcome",
    "kind",
    "since",
    "until",
    "before",
    "entry",
)


@seen_by("auditor")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def audit(request: HttpRequest) -> HttpResponse:
    """The form, and what was found. A search is posted: what is searched for stands in no address."""
    who = Who.of(request)
    typed = {name: request.POST.get(name, "").strip() for name in _FIELDS}
    if request.method != "POST":
        typed["person"] = request.GET.get("person", "")
        return _page(request, who, typed, {})
    try:
        criteria = _criteria(typed)
        if request.POST.get("take"):
            packed = auditing.export(criteria=criteria, by=who.user.id, at=clock.now())
            response = HttpResponse(packed, content_type="application/zip")
            response["Content-Disposition"] = 'attachment; filename="looks.zip"'
            return response
        found = auditing.audit(criteria=criteria, by=who.user.id, at=clock.now())
    except BadInput as error:
        problems = {each.where: each.what[:1].upper() + each.what[1:] for each in error.problems}
        return _page(request, who, typed, {"problems": problems}, 422)
    except NotFound:
        return _page(request, who, typed, {"problems": {"person": "No record has this reference"}}, 422)
    except NotEmpowered as error:
        return _page(request, who, typed, {"conflict": str(error)}, 403)
    context = {
        "rows": [_row(one) for one in found.rows],
        "next": str(found.rows[-1].disclosure) if found.more else "",
        "disclosure": str(found.disclosure),
    }
    return _page(request, who, typed, context)


@seen_by("auditor")
@never_cache
@require_POST
def entry(request: HttpRequest, disclosure: UUID) -> HttpResponse:
    """One look or refusal in full: what was asked, in the asker's words."""
    who = Who.of(request)
    criteria = Criteria(entry=disclosure)
    try:
        found = auditing.audit(criteria=criteria, by=who.user.id, at=clock.now())
    except NotEmpowered as error:
        return _page(request, who, {}, {"conflict": str(error)}, 403)
    if not found.rows:
        raise NotFound("no such disclosure")
    (one,) = found.rows
    asked = {
        name.replace("_", " "): value
        for name, value in (one.asked or {}).items()
        if value not in (None, "", 0)
    }
    context = {"row": _row(one), "asked": asked, "muted": one.asked is None, "data": data_words(one.elements)}
    return page(request, who, "account/entry", context | {"disclosure": str(found.disclosure)})


def _page(
    request: HttpRequest, who: Who, typed: dict[str, str], more: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {"typed": typed, "purposes": PURPOSES, "outcomes": OUTCOMES, "kinds": KINDS, "tab": "looks"}
    return page(request, who, "account/audit", context | more, status)


def _row(one: auditing.Found) -> dict[str, object]:
    """One row in words."""
    return {
        "disclosure": one.disclosure,
        "at": local(one.at),
        "who": one.officer,
        "agency": f"{one.agency} ({one.agency_ori})",
        "kind": KINDS.get(one.kind, one.kind),
        "outcome": OUTCOMES.get(one.outcome, one.outcome),
        "reason": REASONS.get(one.reason, one.reason),
        "purpose": PURPOSES.get(one.purpose, one.purpose),
        "case_number": one.case_number or "",
        "clause": f"clause {one.clause}" + (f" of {one.title}" if one.title else "") if one.clause else "",
        "records": one.records,
        "index": one.index,
        "delayed": bool(one.delayed_until),
    }


def _criteria(typed: dict[str, str]) -> Criteria:
    """What was typed, as criteria. Raises BadInput at its fields."""
    problems: list[Problem] = []
    officer = None
    if typed["officer"]:
        try:
            officer = agencies.user_named(typed["officer"]).id
        except NotFound:
            problems.append(Problem("officer", "nobody of this username is enrolled"))
    given = Criteria(
        arrest=_uuid(typed, "person", problems),
        officer=officer,
        agency=typed["agency"].upper() or None,
        purpose=typed["purpose"] or None,
        about_case=typed["about_case"] or None,
        outcome=typed["outcome"] or None,
        kind=typed["kind"] or None,
        since=_day(typed, "since", problems, 0),
        until=_day(typed, "until", problems, 1),
        before=_uuid(typed, "before", problems),
        entry=_uuid(typed, "entry", problems),
    )
    if problems:
        raise BadInput(problems)
    return given


def _uuid(typed: dict[str, str], name: str, problems: list[Problem]) -> UUID | None:
    try:
        return UUID(typed[name]) if typed[name] else None
    except ValueError:
        problems.append(Problem(name, "is not a reference: search for the person first"))
        return None


def _day(typed: dict[str, str], name: str, problems: list[Problem], after: int) -> datetime | None:
    """The begin of a day in the city, or of the day `after` it."""
    try:
        if not typed[name]:
            return None
        begun = days.written(typed[name]) + timedelta(days=after)
        return datetime.combine(begun, time(), timezone.get_default_timezone())
    except (ValueError, OverflowError):
        problems.append(Problem(name, "enter a day as year-month-day"))
        return None


urls = [
    path("audit/", audit, name="audit"),
    path("audit/<uuid:disclosure>/", entry, name="audit-entry"),
]
