"""The process that serves streams, as `openpars serve` starts it, and a reader of one stream."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Queue


@contextmanager
def served() -> Iterator[int]:
    """The events process in the pages' role, on a port of its own; answers the port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    command += [
        "--log-level",
        "error",
        "--timeout-graceful-shutdown",
        "1",
        "openpars.config.events:application",
    ]
    with subprocess.Popen(command, env={**os.environ, "OPENPARS_ROLE": "app"}) as serving:
        try:
            _wait_for(port)
            yield port
        finally:
            serving.terminate()
            serving.wait(30)


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            threading.Event().wait(0.05)
    raise TimeoutError("the events did not begin to answer")


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
