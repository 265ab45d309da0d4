"""`openpars serve`: everything answers, a part that dies comes back, all of it stops when told."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from openpars.cli import serve_verbs
from openpars.errors import BadInput

COMMAND = [sys.executable, "-c", "from openpars.cli import main; main()", "serve", "--workers", "1", "--json"]


def until(what: Callable[[], bool], seconds: float = 30) -> bool:
    """Whether `what` comes true in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return True
        time.sleep(0.1)
    return False


def status(address: str) -> int:
    """The status of an address, 0 where nobody answers."""
    try:
        with urllib.request.urlopen(address, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code
    except OSError:
        return 0


def children(pid: int) -> dict[int, str]:
    """The processes that `pid` started, with their command lines."""
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    lines = ((int(child), Path(f"/proc/{child}/cmdline")) for child in found)
    return {child: line.read_bytes().replace(b"\0", b" ").decode() for child, line in lines if line.exists()}


@pytest.mark.parametrize("host", ["", " ", "..", "nowhere.invalid", "x" * 300, "fe80::1%lo", "127.0.0.1:80"])
def test_a_host_that_is_no_address_is_refused_before_anything_starts(host: str) -> None:
    with pytest.raises(BadInput, match="--host"):
        serve_verbs.numeric(host)


def test_a_host_is_handed_on_in_numbers() -> None:
    named = {name: serve_verbs.numeric(name) for name in ("localhost", "127.0.0.1", "0.0.0.0", "::1")}
    assert list(named.values()) == ["127.0.0.1", "127.0.0.1", "0.0.0.0", "::1"]
    with pytest.raises(BadInput, match="is no address of this machine"):
        serve_verbs.must_be_free("192.0.2.1", 8000)


@pytest.mark.skipif(not Path("/proc").exists(), reason="needs /proc")
def test_parts_answer_come_back_and_stop() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with subprocess.Popen(
        [*COMMAND, "--port", str(port)], stdout=subprocess.PIPE, env={**os.environ}
    ) as serving:
        try:
            assert serving.stdout is not None
            said = json.loads(serving.stdout.readline())
            assert status(f"{said['site']}log-in/") == 200
            assert status(said["events"]) == 401
            parts = children(serving.pid)
            owned = {found[1] for line in parts.values() if (found := re.search(r"--part (\w+)", line))}
            assert owned >= {"integrator", "publisher", "keeper", "poster"}
            (events,) = (pid for pid, line in parts.items() if "uvicorn" in line)
            os.kill(events, signal.SIGKILL)
            assert until(lambda: events not in children(serving.pid))
            assert until(lambda: status(said["events"]) == 401)
            taken = subprocess.run([*COMMAND, "--port", str(port)], capture_output=True, timeout=60)
            assert taken.returncode == 2
            assert b"cannot be listened on" in taken.stdout + taken.stderr
            for wrong in (["--port", "99999"], ["--workers", "0"], ["--host", ""]):
                refused = subprocess.run([*COMMAND, *wrong], capture_output=True, timeout=60)
                assert refused.returncode == 2
                assert json.loads(refused.stdout)["error"]
        finally:
            serving.send_signal(signal.SIGTERM)
            code = serving.wait(30)
    assert code == 0
    assert status(f"{said['site']}log-in/") == 0
