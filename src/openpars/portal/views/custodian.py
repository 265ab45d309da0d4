"""The records custodian's room: correct, limit access, expunge, tell; and the notices as whoever is told sees them."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from openpars import clock
from openpars.agencies import events
from openpars.agencies import queries as agencies
from openpars.disclosure import actions, notices
from openpars.errors import BadInput, Conflict, NotEmpowered, NotFound, NotPermitted, OpenParsError
from openpars.paper import render
from openpars.portal import custodian
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case
from openpars.portal.showing import shapes
from openpars.portal.who import Who, page
from openpars.records import actions as records
from openpars.records.rules import days
from openpars.records.rules.orders import KINDS

KEEPER = "records custodian"
REPORTS_CASE = "18 Pa.C.S. 9113"
"""What the list of dispositions is asked for under: the duty to report, not one case."""

ORDERS = {**KINDS, "limited-access": "limit access to it (Clean Slate)"}


@seen_by(KEEPER)
@never_cache
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """Where to begin: dispositions that are due to the State Police, and who has not acknowledged a notice."""
    who = Who.of(request)
    context: dict[str, object] = {"notices": _named(notices.recent())}
    try:
        answer = actions.list_arrests(
            asker=who.asker, listing="reports", purpose=who.lists_for or "", case_number=REPORTS_CASE
        )
        due, rule = custodian.dues(answer.body)
        context |= {"reports": due, "rule": rule, "disclosure": str(answer.disclosure)}
    except (NotPermitted, BadInput):
        context["no_list"] = True
    return page(request, who, "custodian/room", context)


@seen_by(KEEPER)
@never_cache
@require_safe
def record(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """One record with its history, and what can be done to it. A look like every other: it is in the log."""
    return _record(request, arrest)


@seen_by(KEEPER)
@sensitive_post_parameters()
@require_POST
def correct(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Correct one value; what was there is kept, whoever was given it is told."""
    relation, _, rest = request.POST.get("column", "").partition(".")
    column, _, row = rest.partition(".")

    def act(who: Who) -> HttpResponse:
        report = custodian.as_report(open_case(who, arrest).record, charge=row)
        records.correct(
            arrest=arrest,
            relation=relation,
            column=column,
            report=report,
            value=request.POST.get("value", ""),
            why=request.POST.get("why", ""),
            seen=_whole(request.POST.get("seen", "")),
            charge=_uuid(row),
            disposition=_uuid(row),
            by=who.user.id,
            at=clock.now(),
        )
        return HttpResponseRedirect(reverse("portal:custodian-record", args=[arrest]))

    return _tried(request, arrest, "correct", act)


@seen_by(KEEPER)
@sensitive_post_parameters()
@require_POST
def order(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Enter an order. Limited access is carried out at once; an expungement waits for a second look."""

    def act(who: Who) -> HttpResponse:
        kind = request.POST.get("kind", "")
        told: dict[str, Any] = {
            "number": request.POST.get("number", ""),
            "court": request.POST.get("court", ""),
            "ordered_on": _day(request.POST.get("ordered_on", "")),
            "by": who.user.id,
            "at": clock.now(),
        }
        if kind == "limited-access":
            records.limit_access(arrests=[arrest], **told)
            return HttpResponseRedirect(reverse("portal:custodian-record", args=[arrest]))
        every = request.POST.get("reach") == "person"
        entered = records.enter_order(arrest=arrest, kind=kind, all_arrests=every, **told)
        return HttpResponseRedirect(reverse("portal:custodian-order", args=[entered]))

    return _tried(request, arrest, "order", act)


@seen_by(KEEPER)
@never_cache
@require_safe
def entered(request: HttpRequest, order: UUID) -> HttpResponse:
    """What an order covers and who was given it; once it is carried out, what can still be said."""
    return _order(request, order)


@seen_by(KEEPER)
@require_POST
def carry_out(request: HttpRequest, order: UUID) -> HttpResponse:
    """Carry the order out: its number is typed again, and there is no way back."""
    who = Who.of(request)
    number = request.POST.get("number", "")
    try:
        records.expunge(order=order, number=number, by=who.user.id, at=clock.now())
    except NotEmpowered as error:
        return _order(request, order, {"conflict": str(error)}, 403)
    except (BadInput, Conflict) as error:
        return _order(request, order, _problems(error) | {"number": number}, _status(error))
    return HttpResponseRedirect(reverse("portal:custodian-order", args=[order]))


@seen_by(KEEPER)
@require_POST
def report(request: HttpRequest, arrest: UUID, disposition: UUID) -> HttpResponse:
    """A disposition was reported to the State Police."""

    def act(who: Who) -> HttpResponse:
        records.report_disposition(disposition=disposition, by=who.user.id, at=clock.now())
        return HttpResponseRedirect(reverse("portal:custodian-record", args=[arrest]))

    return _tried(request, arrest, "report", act)


@seen_by("signed-in")
@never_cache
@require_safe
def told(request: HttpRequest) -> HttpResponse:
    """The notices to one's own agency; for the records custodian, those to all."""
    who = Who.of(request)
    found = notices.recent() if _keeps(who) else notices.to(who.asker.agency_ori)
    return page(request, who, "custodian/notices", {"notices": _named(found)})


@seen_by("signed-in")
@require_POST
def acknowledge(request: HttpRequest, notice: UUID) -> HttpResponse:
    """A notice arrived: said by the agency that was told, or by the custodian who holds its answer."""
    who = Who.of(request)
    try:
        notices.acknowledge(notice=notice, by=who.user.id, at=clock.now())
    except Conflict as error:
        found = notices.recent() if _keeps(who) else notices.to(who.asker.agency_ori)
        context = {"notices": _named(found), "conflict": str(error)}
        return page(request, who, "custodian/notices", context, 409)
    return HttpResponseRedirect(reverse("portal:notices"))


@seen_by("signed-in")
@never_cache
@require_safe
def letter(request: HttpRequest, notice: UUID) -> HttpResponse:
    """The notice as a letter (PDF), for the custodian and for the agency that it is to."""
    who = Who.of(request)
    found = notices.one(notice)
    if found is None or not (_keeps(who) or found.agency_ori == who.asker.agency_ori):
        raise NotFound("no such notice")
    made = custodian.letter(
        found,
        agency=agencies.agency(found.agency_ori).name,
        office="Records custodian",
        signed_by=("Records custodian",),
        invented=bool(settings.DEMONSTRATION),
    )
    events.record("download-paper", by=who.user.id, about={"notice": str(notice)})
    response = HttpResponse(render(made), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="notice-{notice}.pdf"'
    return response


def _record(
    request: HttpRequest, arrest: UUID, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    who = Who.of(request)
    try:
        case = open_case(who, arrest)
    except NotPermitted as error:
        return page(request, who, "record", {"nothing": error.reference}, 403)
    changed = custodian.changes(case.record)
    orders = notices.orders_of(arrest)
    told = notices.of(*(one.number for one in changed), *(one.id for one in orders))
    context = {
        "arrest": arrest,
        "shape": shapes(case.answer.body)[0],
        "seen": case.record.get("version", ""),
        "fields": custodian.fields(case.record),
        "changes": [(one, _named(n for n in told if n.reference == str(one.number))) for one in changed],
        "orders": orders,
        "kinds": ORDERS,
        "dispositions": case.record.get("disposition", ()),
        "disclosure": str(case.answer.disclosure),
        **(more or {}),
    }
    return page(request, who, "custodian/record", context, status)


def _order(
    request: HttpRequest, order: UUID, more: Mapping[str, object] | None = None, status: int = 200
) -> HttpResponse:
    found = notices.order(order)
    context = {
        "order": found,
        "kind": ORDERS[found.kind],
        "notices": _named(notices.of(order)),
        "statement": notices.statement(order) if found.carried_out_at else (),
        **(more or {}),
    }
    return page(request, Who.of(request), "custodian/order", context, status)


def _tried(request: HttpRequest, arrest: UUID, form: str, act: Any) -> HttpResponse:
    """Act, or show the record again with what was typed and what is wrong with it."""
    try:
        done: HttpResponse = act(Who.of(request))
    except NotEmpowered as error:
        return _record(request, arrest, {"conflict": str(error)}, 403)
    except (BadInput, Conflict) as error:
        return _record(
            request, arrest, _problems(error) | {"form": form, "typed": request.POST}, _status(error)
        )
    return done


def _problems(error: OpenParsError) -> dict[str, object]:
    """A problem stands at its field, by its name; what no field is the cause of stands above."""
    if isinstance(error, BadInput):
        return {"problems": {each.where: each.what[:1].upper() + each.what[1:] for each in error.problems}}
    return {"conflict": str(error)[:1].upper() + str(error)[1:]}


def _status(error: OpenParsError) -> int:
    return 422 if isinstance(error, BadInput) else 409


def _named(found: Any) -> list[tuple[notices.NoticeView, str, str]]:
    """Each notice with its agency's name, and what it is of."""
    return [(one, agencies.agency(one.agency_ori).name, custodian.KINDS[one.kind]) for one in found]


def _keeps(who: Who) -> bool:
    return who.user.role == KEEPER and who.asker.office == "police"


def _day(text: str) -> date:
    try:
        return days.written(text.strip())
    except ValueError:
        raise BadInput.one("ordered_on", "enter the day of the order as year-month-day") from None


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        return None


urls = [
    path("custodian/", room, name="custodian"),
    path("custodian/<uuid:arrest>/", record, name="custodian-record"),
    path("custodian/<uuid:arrest>/correct/", correct, name="custodian-correct"),
    path("custodian/<uuid:arrest>/order/", order, name="custodian-enter"),
    path("custodian/<uuid:arrest>/report/<uuid:disposition>/", report, name="custodian-report"),
    path("custodian/orders/<uuid:order>/", entered, name="custodian-order"),
    path("custodian/orders/<uuid:order>/carry-out/", carry_out, name="custodian-carry-out"),
    path("notices/", told, name="notices"),
    path("notices/<uuid:notice>/acknowledge/", acknowledge, name="notice-acknowledge"),
    path("notices/<uuid:notice>/letter/", letter, name="notice-letter"),
]
