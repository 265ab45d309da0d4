"""Every address refuses whoever it is not for: those of today, and those not yet written."""

import re
from collections.abc import Iterator
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver

from openpars.agencies.models import User
from openpars.agencies.rules import ROLES
from openpars.portal.audience import AUDIENCES, GUARDED_ELSEWHERE, NO_DESK, AudienceGuard, audiences_of
from tests.factories import agencies as made

pytestmark = pytest.mark.django_db

FOR_EVERYONE = {
    "log-in/": "one has to come in somewhere",
}
"""Pages for everyone, each with its reason."""

FOR_EVERYONE_IN_THE_API = {"api/v1/openapi.json": "the contract is public"}


def patterns(within: URLResolver | None = None, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    """Every address with its pattern."""
    for found in (within or get_resolver()).url_patterns:
        if isinstance(found, URLResolver):
            yield from patterns(found, prefix + str(found.pattern))
        else:
            yield prefix + str(found.pattern), found


def filled(route: str) -> str:
    """An address of the pattern."""
    for name, value in (
        ("<int:number>", "1"),
        *((f"<{each}>", str(uuid4())) for each in ("disclosure", "subscription", "case", "approval")),
    ):
        route = route.replace(name, value)
    route = re.sub(r"<uuid:\w+>", lambda _: str(uuid4()), route)
    assert "<" not in route, f"say here what stands for the parameter of {route}"
    return f"/{route}"


def pages() -> list[tuple[str, URLPattern]]:
    elsewhere = tuple(prefix.lstrip("/") for prefix in GUARDED_ELSEWHERE)
    return [
        (route, found)
        for route, found in patterns()
        if not route.startswith(elsewhere) and "log/" not in route
    ]


def test_every_page_says_who_may_see_it() -> None:
    silent = [route for route, found in pages() if not audiences_of(found.callback) & AUDIENCES]
    assert silent == []


def test_the_pages_for_everyone_are_the_ones_that_are_listed() -> None:
    open_to_all = {route for route, found in pages() if "everyone" in audiences_of(found.callback)}
    assert open_to_all == set(FOR_EVERYONE)


@pytest.mark.parametrize("method", ["get", "post"])
def test_every_page_refuses_who_is_not_logged_in(method: str) -> None:
    visitor = Client()
    for route, _ in pages():
        if route not in FOR_EVERYONE:
            response = getattr(visitor, method)(filled(route))
            assert response.status_code == 302, route
            assert response["Location"].startswith("/log-in/"), route


EVERYBODY = [(None, "detective"), *((office, role) for office, roles in ROLES.items() for role in roles)]


@pytest.mark.parametrize(("office", "role"), EVERYBODY)
def test_every_page_refuses_whoever_it_is_not_for(office: str | None, role: str) -> None:
    somebody = User.objects.get(pk=made.user(office, role=role).id)
    for route, found in pages():
        said = audiences_of(found.callback)
        guard = AudienceGuard(lambda request: None)  # type: ignore[arg-type,return-value]
        request = RequestFactory().get(filled(route))
        request.user = somebody
        refused = guard.process_view(request, found.callback, [], {})
        desk = "desks" if office and role not in NO_DESK else ""
        meant = said & {"everyone", "signed-in", role if office else "outside", desk}
        assert (refused is None) is bool(meant), route
        # Whoever types the site's address is led to where their work begins.
        assert refused is None or refused.status_code == (302 if route == "" else 403), route


def test_a_page_that_says_nothing_is_shown_to_nobody() -> None:
    somebody = User.objects.get(pk=made.user("police").id)
    request = RequestFactory().get("/not-yet-written/")
    request.user = somebody
    guard = AudienceGuard(lambda request: None)  # type: ignore[arg-type,return-value]
    refused = guard.process_view(request, lambda request: None, [], {})
    assert refused is not None
    assert refused.status_code == 403


def test_every_endpoint_of_the_api_asks_for_a_token() -> None:
    visitor = Client()
    for route, _ in patterns():
        if not route.startswith("api/") or route in FOR_EVERYONE_IN_THE_API:
            continue
        statuses = {getattr(visitor, method)(filled(route)).status_code for method in ("get", "post")}
        assert statuses <= {401, 404, 405}, route
        assert 401 in statuses or statuses == {404}, route
