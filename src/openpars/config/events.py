"""Events for boards: a small ASGI application in a process of its own (uvicorn), with one LISTEN for all.

An event is a pointer: it says which arrest changed, by its id, never what. Whoever hears it asks again through
the door, where the read is checked and logged. Streams are for the owners' offices; standing and session are
checked when a stream opens and at each heartbeat.

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
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs, urlsplit

import django
import psycopg

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.db import close_old_connections, connection  # noqa: E402

from openpars import clock  # noqa: E402
from openpars.engine import faults  # noqa: E402
from openpars.portal.sessions import owner_of_session  # noqa: E402

CHANNEL = "openpars_records"
HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 1.0
KEPT = 1000
"""Changes that are kept for boards that come back."""
WITHIN_SECONDS = 600.0

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


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
            where = connection.get_connection_params()
            keys = ("host", "port", "dbname", "user", "password")
            async with await psycopg.AsyncConnection.connect(
                **{key: where[key] for key in keys if where.get(key)}, autocommit=True
            ) as heard:
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
        self._listener: asyncio.Task[None] | None = None

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
                self._listener = asyncio.create_task(listen(self.changes))
                await send({"type": "lifespan.startup.complete"})
            else:
                if self._listener is not None:
                    self._listener.cancel()
                    with contextlib.suppress(asyncio.CancelledError):
                        await self._listener
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        origin = headers.get("origin")
        if scope["path"] != "/events" or scope["method"] != "GET":
            await _refuse(send, 404)
        elif origin is not None and not same_site(origin, headers.get("host", "")):
            await _refuse(send, 403)
        elif not await _still_in(_session_key(headers)):
            await _refuse(send, 401, origin)
        else:
            await self._stream(headers, _within(scope), origin, receive, send)

    async def _stream(
        self, headers: dict[str, str], within: float, origin: str | None, receive: Receive, send: Send
    ) -> None:
        head = {
            "type": "http.response.start",
            "status": 200,
            "headers": _headers("text/event-stream", origin),
        }
        await send(head)
        gone = asyncio.create_task(_gone(receive))
        try:
            async for event in self._events(headers, within, gone):
                await send({"type": "http.response.body", "body": event, "more_body": True})
        except asyncio.CancelledError:
            # The server stops: end the stream properly, and boards connect again once it is back.
            pass
        finally:
            gone.cancel()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(
        self, headers: dict[str, str], within: float, gone: "asyncio.Task[None]"
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
                arrests, count = changes.since(count), changes.count
                yield _event("missed" if arrests is None else "changed", changes.place, arrests or "")
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
                if not await _still_in(key):
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


async def _still_in(key: str) -> bool:
    return bool(key) and await asyncio.to_thread(_may_listen, key)


def _may_listen(key: str) -> bool:
    close_old_connections()
    try:
        return owner_of_session(key, at=clock.now()) is not None
    except Exception as error:
        # Whatever breaks, nobody listens on it.
        faults.note(error)
        return False
    finally:
        close_old_connections()


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _within(scope: Scope) -> float:
    """The seconds that a stream asks for; what is no number asks for none."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("within", ["0"])[0]
    return min(float(asked), WITHIN_SECONDS) if asked.isdecimal() else 0.0


def _event(kind: str, place: str, arrests: str = "") -> bytes:
    return f"id: {place}\nevent: {kind}\ndata: {arrests}\n\n".encode()


def _headers(content_type: str, origin: str | None) -> list[tuple[bytes, bytes]]:
    headers = [
        (b"content-type", content_type.encode()),
        (b"cache-control", b"no-store"),
        (b"vary", b"origin"),
    ]
    if origin is not None:
        headers += [
            (b"access-control-allow-origin", origin.encode("latin-1")),
            (b"access-control-allow-credentials", b"true"),
        ]
    return headers


async def _refuse(send: Send, status: int, origin: str | None = None) -> None:
    await send({"type": "http.response.start", "status": status, "headers": _headers("text/plain", origin)})
    await send({"type": "http.response.body", "body": b""})


application = Events()
