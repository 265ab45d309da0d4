"""The one shape of every error that the API answers:

    {"error": {"code": "request-malformed", "message": "...", "problems": [{"where": "name", "what": "..."}],
               "reference": null}}

`code` is one of CODES and means what its status means, or one kind of it; `problems` name each fault of a request;
`reference` finds a refusal in the log, or a fault in the operator's notes.
"""

from collections.abc import Callable, Sequence

from django.conf import settings
from django.core.exceptions import DisallowedHost, RequestDataTooBig
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse

from openpars.engine import faults
from openpars.errors import BadInput, Conflict, DatabaseUnavailable, NotFound, NotPermitted, Problem

CODES = {
    "host-unknown": 400,
    "body-malformed": 400,
    "unauthenticated": 401,
    "not-permitted": 403,
    "not-found": 404,
    "method-not-allowed": 405,
    "conflict": 409,
    "body-too-large": 413,
    "request-malformed": 422,
    "fault": 500,
    "unavailable": 503,
}
"""Every code with its HTTP status."""

MESSAGES = {
    "host-unknown": "Nobody here answers by the name in the Host header.",
    "body-malformed": "The body is not a JSON object in UTF-8.",
    "unauthenticated": "A token that is in force is needed: `Authorization: Bearer ...`.",
    "not-permitted": NotPermitted.neutral,
    "not-found": "There is nothing at this address.",
    "method-not-allowed": "This address does not answer to this method.",
    "conflict": "It was done or ended already, or its state does not allow this.",
    "body-too-large": f"The body is longer than {settings.DATA_UPLOAD_MAX_MEMORY_SIZE} bytes.",
    "request-malformed": "The request cannot be understood.",
    "fault": "Something broke. Nothing was released. The operator finds it under the reference.",
    "unavailable": "The database cannot be reached. Nothing was released; try again.",
}

_BY_STATUS = {status: code for code, status in CODES.items()}
_RETRY_SECONDS = "5"


def refusal(code: str, *, problems: Sequence[Problem] = (), reference: str | None = None) -> HttpResponse:
    """The answer for `code`."""
    body = {
        "code": code,
        "message": MESSAGES[code],
        "problems": [{"where": problem.where, "what": problem.what} for problem in problems],
        "reference": reference,
    }
    response = JsonResponse({"error": body}, status=CODES[code])
    response["Cache-Control"] = "no-store"
    if code == "unauthenticated":
        response["WWW-Authenticate"] = "Bearer"
    if code == "unavailable":
        response["Retry-After"] = _RETRY_SECONDS
    return response


def of_error(error: Exception) -> HttpResponse:
    """The answer for an exception, whatever it is."""
    match error:
        case BadInput():
            return refusal("request-malformed", problems=error.problems)
        case NotPermitted():
            return refusal("not-permitted", reference=error.reference)
        case NotFound():
            return refusal("not-found")
        case Conflict():
            return refusal("conflict")
        case RequestDataTooBig():
            return refusal("body-too-large")
        case DatabaseUnavailable() | OperationalError() | InterfaceError():
            return refusal("unavailable", reference=faults.note(error))
    return refusal("fault", reference=faults.note(error))


class OneShape:
    """Middleware: below /api/, whatever Django itself would answer in HTML gets the one shape."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, and recast what comes back."""
        if not request.path.startswith("/api/"):
            return self.get_response(request)
        try:
            request.get_host()
        except DisallowedHost:
            return refusal("host-unknown")
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return refusal("body-too-large")
        response = self.get_response(request)
        foreign = response.status_code >= 400 and response.get("Content-Type") != "application/json"
        if not foreign:
            return response
        recast = refusal(_BY_STATUS.get(response.status_code, "fault"))
        if response.has_header("Allow"):
            recast["Allow"] = response["Allow"]
        return recast

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """The answer for what broke outside an endpoint."""
        return of_error(error) if request.path.startswith("/api/") and not _is_http(error) else None


def _is_http(error: Exception) -> bool:
    from django.http import Http404

    return isinstance(error, Http404)


def _length(request: HttpRequest) -> int:
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0
