"""Why an arraignment waits: noted and ended on a page of the arrest's own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.errors import BadInput, Conflict
from openpars.portal.audience import seen_by
from openpars.portal.cases import open_case
from openpars.portal.delays import DelayForm, waited
from openpars.portal.refusing import refusals
from openpars.portal.showing import full_name, instant
from openpars.portal.who import Who, page
from openpars.records import actions


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor", "clerk")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def delays(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """The delays of an arrest, and the form that notes another or ends one."""
    who = Who.of(request)
    form = DelayForm(request.POST if request.method == "POST" and "end" not in request.POST else None)
    conflict, status = "", 200
    if request.method == "POST":
        try:
            if _noted(request, who, arrest, form):
                return HttpResponseRedirect(reverse("portal:delays", args=[arrest]))
            status = 422
        except (Conflict, BadInput) as error:
            conflict, status = str(error), 409
    case = open_case(who, arrest)
    as_of = instant(case.answer.body["as_of"]) or who.at
    shown = {"arrest": arrest, "name": full_name(case.record) or "Name not shown", "conflict": conflict}
    return page(request, who, "delays", {**shown, "form": form, "waited": waited(case.record, as_of)}, status)


def _noted(request: HttpRequest, who: Who, arrest: UUID, form: DelayForm) -> bool:
    """Whether what was posted is noted; what is wrong with the form stands in it."""
    by, at = who.user.id, clock.now()
    if ended := request.POST.get("end"):
        try:
            which = UUID(ended)
        except ValueError:
            raise Conflict("there is no such delay") from None
        actions.note_delay(arrest=arrest, delay=which, ended_at=at, by=by, at=at)
        return True
    if not form.is_valid():
        return False
    try:
        actions.note_delay(arrest=arrest, delay=form.segment(), by=by, at=at)
    except BadInput as error:
        form.take(error.problems)
        return False
    return True


urls = [path("delays/<uuid:arrest>/", delays, name="delays")]
