"""The charging room: the queue in clock order, and one case, decided line by line."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from openpars import clock
from openpars.disclosure import actions as disclosures
from openpars.errors import BadInput, Conflict, NotEmpowered, NotPermitted
from openpars.portal import charging, drafts, live, papers, prisoners, youth
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case, purpose_of
from openpars.portal.charging_desk import ACTS, DONE, Desk
from openpars.portal.charging_form import ALL, NEW, Form, Seen
from openpars.portal.refusing import refusals
from openpars.portal.showing import full_name, local, words
from openpars.portal.who import Who, page
from openpars.records.rules.grades import GRADES
from openpars.records.rules.lifecycle import Charging

ROLES = ("charging ADA", "DA supervisor")


@seen_by(*ROLES)
@never_cache
@require_safe
def queue(request: HttpRequest) -> HttpResponse:
    """Whose charges wait, longest clock first. Showing it is a disclosure."""
    who = Who.of(request)
    return live.whole(request, who, "charging/queue", _rows(request, who))


@seen_by(*ROLES)
@never_cache
@require_safe
def rows(request: HttpRequest) -> HttpResponse:
    """The queue's rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "charging/_rows", lambda who, only: _rows(request, who, only))


def _rows(request: HttpRequest, who: Who, only: Sequence[str] | None = None) -> dict[str, object]:
    context: dict[str, object] = {
        "rows_url": reverse("portal:charging-rows"),
        "rows_template": "portal/charging/_rows.html",
        "stage": request.GET.get("stage", "")[:40],
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
    }
    try:
        answer = _listed(who, only)
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    waiting = charging.queue(answer.body)
    return {**context, "queue": waiting, "as_of": waiting.as_of, "disclosure": str(answer.disclosure)}


@seen_by(*ROLES)
@never_cache
@require_safe
@refusals
def filed(request: HttpRequest) -> HttpResponse:
    """The cases whose charges were filed lately: to withdraw, or to print. Showing them is a disclosure."""
    who = Who.of(request)
    answer = disclosures.list_arrests(asker=who.asker, listing="filed", purpose=purpose_of(who))
    context = {
        "rows": charging.filed_lately(answer.body),
        "as_of": words(answer.body["as_of"])[0],
        "disclosure": str(answer.disclosure),
    }
    return page(request, who, "charging/filed", context)


@seen_by(*ROLES)
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def case(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One case; a POST does one act on it, which either is done or is refused with the reason where it is."""
    who = Who.of(request)
    slip = drafts.slip(request, who, "charging", arrest, mine=request.method == "POST")
    if slip.clashes:
        return drafts.clash(request, who, slip)
    desk = _desk(who, arrest, slip)
    desk.form = desk.form.typed(slip.values(request))
    if request.method != "POST":
        return _shown(request, desk)
    desk.seen = Seen.opened(request.POST.get("seen", ""), arrest)
    act, _, key = request.POST.get("act", "").partition(":")
    if act == "preview" or act not in ACTS:
        desk.form.charges(desk.lines)
        return _shown(request, desk, 422 if desk.form.errors else 200)
    return _done(request, desk, act, key)


def _done(request: HttpRequest, desk: Desk, act: str, key: str) -> HttpResponse:
    """Do the act and go on, or show the case again with what stood in the way."""
    status = 422
    try:
        with desk.slip.goes_with(desk.who, clock.now()):
            ACTS[act](desk, key)
            desk.keep_unsent(act)
    except BadInput as error:
        desk.form.take(error, key)
    except Conflict as error:
        status, refused = 409, str(error)
        # The other desk may have acted after this page was opened: look again, and show what is different.
        desk.case = open_case(desk.who, desk.case.arrest, desk.case.case_number)
        now = charging.snapshot(desk.case.record)
        changes = charging.difference(desk.seen.said, now) if desk.seen else ()
        desk.told = {"refused": refused[:1].upper() + refused[1:], "changes": changes}
    except NotEmpowered as error:
        status, desk.told = 403, {"refused": str(error)}
    else:
        return _after(request, desk, act)
    return _shown(request, desk, status)


def _after(request: HttpRequest, desk: Desk, act: str) -> HttpResponse:
    """What follows an act that was done. A filed case is opened anew; else what is typed stays: it is not sent yet."""
    if act == "file":
        return redirect("portal:charging-case", arrest=desk.case.arrest)
    left = desk.form.unsent()
    arrest = desk.case.arrest
    desk = _desk(desk.who, arrest, drafts.slip(request, desk.who, "charging", arrest, mine=False))
    desk.form = desk.form.typed(left)
    desk.told = {"done": DONE[act]}
    return _shown(request, desk)


def _listed(who: Who, only: Sequence[str] | None = None) -> disclosures.Answer:
    return disclosures.list_arrests(asker=who.asker, listing="charging", purpose=purpose_of(who), only=only)


def _desk(who: Who, arrest: UUID, slip: drafts.Slip) -> Desk:
    """The case, and the queue that it stands in: from there its case number is known."""
    waiting = charging.queue(_listed(who).body)
    number = next((row.case_number for row in waiting.rows if row.prisoner.arrest == str(arrest)), "")
    opened = open_case(who, arrest, number)
    record = opened.record
    seen = Seen(int(record["version"]), charging.snapshot(record))
    form = Form.blank(charging.lines(record), str(record.get("narrative") or ""))
    return Desk(who, opened, waiting, form, slip, seen)


def _shown(request: HttpRequest, desk: Desk, status: int = 200) -> HttpResponse:
    record, body = desk.case.record, desk.case.answer.body
    errors = dict(desk.form.errors)
    preview = desk.complaint()
    # What is only not typed yet is no error of this page.
    desk.form.errors = errors
    seen = Seen(int(record["version"]), charging.snapshot(record))
    context = {
        "arrest": str(desk.case.arrest),
        "name": full_name(record) or "Name not shown",
        "record": record,
        "row": charging.clock(record, body["as_of"]),
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
        "queue": desk.queue,
        "state": charging.STATES[Charging(str(record["charging_state"]))],
        "facts": charging.facts(record),
        "grounds": youth.grounds(record),
        "charged_as_adult": youth.ground_words(record),
        "ground": desk.form.field("ground"),
        "lines": [(line, desk.form.line(line.key)) for line in desk.lines],
        "another": desk.form.line(NEW),
        "all": desk.form.field(f"reason-{ALL}"),
        "pending": sum(line.state == "pending" for line in desk.lines),
        "basis": desk.form.field("facts"),
        "question": desk.form.field("question"),
        "to_file": any(line.to_file for line in desk.lines) or not papers.filed(record),
        "form": desk.form,
        "slip": desk.slip,
        "seen": seen.sealed(desk.case.arrest),
        "questions": charging.questions(record),
        "papers": papers.kept(record),
        "preview": preview,
        "filed": bool(papers.filed(record)),
        "grades": GRADES,
        "body": body,
        "disclosure": str(desk.case.answer.disclosure),
        "as_of": local(prisoners.board(body).as_of),
        **desk.told,
    }
    return page(request, desk.who, "charging/case", context, status)


urls = [
    path("charging/", queue, name="charging"),
    path("charging/rows/", rows, name="charging-rows"),
    path("charging/filed/", filed, name="charging-filed"),
    path("charging/<uuid:arrest>/", case, name="charging-case"),
]
