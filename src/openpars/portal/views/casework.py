"""The rooms of an outside agency's cases and approvals (specs/cases.md): registered, added to, closed; asked for,
approved, withdrawn."""

from collections.abc import Callable
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from openpars import clock
from openpars.disclosure import approvals, cases
from openpars.disclosure.rules import subjects
from openpars.errors import BadInput, Conflict
from openpars.portal import casework
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page

DONE = {
    "opened": "The case is registered. A request that names its number, to the letter, is in it.",
    "added": "The case is about them too, from now on. Whether anybody of them is in the records, nobody is told.",
    "closed": "The case is closed. Whom it was about is forgotten, and subscriptions that followed it have stopped.",
    "asked": "Your supervisors see it now. It waits for seven days.",
    "approved": "Approved.",
    "withdrawn": "Withdrawn: it does not count any more.",
}
"""What was done, in words."""
LABELS = {
    "case_number": "The case number",
    "purpose": "The purpose",
    "hours": "The hours",
    "reason": "The reason",
}
"""The fields as the forms name them."""


@seen_by("outside")
@never_cache
@require_safe
def our_cases(request: HttpRequest) -> HttpResponse:
    """The agency's cases, and a form to register one."""
    return _cases(request, {})


@seen_by("outside")
@never_cache
@require_safe
def our_approvals(request: HttpRequest) -> HttpResponse:
    """What this person asked for; to a supervisor, what waits for one."""
    return _approvals(request, {})


@seen_by("outside")
@never_cache
@sensitive_post_parameters()
@require_POST
def open_case(request: HttpRequest) -> HttpResponse:
    """Register a case."""
    typed = {name: request.POST.get(name, "") for name in ("case_number", "subjects")}

    def act(by: UUID) -> None:
        cases.open_case(
            number=typed["case_number"], subjects=_lines(typed["subjects"]), by=by, at=clock.now()
        )

    return _done(request, act, "opened", _cases, {"typed": typed})


@seen_by("outside")
@never_cache
@sensitive_post_parameters()
@require_POST
def add_subjects(request: HttpRequest, case: UUID) -> HttpResponse:
    """Name more people whom a case is about."""
    typed = request.POST.get("subjects", "")

    def act(by: UUID) -> None:
        cases.add_subjects(case=case, subjects=_lines(typed), by=by, at=clock.now())

    return _done(request, act, "added", _cases, {"adding": case, "added": typed})


@seen_by("outside")
@never_cache
@require_POST
def close_case(request: HttpRequest, case: UUID) -> HttpResponse:
    """Close a case for good."""
    return _done(request, lambda by: cases.close_case(case=case, by=by, at=clock.now()), "closed", _cases, {})


@seen_by("outside")
@never_cache
@sensitive_post_parameters()
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask the supervisors for approval."""
    typed = {name: request.POST.get(name, "") for name in ("case_number", "purpose")}
    return _done(
        request,
        lambda by: approvals.ask(**typed, by=by, at=clock.now()),
        "asked",
        _approvals,
        {"typed": typed},
    )


@seen_by("outside")
@never_cache
@sensitive_post_parameters()
@require_POST
def approve(request: HttpRequest, approval: UUID) -> HttpResponse:
    """Approve what somebody else asked for."""
    hours, reason = request.POST.get("hours", ""), request.POST.get("reason", "")

    def act(by: UUID) -> None:
        whole = int(hours) if hours.isascii() and hours.isdigit() and len(hours) < 6 else 0
        approvals.approve(approval=approval, hours=whole, reason=reason, by=by, at=clock.now())

    kept = {"answering": approval, "hours": hours, "reason": reason}
    return _done(request, act, "approved", _approvals, kept)


@seen_by("outside")
@never_cache
@require_POST
def withdraw(request: HttpRequest, approval: UUID) -> HttpResponse:
    """Withdraw what was asked for or approved."""
    return _done(
        request,
        lambda by: approvals.withdraw(approval=approval, by=by, at=clock.now()),
        "withdrawn",
        _approvals,
        {},
    )


def _lines(typed: str) -> list[subjects.Subject | None]:
    return [subjects.read(line) for line in typed.splitlines() if line.strip()]


Show = Callable[[HttpRequest, dict[str, object], int], HttpResponse]


def _done(
    request: HttpRequest, act: Callable[[UUID], object], done: str, show: Show, kept: dict[str, object]
) -> HttpResponse:
    """Do it and lead back to the page, which says so; or the page with what is wrong, and what was typed."""
    try:
        act(Who.of(request).user.id)
    except BadInput as error:
        where = kept.get("adding") or kept.get("answering")
        problems = [
            (_field(problem.where, where), _label(problem.where), problem.what) for problem in error.problems
        ]
        return show(request, {"problems": problems, **kept}, 422)
    except Conflict as error:
        return show(request, {"problems": [("main", "", str(error))], **kept}, 409)
    room = "portal:cases" if show is _cases else "portal:approvals"
    return HttpResponseRedirect(f"{reverse(room)}?done={done}")


def _field(where: str, which: object) -> str:
    name = where.partition("[")[0]
    return f"{name}-{which}" if which else name


def _label(where: str) -> str:
    name, _, place = where.partition("[")
    if name == "subjects":
        return f"Line {place.rstrip(']')} of the people" if place else "The people of the case"
    return LABELS.get(name, name)


def _cases(request: HttpRequest, more: dict[str, object], status: int = 200) -> HttpResponse:
    who = Who.of(request)
    return page(request, who, "casework/cases", casework.found_cases(who) | _said(request) | more, status)


def _approvals(request: HttpRequest, more: dict[str, object], status: int = 200) -> HttpResponse:
    who = Who.of(request)
    shown = casework.found_approvals(who) | _said(request) | more
    return page(request, who, "casework/approvals", shown, status)


def _said(request: HttpRequest) -> dict[str, object]:
    return {"done": DONE.get(request.GET.get("done", ""), "")}


urls = [
    path("agency/cases/", our_cases, name="cases"),
    path("agency/cases/open/", open_case, name="case-open"),
    path("agency/cases/<uuid:case>/subjects/", add_subjects, name="case-subjects"),
    path("agency/cases/<uuid:case>/close/", close_case, name="case-close"),
    path("agency/approvals/", our_approvals, name="approvals"),
    path("agency/approvals/ask/", ask, name="approval-ask"),
    path("agency/approvals/<uuid:approval>/approve/", approve, name="approval-approve"),
    path("agency/approvals/<uuid:approval>/withdraw/", withdraw, name="approval-withdraw"),
]
