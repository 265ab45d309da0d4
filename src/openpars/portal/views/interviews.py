"""Pretrial services: who is to be interviewed for bail, and the interview (Pa.R.Crim.P. 523)."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from openpars import clock
from openpars.portal import drafts, hearing, live
from openpars.portal.audience import seen_by
from openpars.portal.cases import Case, open_case
from openpars.portal.courtroom import LiveList, attempt, listed, shown, version_seen
from openpars.portal.refusing import refusals
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records import actions
from openpars.records.rules.bail import TYPES, BailKind, Recommendation
from openpars.records.rules.facts import InterviewFacts

LIST = LiveList(
    listing="interviews",
    rows="portal:interview-rows",
    room="portal:interview",
    words="to be interviewed",
    caption="People to be interviewed, longest held first",
    nobody="Nobody waits for an interview. Whoever is charged and held will stand here, longest held first.",
)


@seen_by("pretrial")
@never_cache
@require_safe
def interviews(request: HttpRequest) -> HttpResponse:
    """The list of people to be interviewed, longest held first."""
    who = Who.of(request)
    return live.whole(request, who, "court/interviews", listed(who, LIST))


@seen_by("pretrial")
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The list's rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "court/_list", lambda who, only: listed(who, LIST, only))


@seen_by("pretrial")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def interview(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One interview: the papers, and the form."""
    who = Who.of(request)
    case = open_case(who, arrest)
    slip = drafts.slip(request, who, "interview", arrest, mine=request.method == "POST")
    if slip.clashes:
        return drafts.clash(request, who, slip)
    typed = Typed(slip.values(request))
    context: dict[str, object] = {}
    if request.method == "POST":
        context = attempt(typed, lambda: _hold(typed, case, who, slip))
        if not context:
            return redirect("portal:interview", arrest)
    status = int(str(context.get("status", 200)))
    chosen = [(rule.kind, rule.words, typed.values.get("recommended") == rule.kind) for rule in TYPES]
    more = {"typed": typed, "kinds": chosen, "slip": slip}
    return page(request, who, "court/interview", {**shown(case), **more, **context}, status)


def _hold(typed: Typed, case: Case, who: Who, slip: drafts.Slip) -> None:
    learnt = InterviewFacts(
        residence=typed.needed("residence", "enter where the person lives, or that it is not known"),
        residence_verified=typed.checked("residence_verified"),
        ties=typed.text("ties"),
        employment=typed.text("employment"),
    )
    facts = hearing.lead_facts(
        case.record,
        missed=typed.number("missed_hearings"),
        open_cases=typed.number("open_cases"),
        violent_past=typed.checked("violent_past"),
    )
    recommended = typed.text("recommended")
    amount = typed.amount("recommended_amount")
    if recommended not in set(BailKind):
        typed.fault("recommended", "choose what you recommend")
    elif (amount is not None) != any(rule.amount for rule in TYPES if rule.kind == recommended):
        typed.fault(
            "recommended_amount", "must be given for a type that has an amount, and be empty for any other"
        )
    elif amount is not None and not 0 < amount < 10**9:
        typed.fault("recommended_amount", "must be more than 0 dollars")
    words = typed.text("recommended_words")
    if typed.problems:
        return
    at = clock.now()
    with slip.goes_with(who, at):
        actions.hold_interview(
            arrest=case.arrest,
            interview=learnt,
            recommendation=Recommendation(BailKind(recommended), amount, words),
            lead=facts,
            seen=version_seen(typed),
            by=who.user.id,
            at=at,
        )


urls = [
    path("interviews/", interviews, name="interviews"),
    path("interviews/rows/", rows, name="interview-rows"),
    path("interviews/<uuid:arrest>/", interview, name="interview"),
]
