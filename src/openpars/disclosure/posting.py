"""Posting events to the addresses of subscriptions: signed, in order, tried again, and to public addresses only
(specs/subscriptions.md, section 6).

An address is somebody else's word. Its name is resolved here, each address that it leads to is judged, and the
connection goes to the very address that was judged: no name can lead inside by changing its mind.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings

from openpars.disclosure import feed, subscriptions
from openpars.disclosure.rules.subscription import headers, postable, public_key, signed_text, url_problem
from openpars.engine import secret
from openpars.engine.address import state_folder
from openpars.translog import keyfile

SECONDS = 5.0
"""How long a receiver may take, from the connection to the last byte that is read."""
LEASE = timedelta(seconds=60)
"""For how long an event that was taken is not taken again; longer than a receiver may take."""
MOST_ANSWER = 1024
"""Bytes of an answer that are read: only its status counts."""


class Unreachable(Exception):
    """The event could not be posted; `words` hold no address. Never leaves this package."""


@dataclass(frozen=True)
class Key:
    """The key that signs what is posted: Ed25519, kept in the state folder."""

    private: keyfile.PrivateKey

    @property
    def public(self) -> str:
        """The key to verify with, as receivers are given it."""
        return public_key(self.private.key.public)

    def headers(self, event: UUID, at: datetime, body: bytes) -> dict[str, str]:
        """The headers of a posted event."""
        timestamp = int(at.timestamp())
        signature = self.private.sign(signed_text(str(event), timestamp, body))
        return headers(str(event), timestamp, signature)


def key() -> Key:
    """The key of this installation, made at the first call. Raises FileMalformed."""
    where = state_folder() / "feed.key"
    text = secret.keep(where, lambda: f"{keyfile.fresh(f'{settings.LOG_ORIGIN}/feed')}\n")
    return Key(keyfile.parse(text, where.name)[0])


def post_next(*, signer: Key, at: datetime) -> bool:
    """Post the next event that is due, if one is; answers whether one was. Its telling is a disclosure; what the
    receiver says decides whether it is tried again. Raises DatabaseUnavailable, Fault."""
    claimed = feed.claim(LEASE)
    if claimed is None:
        return False
    event, subscription = claimed
    answer = feed.tell(subscription=subscription, event=event)
    if answer is not None:
        body = feed.message(event, answer)
        try:
            post(
                subscriptions.known(subscription).url,
                body,
                signer.headers(event, at, body),
                practice=settings.DEMONSTRATION,
            )
        except Unreachable:
            feed.settle(event=event, outcome="failed")
        else:
            feed.settle(event=event, outcome="delivered")
    return True


def post(url: str, body: bytes, more: dict[str, str], *, practice: bool) -> None:
    """Post `body` as JSON. Raises Unreachable unless the receiver answers 200 to 299 in time. Nothing is followed."""
    if url_problem(url, practice=practice):
        raise Unreachable("the address is not one to post to")
    parts = urlsplit(url)
    host = parts.hostname or ""
    port = parts.port or (443 if parts.scheme == "https" else 80)
    try:
        link = _Link(host, port, _judged(host, port, practice), tls=parts.scheme == "https")
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            with link.deadline(SECONDS):
                link.request("POST", path, body, {"content-type": "application/json", **more})
                answer = link.getresponse()
                answer.read(MOST_ANSWER)
        finally:
            link.close()
    except (OSError, http.client.HTTPException, UnicodeError) as error:
        raise Unreachable(f"the receiver does not answer: {type(error).__name__}") from None
    if not 200 <= answer.status < 300:
        raise Unreachable(f"the receiver answered {answer.status}")


def _judged(host: str, port: int, practice: bool) -> str:
    """A numeric address of the host to connect to. Every one that the name leads to must be postable."""
    found = [str(each[4][0]) for each in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not found or not all(postable(address.partition("%")[0], practice=practice) for address in found):
        raise Unreachable("the address is not a public one")
    return found[0]


class _Link(http.client.HTTPConnection):
    """A connection to one judged address, which is called by the host's name."""

    def __init__(self, host: str, port: int, address: str, *, tls: bool) -> None:
        super().__init__(host, port, timeout=SECONDS)
        self.default_port = 443 if tls else 80
        self._address, self._tls = address, tls
        self._over = threading.Event()
        self._grip: socket.socket | None = None

    def connect(self) -> None:
        """Connect to the judged address; TLS proves that it is the host."""
        self.sock = socket.create_connection((self._address, self.port), timeout=SECONDS)
        # A hold of its own on the connection: TLS takes the socket over, and the answer may.
        self._grip = self.sock.dup()
        if self._over.is_set():
            raise TimeoutError
        if self._tls:
            self.sock = _trust().wrap_socket(self.sock, server_hostname=self.host)

    @contextmanager
    def deadline(self, seconds: float) -> Iterator[None]:
        """Within, all must be done in so many seconds. The socket's own timeout begins anew with each byte: a receiver
        that drips them would hold this thread for ever, and what others wait for with it. Raises TimeoutError."""
        timer = threading.Timer(seconds, self._cut)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()
            if self._grip is not None:
                self._grip.close()
        # An answer that was cut off in its headers looks like a whole one.
        if self._over.is_set():
            raise TimeoutError

    def _cut(self) -> None:
        self._over.set()
        if self._grip is not None:
            with suppress(OSError):  # the receiver has closed it
                self._grip.shutdown(socket.SHUT_RDWR)


def _trust() -> ssl.SSLContext:
    """Whom to believe: the certificates of this machine."""
    return ssl.create_default_context()
