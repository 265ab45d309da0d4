"""The streams of subscriptions (specs/subscriptions.md, section 5), in the same process as the boards' events.

    GET /feed/SUBSCRIPTION, Authorization: Bearer TOKEN  ->  text/event-stream

Each event that is sent is a disclosure of its own (disclosure.feed.tell). Whether a stream may stay open is asked of
the database when it opens, whenever something ends (NOTIFY openpars_ends, sent by the very transaction that ends it),
at the moment at which it is to end by itself, and each ten seconds.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ParamSpec, TypeVar
from uuid import UUID

import psycopg
from django.db import Error, close_old_connections, connection

from openpars import clock
from openpars.agencies.events import note, visit, write_noted
from openpars.agencies.queries import asker_of_token, holder_of_token
from openpars.config import streaming
from openpars.config.streaming import Receive, Scope, Send
from openpars.disclosure import feed, subscriptions
from openpars.engine import faults
from openpars.errors import NotFound
from openpars.portal.noting import source_of

QUEUED, ENDS = "openpars_feed", "openpars_ends"
HEARTBEAT_SECONDS = 10.0
RETRY_SECONDS = 1.0
MOST_STREAMS = 8
"""How many streams one person may have open: each holds a place in this process."""
STILL_HERE = b": still here\n\n"
ENDED = b"event: ended\ndata: \n\n"

P = ParamSpec("P")
R = TypeVar("R")


async def ear() -> psycopg.AsyncConnection[Any]:
    """A connection to listen with, in the pages' role."""
    where = connection.get_connection_params()
    keys = ("host", "port", "dbname", "user", "password")
    return await psycopg.AsyncConnection.connect(
        **{key: where[key] for key in keys if where.get(key)}, autocommit=True
    )


@dataclass(eq=False)
class Stream:
    """One open stream; `rung` is set when there may be something to tell, or an end."""

    subscription: UUID
    number: int
    user: UUID
    token: str
    rung: asyncio.Event = field(default_factory=asyncio.Event)


class Feeds:
    """All open streams of subscriptions, and the one ear that wakes them."""

    def __init__(self) -> None:
        self._open: set[Stream] = set()

    async def listen(self) -> None:
        """Hear of queued events and of ends for ever. After a broken connection all are woken: one may have been
        missed."""
        while True:
            try:
                async with await ear() as heard:
                    await heard.execute(f"LISTEN {QUEUED}")
                    await heard.execute(f"LISTEN {ENDS}")
                    self.ring("")
                    async for notice in heard.notifies():
                        self.ring(notice.payload)
            except psycopg.Error as error:
                faults.note(error)
            await asyncio.sleep(RETRY_SECONDS)

    def ring(self, whom: str) -> None:
        """Wake the streams of this subscription, or under the agreement of this number; empty: all."""
        for stream in self._open:
            if whom in ("", str(stream.subscription), str(stream.number)):
                stream.rung.set()

    async def answer(self, named: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for the stream of the subscription `named`."""
        headers = streaming.headers_of(scope)
        scheme, _, token = headers.get("authorization", "").partition(" ")
        try:
            user = await _apart(_user_of, token) if scheme.lower() == "bearer" else None
            held = await _apart(_held, named, user) if user else None
        except Exception as error:
            faults.note(error)
            await streaming.refuse(send, 503)
            return
        if user is None:
            if token:
                await _apart(_note_refused, token, _peer(scope), headers.get("x-forwarded-for", ""))
            await streaming.refuse(send, 401, ((b"www-authenticate", b"Bearer"), *streaming.NOT_KEPT))
        elif held is None:
            await streaming.refuse(send, 404)
        elif sum(stream.user == user for stream in self._open) >= MOST_STREAMS:
            await streaming.refuse(send, 429)
        else:
            await self._stream(Stream(held.id, held.number, user, token), headers, receive, send)

    async def _stream(self, opened: Stream, headers: dict[str, str], receive: Receive, send: Send) -> None:
        gone = asyncio.create_task(streaming.gone(receive))
        self._open.add(opened)
        try:
            await streaming.stream(send, self._events(opened, _uuid(headers.get("last-event-id", "")), gone))
        finally:
            self._open.discard(opened)
            gone.cancel()

    async def _events(
        self, opened: Stream, last: UUID | None, gone: "asyncio.Task[None]"
    ) -> AsyncIterator[bytes]:
        """The events of one stream, until its reader is gone or may not have it any more."""
        yield STILL_HERE
        while not gone.done():
            opened.rung.clear()
            try:
                until = await _apart(_open_until, opened)
                if until is None:
                    yield ENDED
                    return
                events = await _apart(subscriptions.waiting, opened.subscription, after=last)
                for event in events:
                    frame = await _apart(_frame, opened, event)
                    if frame is None:
                        # Dropped, or something has ended: look again before anything else is told.
                        break
                    yield frame
                    await _apart(feed.settle, event=event, outcome="delivered")
                    last = event if last else None
            except Exception as error:
                # Whatever breaks, nothing is told on it; the reader comes back.
                faults.note(error)
                return
            if not events:
                last = None
                if not await _rung(opened, until, gone):
                    yield STILL_HERE


async def _rung(opened: Stream, until: datetime, gone: "asyncio.Task[None]") -> bool:
    """Wait until the stream is woken, its reader is gone, its time is over, or a heartbeat is due (then False)."""
    left = (until - clock.now()).total_seconds()
    rung = asyncio.create_task(opened.rung.wait())
    # Not less than a moment: the database's clock, not ours, says when the time is over.
    timeout = max(0.02, min(HEARTBEAT_SECONDS, left))
    done, _ = await asyncio.wait({rung, gone}, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
    rung.cancel()
    return bool(done) or left < HEARTBEAT_SECONDS


async def _apart(call: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
    """The call in a thread, with a connection that is not stale."""

    def run() -> R:
        close_old_connections()
        return call(*arguments, **named)

    return await asyncio.to_thread(run)


def _user_of(token: str) -> UUID | None:
    user = asker_of_token(token, at=clock.now())
    return user.id if user is not None else None


def _note_refused(token: str, peer: str, forwarded: str) -> None:
    """Have it in the log that a token was shown that does not serve, as the API does."""
    with visit("api", source_of(peer, forwarded)) as begun:
        note("api-token", by=holder_of_token(token))
    try:
        write_noted(begun)
    except Error as error:
        # Whether or not it can be written down, the refusal stands.
        faults.note(error)


def _peer(scope: Scope) -> str:
    """The address at the other end of the connection, where the server knows it."""
    client = scope.get("client")
    return str(client[0]) if client else ""


def _held(named: str, user: UUID) -> subscriptions.SubscriptionView | None:
    which = _uuid(named)
    if which is None or subscriptions.open_until(which, user=user) is None:
        return None
    try:
        return subscriptions.one(which, user=user)
    except NotFound:
        return None


def _open_until(opened: Stream) -> datetime | None:
    if _user_of(opened.token) != opened.user:
        return None
    return subscriptions.open_until(opened.subscription, user=opened.user)


def _frame(opened: Stream, event: UUID) -> bytes | None:
    # Asked before each event, not only when the stream wakes: many may wait, and the token is revoked meanwhile.
    if _open_until(opened) is None:
        return None
    answer = feed.tell(subscription=opened.subscription, event=event)
    if answer is None:
        return None
    kind = answer.results[0]["kind"]
    return f"id: {event}\nevent: {kind}\ndata: {feed.message(event, answer).decode()}\n\n".encode()


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
