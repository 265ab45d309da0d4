"""What every event stream is made of: its types, its head, and how to know that its reader is gone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping, Sequence
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Headers = Sequence[tuple[bytes, bytes]]

NOT_KEPT: Headers = ((b"cache-control", b"no-store"),)


def headers_of(scope: Scope) -> dict[str, str]:
    """A request's headers, by their names in small letters."""
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


async def gone(receive: Receive) -> None:
    """Return once the reader is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def stream(send: Send, events: AsyncIterator[bytes], more: Headers = NOT_KEPT) -> None:
    """Send events until there are no more, or the server stops: the stream ends properly, and its reader comes back."""
    await send(
        {
            "type": "http.response.start",
            "status": 200,
            "headers": [(b"content-type", b"text/event-stream"), *more],
        }
    )
    with contextlib.suppress(asyncio.CancelledError):
        async for event in events:
            await send({"type": "http.response.body", "body": event, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def refuse(send: Send, status: int, more: Headers = NOT_KEPT) -> None:
    """Answer with a status and no body."""
    head = [(b"content-type", b"text/plain"), *more]
    await send({"type": "http.response.start", "status": status, "headers": head})
    await send({"type": "http.response.body", "body": b""})
