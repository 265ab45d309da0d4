"""Handing over a printed paper: a disclosure like every look, one paper at a time."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.agencies import events
from openpars.disclosure import actions
from openpars.errors import NotFound
from openpars.portal.audience import seen_by
from openpars.portal.cases import case_number_of, purpose_of
from openpars.portal.refusing import refusals
from openpars.portal.who import Who


@seen_by("desks")
@never_cache
@require_safe
@refusals
def download(request: HttpRequest, arrest: UUID, paper: UUID) -> HttpResponse:
    """The PDF. A paper that is not there and one that the charter does not show are the same: not found."""
    who = Who.of(request)
    answer, pdf = actions.open_paper(
        asker=who.asker,
        purpose=purpose_of(who),
        case_number=case_number_of(who, arrest),
        arrest=arrest,
        paper=paper,
    )
    if pdf is None:
        raise NotFound("no such paper")
    about = {"paper": str(paper), "disclosure": str(answer.disclosure)}
    events.record("download-paper", by=who.user.id, about=about)
    response = HttpResponse(pdf, content_type="application/pdf")
    # Named by its reference: a file's name travels further than the file.
    response["Content-Disposition"] = f'attachment; filename="paper-{paper}.pdf"'
    return response


urls = [path("papers/<uuid:arrest>/<uuid:paper>/", download, name="paper")]
