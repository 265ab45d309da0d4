"""Who may see which page. Every view says so with `seen_by`; what says nothing is shown to nobody."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url

from openpars.agencies.models import User

AUDIENCES = ("everyone", "signed-in", "owners", "outside")

GUARDED_ELSEWHERE = {
    "/api/": "asks for a token at each endpoint and answers in its own shape",
    "/log/": "the log is for everyone",
}
"""Addresses that this guard leaves alone, each with its reason."""

View = TypeVar("View", bound=Callable[..., HttpResponse])


def seen_by(audience: str) -> Callable[[View], View]:
    """Declare who may see a view: `everyone`, `signed-in`, `owners` (people of the owners' offices) or
    `outside` (people of outside agencies)."""
    if audience not in AUDIENCES:
        raise ValueError(f"no such audience: {audience}")

    def declare(view: View) -> View:
        view.audience = audience  # type: ignore[attr-defined]
        return view

    return declare


def may_see(audience: str | None, user: object) -> bool:
    """Whether `user` (Django's, logged in or not) belongs to the audience. No audience: nobody does."""
    if audience == "everyone":
        return True
    if not isinstance(user, User) or audience is None:
        return False
    is_owner = user.agency.office is not None
    return {"signed-in": True, "owners": is_owner, "outside": not is_owner}[audience]


class AudienceGuard:
    """Middleware: shows a view to its audience alone. The others are sent to log in, or told 403."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the check comes once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse whoever the view is not for."""
        if request.path.startswith(tuple(GUARDED_ELSEWHERE)):
            return None
        audience = getattr(view, "audience", None)
        if may_see(audience, request.user):
            return None
        if request.user.is_authenticated or audience is None:
            return render(request, "portal/not_for_you.html", status=403)
        if request.headers.get("HX-Request"):
            return HttpResponse(status=401)
        return HttpResponseRedirect(f"{resolve_url(settings.LOGIN_URL)}?next={quote(request.path)}")
