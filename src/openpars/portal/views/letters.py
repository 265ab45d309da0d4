"""The letters that went to partners, and whether they arrived at their mail server; a partner sees its own."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.agencies import events
from openpars.agreements import letters
from openpars.agreements.rules.letters import KINDS
from openpars.errors import NotFound
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.who import Who, page

READERS = ("solicitor", "head of office", "auditor", "outside")


@seen_by(*READERS)
@never_cache
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Every letter, latest first."""
    who = Who.of(request)
    found = letters.listing(to_ori=_only(who))
    return page(
        request,
        who,
        "letters",
        {"letters": [(one, KINDS[one.kind], solicitor.name(one.to_ori)) for one in found]},
    )


@seen_by(*READERS)
@never_cache
@require_safe
def download(request: HttpRequest, letter: UUID) -> HttpResponse:
    """One letter as it was sent (PDF)."""
    who = Who.of(request)
    found = letters.letter(letter)
    if _only(who) not in (None, found.to_ori):
        raise NotFound("There is no such letter.")
    events.record("download-paper", by=who.user.id, about={"letter": str(letter)})
    response = HttpResponse(letters.pdf(letter), content_type="application/pdf")
    response["Content-Disposition"] = f'attachment; filename="letter-{letter}.pdf"'
    return response


def _only(who: Who) -> str | None:
    """The one agency whose letters a person sees; None: every agency's."""
    return None if who.user.agency.office is not None else who.user.agency.ori


urls = [
    path("letters/", listing, name="letters"),
    path("letters/<uuid:letter>/", download, name="letter"),
]
