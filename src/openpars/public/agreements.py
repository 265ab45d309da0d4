"""The register: every agreement under which records are read, for everyone; and a page for each version."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from openpars.agreements import proposals, queries
from openpars.agreements.rules import printing
from openpars.public import register as reading

A_MINUTE = cache_control(public=True, max_age=60)
"""An end shows here within a minute; it holds at once."""


@A_MINUTE
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every agreement in one table, and what is put to the owners."""
    at = proposals.now()
    listed = reading.listing(at=at)
    context = {
        "at": at,
        "standing": [one for one in listed if not one.is_over],
        "over": [one for one in listed if one.is_over],
        "in_force": sum(one.state == "in force" for one in listed),
        "waiting": reading.waiting(at=at),
    }
    return render(request, "public/agreements.html", context)


@A_MINUTE
@require_safe
def agreement(request: HttpRequest, number: int) -> HttpResponse:
    """One version: what it gives, how it came about, what became of it. Raises NotFound."""
    at = proposals.now()
    listed = reading.version(number, at=at)
    before = queries.before(number)
    led = proposals.led_to(number, at=at)
    identifier = listed.held.identifier
    context = {
        "listed": listed,
        "sections": printing.sections(listed.agreement, queries.plain_text(number)),
        "put": reading.put(led, at=at) if led is not None else None,
        "life": queries.changes(number),
        "certificate": queries.certificate(number),
        "letters": reading.told(number),
        "before": before,
        "changes": reading.changes(queries.agreement(before.number), listed.agreement) if before else (),
        "others": [one for one in reading.versions(identifier, at=at) if one.held.number != number],
        "put_since": [
            one for one in reading.about(identifier, at=at) if led is None or one.held.id != led.id
        ],
    }
    return render(request, "public/agreement.html", context)


@A_MINUTE
@require_safe
def text(request: HttpRequest, number: int) -> HttpResponse:
    """The very text that the database enforces; its SHA-256 is in the log. Raises NotFound."""
    held = queries.version(number)
    return as_text(queries.text_of(number), f"{held.identifier}-{held.version}")


@A_MINUTE
@require_safe
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """The same in plain words, as a PDF. Raises NotFound."""
    held = queries.version(number)
    made = reading.paper(queries.agreement(number), queries.plain_text(number), held.enforced_at)
    return as_paper(made, f"{held.identifier}-{held.version}")


def as_text(words: str, name: str) -> HttpResponse:
    """A text as a file."""
    response = HttpResponse(words, content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.toml"'
    return response


def as_paper(made: bytes, name: str) -> HttpResponse:
    """A paper, to be read in the browser."""
    response = HttpResponse(made, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response
