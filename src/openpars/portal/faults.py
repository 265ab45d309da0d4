"""An exception that no view expected becomes a page with a reference, and never a traceback."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from openpars.engine import faults
from openpars.errors import DatabaseUnavailable, NotFound

OUT_OF_REACH = (DatabaseUnavailable, OperationalError, InterfaceError)


class FaultsNamed:
    """Middleware: what broke is noted for the operator; the person gets its reference."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The page for what broke; None leaves Django's own answers (404, 403, 400) alone, and the API's."""
        if isinstance(error, NotFound):
            return render(request, "404.html", status=404)
        if request.path.startswith("/api/"):
            return None
        if isinstance(error, Http404 | PermissionDenied | SuspiciousOperation):
            return None
        return broken(request, error)


def broken(request: HttpRequest, error: Exception) -> HttpResponse:
    """The page that says that something broke, and that nothing was released."""
    status = 503 if isinstance(error, OUT_OF_REACH) else 500
    context = {"reference": faults.note(error), "out_of_reach": status == 503}
    # Without the request: its user would be read from a database that may be gone.
    response = render(None, "portal/fault.html", context, status=status)
    if status == 503:
        response["Retry-After"] = "5"
    return response
