"""The witness over HTTP: one call, `POST /add-checkpoint` (c2sp.org/tlog-witness)."""

import contextlib
import email.utils
import logging
import re
import socket
import sys
import threading
from collections.abc import Callable
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from openpars.errors import Fault
from openpars.translog.rules import cosignature, note
from openpars.translog.rules import witness as protocol
from openpars.witness.memory import Memory

TOLERANCE = 3600
"""Seconds by which clocks may differ before one of them is taken to be wrong."""
MOST_AT_ONCE = 64
SILENCE = 30
"""Seconds after which a connection that says nothing is closed."""

PATIENCE = 1.0
"""Seconds that a connection waits for another to be closed in its favor."""
_LENGTH = re.compile("[0-9]{1,9}")

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]


def answer(memory: Memory, data: bytes, at: datetime) -> protocol.Verdict:
    """Judge a request's body at `at`: cosign and remember, or refuse; keep the evidence of a fork.

    The verdict's words are the response. Raises Fault where the witness's clock has gone back: it then signs
    nothing, since what it stated before would seem to come later.
    """
    now = int(at.timestamp())
    with memory.exclusively() as turn:
        verdict = protocol.judge(data, turn.find)
        if verdict.accepted is not None:
            last = turn.last_signed()
            if now < last - TOLERANCE:
                raise Fault(
                    f"This witness's clock is {last - now} s behind what it has signed: set it right."
                )
            request = protocol.parse(data)
            body = note.parse(request.checkpoint.encode()).body
            lines = [
                str(cosignature.line(one.key, now, one.sign(cosignature.message(one.key, body, now))))
                for one in memory.keys
            ]
            stated = verdict.accepted
            turn.remember(stated.origin, stated.size, request.checkpoint, now)
            verdict = protocol.Verdict(200, "".join(lines), accepted=stated)
    if verdict.accepted is not None:
        for one in memory.explain(protocol.parse(data)):
            logger.warning("%s has shown that there was no fork: %s", one.fork.origin, one.folder)
    if verdict.fork is not None:
        kept = memory.keep(verdict.fork)
        if kept is not None:
            what = "HAS SIGNED TWO HISTORIES" if verdict.fork.proven else "has not shown that it continues"
            logger.critical("FORK: %s %s. Evidence: %s", verdict.fork.origin, what, kept)
    return verdict


class Witness(ThreadingHTTPServer):
    """The server. `server_port` tells where it listens; port 0 lets the machine choose.

    It serves MOST_AT_ONCE connections; for one more, that which has asked for nothing whole for the longest is closed:
    whoever holds connections open keeps nobody out."""

    daemon_threads = True

    def __init__(self, memory: Memory, host: str, port: int, clock: Clock) -> None:
        self.memory, self.clock = memory, clock
        self._free = threading.BoundedSemaphore(MOST_AT_ONCE)
        self._lock = threading.Lock()
        self._asking: dict[socket.socket, None] = {}
        super().__init__((host, port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Take up a connection in a thread of its own."""
        if not self._free.acquire(blocking=False):
            self._make_room()
            if not self._free.acquire(timeout=PATIENCE):
                return self.shutdown_request(request)
        self.waits(request)
        return super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """Serve a connection to its end."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.has_asked(request)
            self._free.release()

    def waits(self, connection: socket.socket) -> None:
        """Nothing whole was asked on this connection since now."""
        with self._lock:
            self._asking[connection] = None

    def has_asked(self, connection: socket.socket) -> None:
        """Something was asked: it will be answered."""
        with self._lock:
            self._asking.pop(connection, None)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """An asker that is gone before it was answered is no fault."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)

    def _make_room(self) -> None:
        with self._lock:
            longest = next(iter(self._asking), None)
            if longest is not None:
                del self._asking[longest]
                # Its thread, which waits for more, reads the end.
                with contextlib.suppress(OSError):
                    longest.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    server: Witness
    protocol_version = "HTTP/1.1"
    timeout = SILENCE
    server_version, sys_version = "openpars-witness", ""

    def handle_one_request(self) -> None:
        """One request of the connection, which may ask for more."""
        self.server.waits(self.connection)
        super().handle_one_request()

    def do_POST(self) -> None:
        if self.path.rstrip("/") != "/add-checkpoint":
            return self._say(404, "There is nothing here but /add-checkpoint.")
        length = self.headers.get("Content-Length", "")
        if not _LENGTH.fullmatch(length) or int(length) > protocol.LONGEST:
            self.close_connection = True
            return self._say(400, f"The body must state its length, at most {protocol.LONGEST:,} bytes.")
        data = self.rfile.read(int(length))
        if len(data) < int(length):
            # Whoever asked is gone.
            self.close_connection = True
            return None
        self.server.has_asked(self.connection)
        now = self.server.clock()
        apart = _apart(self.headers.get("Date"), now)
        if abs(apart) > TOLERANCE:
            return self._say(503, f"The asker's clock and this witness's are {apart:.0f} s apart.")
        try:
            verdict = answer(self.server.memory, data, now)
        except Fault as error:
            logger.error("%s", error)
            return self._say(503, str(error))
        return self._say(verdict.status, verdict.words, verdict.content_type)

    def do_GET(self) -> None:
        """The witness's keys, for whoever sets up a log; and which log has forked."""
        self.server.has_asked(self.connection)
        if self.path != "/":
            return self._say(404, "There is nothing here but /add-checkpoint.")
        keys = [str(one.key) for one in self.server.memory.keys]
        forked = sorted({one.fork.origin for one in self.server.memory.evidence() if one.fork.proven})
        said = [
            f"FORK: {origin} HAS SIGNED TWO HISTORIES. This witness has the evidence." for origin in forked
        ]
        return self._say(200, "\n".join(["A witness of logs (c2sp.org/tlog-witness).", *keys, *said]))

    def _say(self, status: int, words: str, content_type: str = protocol.TEXT) -> None:
        content = (words if words.endswith("\n") else f"{words}\n").encode()
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


def _apart(date: str | None, now: datetime) -> float:
    """Seconds between the asker's Date header and our clock; 0 where there is none that can be read."""
    try:
        return (email.utils.parsedate_to_datetime(date or "") - now).total_seconds()
    except (TypeError, ValueError, OverflowError):
        return 0.0
