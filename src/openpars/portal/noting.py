"""Each request is a visit: events within it say through which door it came and from where, and what was noted meanwhile
is written down when it is over (agencies.events)."""

import ipaddress
from collections.abc import Callable

from django.conf import settings
from django.db import Error
from django.http import HttpRequest, HttpResponse

from openpars.agencies import events
from openpars.engine import faults


class EventsNoted:
    """Middleware: opens the visit of a request, and closes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, then write down what was noted. Where that cannot be, what was refused stays refused and
        who left has left: the operator is told."""
        door = "api" if request.path.startswith("/api/") else "pages"
        with events.visit(door, _source(request)) as visit:
            response = self.get_response(request)
        try:
            events.write_noted(visit)
        except Error as error:
            faults.note(error)
        return response


def _source(request: HttpRequest) -> str | None:
    """The address of whoever asks, which from here on is also what the lockout counts by: as the server sees it or,
    where the proxy in front is said to state it, as that one saw it."""
    if settings.FORWARDED:
        stated = request.headers.get("X-Forwarded-For", "")
        request.META["REMOTE_ADDR"] = source_of("", stated) or request.META.get("REMOTE_ADDR", "")
    return source_of(request.META.get("REMOTE_ADDR", ""))


def source_of(peer: str, forwarded: str = "") -> str | None:
    """The network address of whoever asks: the last that the proxy in front has `forwarded`, where one is said to state
    it (those before it are what the proxy was told), else the connection's `peer`; None where that is no address."""
    stated = _address(forwarded.rpartition(",")[2]) if settings.FORWARDED else None
    return stated or _address(peer)


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None
