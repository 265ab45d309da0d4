"""What the charter does not allow, as a page: one way for every view."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from openpars.errors import NotEmpowered, NotPermitted, RequestMalformed
from openpars.portal.who import Who, page


def refusals(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """The view, with a page (403) in place of a look or a verb that the charter does not give this person. A view that
    keeps what was typed on its own page catches NotEmpowered itself."""

    @wraps(view)
    def shown(request: HttpRequest, *args: Any, **named: Any) -> HttpResponse:
        try:
            return view(request, *args, **named)
        except (NotEmpowered, RequestMalformed):
            # Malformed is what a person asks who has no purpose left to ask for.
            return render(request, "portal/not_for_you.html", status=403)
        except NotPermitted as error:
            return page(request, Who.of(request), "record", {"nothing": error.reference}, 403)

    return shown
