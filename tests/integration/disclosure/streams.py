"""A reader of one stream of the feed."""

import http.client
import socket
import threading
import time
from dataclasses import dataclass, field
from queue import Queue


@dataclass
class Reader:
    """One stream, read by a thread of its own: each event as a dict, then None when it has closed, with the moment."""

    port: int
    path: str
    token: str
    last: str | None = None
    status: int = 0
    heard: "Queue[dict[str, str] | None]" = field(default_factory=Queue)
    closed_at: float = 0.0

    def __enter__(self) -> "Reader":
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        more = {"Last-Event-ID": self.last} if self.last else {}
        self._connection.request("GET", self.path, headers={"Authorization": f"Bearer {self.token}", **more})
        self._answer = self._connection.getresponse()
        self.status = self._answer.status
        self._thread = threading.Thread(target=self._read)
        if self.status == 200:
            assert self._answer.readline().startswith(b":"), "the first line says that it is open"
            self._answer.readline()
            self._thread.start()
        return self

    def _read(self) -> None:
        event: dict[str, str] = {}
        try:
            while line := self._answer.readline():
                name, _, value = line.decode().rstrip("\n").partition(": ")
                if name and not line.startswith(b":"):
                    event[name] = value
                elif not name and event:
                    self.heard.put(event)
                    event = {}
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass
        self.closed_at = time.monotonic()
        self.heard.put(None)

    def next(self) -> dict[str, str] | None:
        """The next event; None once the stream has closed."""
        return self.heard.get(timeout=30)

    def __exit__(self, *_: object) -> None:
        if self._thread.is_alive() and self._connection.sock is not None:
            self._connection.sock.shutdown(socket.SHUT_RDWR)
        if self._thread.ident:
            self._thread.join(30)
        self._answer.close()
        self._connection.close()
