"""The statute box: the offenses that somebody may mean who has typed this much of a number or of words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

from openpars.portal.audience import seen_by
from openpars.records.rules import statutes


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor")
@require_safe
def offenses(request: HttpRequest) -> HttpResponse:
    """Rows to choose from, at most eight."""
    return render(
        request, "portal/_offenses.html", {"found": statutes.find(request.GET.get("q", "")[:80], limit=8)}
    )


urls = [path("offenses/", offenses, name="offenses")]
