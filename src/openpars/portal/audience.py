"""Who may see which page. Every view says so with `seen_by`; what says nothing is shown to nobody."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from openpars.agencies import events, rules
from openpars.agencies.models import User
from openpars.portal import carrying
from openpars.portal.sessions import scripted

ROLES = frozenset(role for roles in rules.ROLES.values() for role in roles)
AUDIENCES = frozenset({"everyone", "signed-in", "desks", "outside"}) | ROLES
NO_DESK = frozenset({"solicitor", "auditor", "head of office"})
"""Roles of the owners' people who do not work on arrests."""

GUARDED_ELSEWHERE = {
    "/api/": "asks for a token at each endpoint and answers in its own shape",
    "/log/": "the log is for everyone",
    "/public/": "agreements, and what is put to the owners, are for everyone; no record is reached from there",
    "/mine/": "a one-time code opens it, and the database asks for its session",
}
"""Addresses that this guard leaves alone, each with its reason."""

View = TypeVar("View", bound=Callable[..., HttpResponse])


def seen_by(*audiences: str) -> Callable[[View], View]:
    """Declare who may see a view: `everyone`, `signed-in`, `desks` (the owners' people who work on arrests), `outside`
    (people of outside agencies), or roles of the owners' offices by their names. Any of them suffices."""
    if not audiences or not AUDIENCES.issuperset(audiences):
        raise ValueError(f"no such audience: {audiences}")

    def declare(view: View) -> View:
        view.audiences = frozenset(audiences)  # type: ignore[attr-defined]
        return view

    return declare


def audiences_of(view: object) -> frozenset[str]:
    """Whom a view is for; nobody, where it does not say."""
    return getattr(view, "audiences", frozenset())


def may_see(audiences: frozenset[str], user: object) -> bool:
    """Whether `user` (Django's, logged in or not) belongs to one of the audiences. None of them: nobody does."""
    if "everyone" in audiences:
        return True
    if not isinstance(user, User):
        return False
    belongs = {"signed-in", *_belongs(user.role, user.agency.office)}
    return bool(belongs & audiences)


def _belongs(role: str, office: str | None) -> set[str]:
    if office is None:
        return {"outside"}
    return {role} if role in NO_DESK else {role, "desks"}


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
        audiences = audiences_of(view)
        if may_see(audiences, request.user):
            return None
        if isinstance(request.user, User) and request.path == reverse("portal:home"):
            # Whoever has nothing to search for begins elsewhere, whichever address they typed.
            return redirect("portal:agreements")
        if request.user.is_authenticated or not audiences:
            found = request.resolver_match
            events.note("page", by=request.user.pk, about={"page": found.view_name if found else ""})
            return render(request, "portal/not_for_you.html", status=403)
        return HttpResponse(status=401) if scripted(request) else carrying.log_in_first(request)
