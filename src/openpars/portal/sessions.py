"""Log-in and sessions: who may open one, and when it ends by itself (CJIS AC-11, IA-11, IA-5).

A session ends after 30 minutes in which its person did nothing, and 12 hours after log-in whatever they do.
What a page fetches by itself (the board, after an event) does not count as doing something.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY, logout
from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from openpars import clock
from openpars.agencies import events, queries, rules
from openpars.agencies.models import User
from openpars.agencies.queries import UserView

OPENED, SEEN = "opened_at", "seen_at"

NOBODYS = "/log/"
"""Where everybody is shown the same: whose session it is, is not looked at, so that caches may keep it for all."""
FETCHED_BY_PAGE = "X-Fetched-By-Page"
"""The header with which our script marks what a page fetched by itself."""

_SEEN_STEP = 30
"""Seconds between two notes of activity: one write in half a minute, not one a click."""


class StandingBackend(ModelBackend):
    """Lets in who has standing, and whose password is younger than a year; asks again at every request."""

    def user_can_authenticate(self, user: Any) -> bool:
        """Whether this person may log in today."""
        return (
            isinstance(user, User)
            and _has_standing(user)
            and rules.password_serves(set_at=user.password_set_at, at=clock.now())
        )

    def get_user(self, user_id: Any) -> User | None:
        """The person of a session, or None once standing is lost: the session is worth nothing then."""
        user = User.objects.select_related("agency").filter(pk=user_id).first()
        return user if user is not None and _has_standing(user) else None


def _has_standing(user: User) -> bool:
    return queries.standing(queries.view(user), on=queries.city_day(clock.now()))


def typed_username(request: HttpRequest | None, credentials: dict[str, str] | None = None) -> str | None:
    """The username as the lockout counts it: `Ada` and `ada` are one account. What is nobody's username may be
    somebody's password in the wrong box: it is counted by a keyed digest, and not kept."""
    typed = (credentials or {}).get("username")
    if typed is None and request is not None:
        typed = request.POST.get("username")
    if not typed:
        return None
    name = typed.strip().lower()
    if User.objects.filter(username=name).exists():
        return name
    return f"nobody-{salted_hmac('openpars.portal.sessions', name).hexdigest()}"


def note_failure(request: HttpRequest, typed: str) -> None:
    """Note that somebody failed to log in with this username, which is kept nowhere, and why."""
    user = User.objects.select_related("agency").filter(username=typed.strip().lower()).first()
    if getattr(request, "axes_locked_out", False):
        reason = "locked"
    elif user is None:
        reason = "unknown-user"
    else:
        reason = "wrong-password" if StandingBackend().user_can_authenticate(user) else "no-standing"
    events.note("log-in", by=user.pk if user else None, about={"reason": reason})


def begin(request: HttpRequest, *, at: datetime) -> None:
    """Start the clocks of a session that was just logged in."""
    request.session[OPENED] = request.session[SEEN] = at.timestamp()


def expired(session: Any, *, at: datetime) -> bool:
    """Whether a session's time is over; one without clocks is over."""
    opened, seen = session.get(OPENED), session.get(SEEN)
    if not isinstance(opened, float) or not isinstance(seen, float):
        return True
    now = at.timestamp()
    return now - seen > settings.SESSION_IDLE_SECONDS or now - opened > settings.SESSION_COOKIE_AGE


def person(request: HttpRequest) -> UserView:
    """The person who is logged in. To be asked only behind `seen_by`, which has made sure of one."""
    user = request.user
    if not isinstance(user, User):
        raise TypeError("nobody is logged in: the view is missing its audience")
    return queries.view(user)


def owner_of_session(key: str, *, at: datetime) -> UserView | None:
    """The person of an owners' office whose session that is, or None; for the event stream."""
    from importlib import import_module

    store = import_module(settings.SESSION_ENGINE).SessionStore(key)
    if expired(store, at=at):
        return None
    user = StandingBackend().get_user(store.get(SESSION_KEY))
    return queries.view(user) if user is not None and user.agency.office is not None else None


def scripted(request: HttpRequest) -> bool:
    """Whether a page's script asks, which reads an answer's status: it is not led to another page."""
    return FETCHED_BY_PAGE in request.headers or request.headers.get("Accept") == "application/json"


def ended(request: HttpRequest) -> bool:
    """Whether the session with which this request came had run out: nobody is logged in any more."""
    return getattr(request, "session_ended", False)


class SessionLimits:
    """Middleware: ends sessions whose time is over, and notes what their people do. Whoever then asks for what is not
    for everyone is led to log in (AudienceGuard)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on, as nobody's where the session's time is over."""
        if request.path.startswith(NOBODYS):
            return self.get_response(request)
        if SESSION_KEY in request.session:
            at = clock.now()
            if expired(request.session, at=at):
                events.note("session-end", by=request.session[SESSION_KEY], outcome="done")
                logout(request)
                request.session_ended = True  # type: ignore[attr-defined]
            elif (
                not request.headers.get(FETCHED_BY_PAGE)
                and at.timestamp() - request.session[SEEN] > _SEEN_STEP
            ):
                request.session[SEEN] = at.timestamp()
        return self.get_response(request)
