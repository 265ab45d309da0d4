"""Lines of accounts that are put off: who has the authority places a delay, and can lift it before its day."""

from datetime import datetime, time, timedelta
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from openpars import clock
from openpars.disclosure import accounting
from openpars.errors import BadInput, Conflict, NotEmpowered
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page
from openpars.records.rules import days


@seen_by("records custodian", "head of office")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def delayed(request: HttpRequest) -> HttpResponse:
    """The delays that the office has placed, and the form for another."""
    who, status, context = Who.of(request), 200, dict[str, object]()
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in ("agency", "case_number", "authority", "until")}
        context = {"typed": typed}
        try:
            _, lines = accounting.delay_line(
                agency_ori=typed["agency"],
                case_number=typed["case_number"],
                authority=typed["authority"],
                # A day that cannot be read is none to come: then each other field is looked at too.
                until=_end_of(typed["until"]) or clock.now(),
                by=who.user.id,
                at=clock.now(),
            )
        except BadInput as error:
            problems = {each.where: each.what[:1].upper() + each.what[1:] for each in error.problems}
            if _end_of(typed["until"]) is None:
                problems["until"] = "Enter the last day as year-month-day"
            context["problems"], status = problems, 422
        except (Conflict, NotEmpowered) as error:
            context["conflict"], status = str(error), 403
        else:
            return HttpResponseRedirect(f"{reverse('portal:delayed-lines')}?placed={lines}")
    placed = request.GET.get("placed", "")
    context |= {"delays": accounting.delays(of=who.user.id), "now": clock.now()}
    return page(
        request, who, "account/delayed", context | {"placed": placed if placed.isdecimal() else ""}, status
    )


@seen_by("records custodian", "head of office")
@require_POST
def lift(request: HttpRequest, delay: UUID) -> HttpResponse:
    """End a delay now: its lines are shown from this moment."""
    who = Who.of(request)
    try:
        accounting.lift_delay(delay=delay, by=who.user.id, at=clock.now())
    except (Conflict, NotEmpowered) as error:
        context = {"conflict": str(error), "delays": accounting.delays(of=who.user.id), "now": clock.now()}
        return page(request, who, "account/delayed", context, 409)
    return HttpResponseRedirect(reverse("portal:delayed-lines"))


def _end_of(text: str) -> datetime | None:
    """The end of a day in the city; None where the text is no day."""
    try:
        last = days.written(text.strip()) + timedelta(days=1)
        return datetime.combine(last, time(), timezone.get_default_timezone())
    except (ValueError, OverflowError):
        return None


urls = [
    path("delayed-lines/", delayed, name="delayed-lines"),
    path("delayed-lines/<uuid:delay>/lift/", lift, name="delayed-lift"),
]
