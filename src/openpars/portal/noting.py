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
        # The last one is the proxy's own word; those before it are what it was told.
        stated = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        request.META["REMOTE_ADDR"] = _address(stated) or request.META.get("REMOTE_ADDR", "")
    return _address(request.META.get("REMOTE_ADDR", ""))


def _address(text: str) -> str | None:
    try:
        return str(ipaddress.ip_address(text.strip()))
    except ValueError:
        return None
