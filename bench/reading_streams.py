"""The process that serves streams, and readers that note when theirs has closed."""

import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def served() -> Iterator[int]:
    """The events process in the pages' role, as `openpars serve` starts it; answers its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(port), "--no-access-log"]
    command += ["--no-proxy-headers"]
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
            time.sleep(0.05)
    raise TimeoutError("the events did not begin to answer")


class Stream:
    """One open stream, read by a thread of its own until it closes."""

    def __init__(self, port: int, path: str, token: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=600)
        self._connection.request("GET", path, headers={"Authorization": f"Bearer {token}"})
        self._answer = self._connection.getresponse()
        if self._answer.status != 200:
            raise RuntimeError(f"a stream was refused with {self._answer.status}")
        self._closed = 0.0
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        while self._answer.readline():
            pass
        self._closed = time.monotonic()
        self._connection.close()

    def closed_at(self) -> float:
        """When it had closed, on the machine's monotonic clock; waits for it."""
        self._thread.join()
        return self._closed
