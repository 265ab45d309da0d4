"""Which door opens on which address, and what is answered when one breaks."""

import sys

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, include, path

from openpars.api import shape
from openpars.api.endpoints import api
from openpars.portal.faults import broken

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("openpars.portal.urls")),
    path("api/v1/", api.urls),
    path("", include("openpars.public.urls")),
]


def handler500(request: HttpRequest) -> HttpResponse:
    """What broke outside any view (the session's database, for one), in the shape of the door it came by."""
    error = sys.exc_info()[1]
    known = error if isinstance(error, Exception) else RuntimeError()
    return shape.of_error(known) if request.path.startswith("/api/") else broken(request, known)
