"""Events for boards: a small ASGI application in a process of its own (uvicorn), with one LISTEN for all.

An event is a pointer: it says which arrest changed, by its id, never what. Whoever hears it asks again through
the door, where the read is checked and logged. Streams are for the owners' offices; standing and session are
checked when a stream opens and at each heartbeat. A defender hears of own clients alone.

    GET /events?within=SECONDS  ->  text/event-stream of
        event: changed      commits changed these arrests: their ids, with commas; nothing: look at all of them
        event: missed       something changed meanwhile, and it cannot be said any more what
        event: still-here   each 10 seconds
        event: ended        the session is over; the stream closes

A stream begins with what changed within so many seconds before (while its page was on its way); one that comes
back with the id of its last event, with what changed since.
"""

import asyncio
import contextlib
import os
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from http.cookies import CookieError, SimpleCookie
from typing import TypeVar
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import close_old_connections  # noqa: E402

from openpars import clock  # noqa: E402
from openpars.agencies.queries import UserView  # noqa: E402
from openpars.config import streaming  # noqa: E402
from openpars.config.feeds import RETRY_SECONDS, Feeds, ear  # noqa: E402
from openpars.config.streaming import Receive, Scope, Send  # noqa: E402
from openpars.engine import faults  # noqa: E402
from openpars.portal.sessions import owner_of_session  # noqa: E402
from openpars.records import deskwork  # noqa: E402

CHANNEL = "openpars_records"
HEARTBEAT_SECONDS = 10.0
KEPT = 1000
"""Changes that are kept for boards that come back."""
WITHIN_SECONDS = 600.0

T = TypeVar("T")

FEED = "/feed/"
"""Below it are the streams of subscriptions (openpars.config.feeds)."""


class Changes:
    """What changed since this process began, as far as it is kept, and a way to wait for the next."""

    def __init__(self) -> None:
        self.count = 0
        self._began = time.monotonic()
        self._boot = f"{int(clock.now().timestamp())}-{os.getpid()}"
        self._kept: deque[tuple[float, str]] = deque(maxlen=KEPT)
        self._condition = asyncio.Condition()

    @property
    def place(self) -> str:
        """The id of the last event; a reconnecting board brings it back."""
        return f"{self._boot}-{self.count}"

    async def heard(self, arrest: str) -> None:
        """Note a change, and wake whoever waits. An empty `arrest`: it is not known of which."""
        async with self._condition:
            self.count += 1
            self._kept.append((time.monotonic(), arrest))
            self._condition.notify_all()

    async def after(self, count: int) -> None:
        """Return once there were more than `count` changes."""
        async with self._condition:
            await self._condition.wait_for(lambda: self.count > count)

    def since(self, count: int) -> str | None:
        """The arrests that changed after the first `count` changes, each once, with commas; an empty text: it is
        not known which; None: that is not kept any more."""
        new = self.count - count
        if not 0 <= new <= len(self._kept):
            return None
        arrests = dict.fromkeys(arrest for _, arrest in list(self._kept)[len(self._kept) - new :])
        return "" if "" in arrests else ",".join(arrests)

    def count_at(self, place: str) -> int:
        """How many changes there were at that place; -1 where that is not a place of this process."""
        boot, _, count = place.rpartition("-")
        return int(count) if boot == self._boot and count.isdecimal() else -1

    def count_before(self, seconds: float) -> int:
        """How many changes there were so many seconds ago; -1 where that is not known."""
        then = time.monotonic() - seconds
        later = sum(at >= then for at, _ in self._kept)
        return self.count - later if then >= self._began and later < KEPT else -1


async def listen(changes: Changes) -> None:
    """Hear the database's notices for ever; after a broken connection, connect again and count that as a
    change, since one may have been missed."""
    while True:
        try:
            async with await ear() as heard:
                await heard.execute(f"LISTEN {CHANNEL}")
                await changes.heard("")
                async for notice in heard.notifies():
                    await changes.heard(notice.payload)
        except psycopg.Error as error:
            faults.note(error)
        await asyncio.sleep(RETRY_SECONDS)


class Events:
    """The ASGI application."""

    def __init__(self) -> None:
        self.changes: Changes | None = None
        self.feeds = Feeds()
        self._listeners: tuple[asyncio.Task[None], ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one connection."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "http":
            await self._answer(scope, receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.changes = Changes()
                self._listeners = (
                    asyncio.create_task(listen(self.changes)),
                    asyncio.create_task(self.feeds.listen()),
                )
                await send({"type": "lifespan.startup.complete"})
            else:
                for listener in self._listeners:
                    listener.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await listener
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = streaming.headers_of(scope)
        origin = headers.get("origin")
        if scope["method"] == "GET" and scope["path"].startswith(FEED):
            await self.feeds.answer(scope["path"].removeprefix(FEED), scope, receive, send)
        elif scope["path"] != "/events" or scope["method"] != "GET":
            await streaming.refuse(send, 404)
        elif origin is not None and not same_site(origin, headers.get("host", "")):
            await streaming.refuse(send, 403)
        elif (listener := await _listener(_session_key(headers))) is None:
            await streaming.refuse(send, 401, _headers(origin))
        else:
            gone = asyncio.create_task(streaming.gone(receive))
            events = self._events(listener, headers, _within(scope), gone)
            try:
                await streaming.stream(send, events, _headers(origin))
            finally:
                gone.cancel()

    async def _events(
        self, listener: UserView, headers: dict[str, str], within: float, gone: "asyncio.Task[None]"
    ) -> AsyncIterator[bytes]:
        """The events of one stream, until its reader is gone or may not listen any more."""
        if self.changes is None:
            return
        changes, key = self.changes, _session_key(headers)
        last = headers.get("last-event-id")
        count = changes.count_before(within) if last is None else changes.count_at(last)
        if count == changes.count:
            yield _event("still-here", changes.place)
        due = time.monotonic() + HEARTBEAT_SECONDS
        while True:
            if count != changes.count:
                arrests, count, place = changes.since(count), changes.count, changes.place
                yield await _changed(listener, arrests, place)
            following = asyncio.create_task(changes.after(count))
            done, _ = await asyncio.wait(
                {following, gone},
                timeout=max(0.0, due - time.monotonic()),
                return_when=asyncio.FIRST_COMPLETED,
            )
            following.cancel()
            if gone in done:
                return
            if time.monotonic() >= due:
                if await _listener(key) is None:
                    yield _event("ended", changes.place)
                    return
                yield _event("still-here", changes.place)
                due = time.monotonic() + HEARTBEAT_SECONDS


def same_site(origin: str, host: str) -> bool:
    """Whether a page of `origin` is one of ours: the host name that is asked here, and one we serve."""
    site = urlsplit(origin)
    asked = urlsplit(f"//{host}").hostname
    ours = [name.strip("[]") for name in settings.ALLOWED_HOSTS]
    return site.scheme in ("http", "https") and site.hostname == asked and (asked in ours or "*" in ours)


def _session_key(headers: dict[str, str]) -> str:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(settings.SESSION_COOKIE_NAME)
    except CookieError:
        return ""
    return cookie.value if cookie is not None else ""


async def _listener(key: str) -> UserView | None:
    # Whatever breaks, nobody listens on it.
    return await _asked(lambda: owner_of_session(key, at=clock.now())) if key else None


async def _changed(listener: UserView, arrests: str | None, place: str) -> bytes:
    """The event of what changed, as far as it is this listener's. Whatever breaks, they look at all that is theirs."""
    if arrests and listener.agency.office == "defender":
        ids = [UUID(arrest) for arrest in arrests.split(",")]
        own = await _asked(lambda: deskwork.clients_among(ids, counsel=listener.id))
        if own is not None and not own:
            return _event("still-here", place)
        arrests = None if own is None else ",".join(map(str, own))
    return _event("missed" if arrests is None else "changed", place, arrests or "")


async def _asked(question: Callable[[], T]) -> T | None:
    """What the database answers, asked in a thread; None where it cannot be asked."""

    def ask() -> T | None:
        close_old_connections()
        try:
            return question()
        except Exception as error:
            faults.note(error)
            return None
        finally:
            close_old_connections()

    return await asyncio.to_thread(ask)


def _within(scope: Scope) -> float:
    """The seconds that a stream asks for; what is no number asks for none."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("within", ["0"])[0]
    return min(float(asked), WITHIN_SECONDS) if asked.isdecimal() else 0.0


def _event(kind: str, place: str, arrests: str = "") -> bytes:
    return f"id: {place}\nevent: {kind}\ndata: {arrests}\n\n".encode()


def _headers(origin: str | None) -> streaming.Headers:
    """That a page of ours may read the stream, though it comes from another port."""
    headers = [*streaming.NOT_KEPT, (b"vary", b"origin")]
    if origin is not None:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
    return headers


application = Events()
