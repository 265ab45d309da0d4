"""The records custodian's counter: a person's account of who was told of them, and the code that opens it at home; and
for counsel, who looked at the own client."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openpars import clock
from openpars.agencies import events
from openpars.agencies.queries import city_day
from openpars.disclosure import accounting, notices
from openpars.errors import NotEmpowered
from openpars.paper import Issue, Letter, Reference, render
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page
from openpars.public import mine

KEEPER = "records custodian"


@seen_by(KEEPER)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def counter(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """What can be made for the person of an arrest. Each button is a look with an entry, or hands out a code."""
    who = Who.of(request)
    wanted = request.POST.get("make", "")
    by, at = who.user.id, clock.now()
    try:
        if wanted == "paper":
            return mine.printed(request, accounting.account(arrest=arrest, by=by, at=at))
        if wanted == "proofs":
            return mine.filed(accounting.account(arrest=arrest, with_keys=True, by=by, at=at))
        if wanted == "code":
            return _code(request, accounting.issue_code(arrest=arrest, by=by, at=at), who)
        shown = mine.context(request, accounting.account(arrest=arrest, by=by, at=at)) if wanted else {}
    except NotEmpowered as error:
        return page(request, who, "account/counter", {"arrest": arrest, "conflict": str(error)}, 403)
    return page(request, who, "account/counter", {"arrest": arrest, "shown": bool(wanted), **shown})


def _code(request: HttpRequest, code: accounting.Code, who: Who) -> HttpResponse:
    """The code on paper, to be handed over at once: it is kept nowhere else."""
    here = timezone.localtime(clock.now())
    address = request.build_absolute_uri(reverse("mine"))
    expiry = mine.day((code.expires_at,))
    made = Letter(
        issue=Issue(
            office=who.user.agency.name, version=1, made_at=here, invented=bool(settings.DEMONSTRATION)
        ),
        to=("For the person who asked at the counter",),
        on=city_day(here),
        subject="Your code for the list of everybody who was told of you",
        references=(Reference(label="Address", number=address), Reference(label="Code", number=code.text)),
        paragraphs=(
            f"The code opens the list once, for half an hour, until {expiry}."
            " After five wrong tries it is worth nothing.",
            "Whoever has the code can read the list. Nobody else has it: the office keeps no copy, and gives you"
            " another one if you lose it.",
            "The list shows who was given your record, when, for what and by which rule; from it you can take a"
            " paper, and a file with which anybody can check that nobody was left out.",
        ),
        signed_by=("Records custodian",),
    )
    events.record("print-paper", by=who.user.id, about={"code": code.handle})
    response = HttpResponse(render(made), content_type="application/pdf")
    response["Content-Disposition"] = 'attachment; filename="code.pdf"'
    return response


@seen_by("defender")
@never_cache
@require_safe
def of_client(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Who looked at an own client. Somebody else's client is not found."""
    who = Who.of(request)
    try:
        found = accounting.account_client(arrest=arrest, by=who.user.id, at=clock.now())
    except NotEmpowered as error:
        return page(request, who, "account/client", {"arrest": arrest, "conflict": str(error)}, 403)
    return page(request, who, "account/client", {"arrest": arrest, **mine.context(request, found)})


@seen_by(KEEPER)
@never_cache
@require_safe
def statement(request: HttpRequest, order: UUID) -> HttpResponse:
    """What can still be said after an order, as a letter (PDF) for whoever it was about, or for the court."""
    who, here = Who.of(request), timezone.localtime(clock.now())
    office = who.user.agency.name
    made = Letter(
        issue=Issue(office=office, version=1, made_at=here, invented=bool(settings.DEMONSTRATION)),
        to=("To whom it may concern",),
        on=city_day(here),
        subject="What can still be said",
        references=(Reference(label="Order", number=notices.order(order).number),),
        paragraphs=notices.statement(order),
        signed_by=("Records custodian",),
    )
    events.record("download-paper", by=who.user.id, about={"order": str(order)})
    response = HttpResponse(render(made), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="statement-{order}.pdf"'
    return response


urls = [
    path("custodian/orders/<uuid:order>/statement/", statement, name="order-statement"),
    path("custodian/<uuid:arrest>/account/", counter, name="counter"),
    path("clients/<uuid:arrest>/looks/", of_client, name="client-looks"),
]
