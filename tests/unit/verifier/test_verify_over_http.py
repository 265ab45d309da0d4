"""`openpars-verify log` and the servers of the world: packed answers, and transfers that end early."""

import gzip
import threading
import zlib
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.unit.translog import trees
from tests.unit.verifier.test_verify_log import run

FILES = trees.files(trees.entries(300))
Served = Callable[[str, bytes], tuple[dict[str, str], bytes]]
"""What is answered for a path, given its content: headers and body."""


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Served], str]]:
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    started: list[ThreadingHTTPServer] = []

    def start(served: Served) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers, body = served(self.path.removeprefix("/"), FILES[self.path.removeprefix("/")])
                self.send_response(200)
                for name, value in ({"Content-Length": str(len(body))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)
                self.close_connection = True
                asked.append(self.headers.get("Accept-Encoding", ""))

            def log_message(self, *args: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever).start()
        started.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    asked: list[str] = []
    yield start
    for server in started:
        server.shutdown()
        server.server_close()
    assert set(asked) == {"gzip"}


def only(part: str, change: Callable[[bytes], tuple[dict[str, str], bytes]]) -> Served:
    return lambda path, content: change(content) if part in path else ({}, content)


def test_a_log_that_is_served_packed_verifies(
    serve: Callable[[Served], str], capsys: pytest.CaptureFixture[str]
) -> None:
    packed = only("entries", lambda content: ({"Content-Encoding": "gzip"}, gzip.compress(content)))
    code, out, err = run(capsys, serve(packed), "--key", trees.KEY)
    assert (code, err, out.startswith("Verified: 300 entries")) == (0, "", True)


@pytest.mark.parametrize("part", ["checkpoint", "tile/0/", "entries"])
def test_law_a_transfer_that_ends_early_accuses_nobody(
    serve: Callable[[Served], str], capsys: pytest.CaptureFixture[str], part: str
) -> None:
    early = only(part, lambda content: ({"Content-Length": str(len(content))}, content[: len(content) // 2]))
    code, out, err = run(capsys, serve(early), "--key", trees.KEY)
    assert (code, out, "bytes early" in err) == (3, "", True)


PACKED = {
    "cut short": ("gzip", gzip.compress(b"x" * 5000)[:20], "it ends early"),
    "not packed": ("gzip", b"x" * 5000, "cannot be unpacked"),
    "another way": ("br", b"x" * 5000, "not asked for"),
    "a wrong sum": ("gzip", gzip.compress(b"x" * 5000)[:-8] + b"\0" * 8, "cannot be unpacked"),
}


@pytest.mark.parametrize(("coding", "body", "says"), PACKED.values(), ids=PACKED.keys())
def test_what_cannot_be_unpacked_cannot_be_read(
    serve: Callable[[Served], str], capsys: pytest.CaptureFixture[str], coding: str, body: bytes, says: str
) -> None:
    odd = only("entries", lambda content: ({"Content-Encoding": coding}, body))
    code, out, err = run(capsys, serve(odd), "--key", trees.KEY)
    assert (code, out, says in err) == (3, "", True)


def test_a_bomb_is_unpacked_no_further_than_a_file_may_be_long(
    serve: Callable[[Served], str], capsys: pytest.CaptureFixture[str]
) -> None:
    stream = zlib.compressobj(wbits=16 + zlib.MAX_WBITS)
    bomb = b"".join(stream.compress(bytes(1 << 20)) for _ in range(64)) + stream.flush()
    assert len(bomb) < 100_000
    packed = only("checkpoint", lambda content: ({"Content-Encoding": "gzip"}, bomb))
    code, out, err = run(capsys, serve(packed), "--key", trees.KEY)
    assert (code, out, "checkpoint: is longer than 1,048,576 bytes" in err) == (2, "", True)
