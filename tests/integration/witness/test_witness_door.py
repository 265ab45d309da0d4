"""The witness over real HTTP, without a database."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from email.utils import format_datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from openpars.cli import witness_verbs
from openpars.errors import FileMalformed, NotFound
from openpars.translog.rules import cosignature, merkle, note, witness
from openpars.witness import door, memory
from tests.integration.witness import witnesses
from tests.integration.witness.witnesses import Running
from tests.unit.translog import trees

LEAVES = trees.entries(40)
OTHERS = [*LEAVES[:3], b'"another history"', *LEAVES[4:]]


@pytest.fixture
def court(tmp_path: Path) -> Iterator[Running]:
    with witnesses.running(tmp_path / "court", "court", str(trees.KEY), quantum_safe=True) as made:
        yield made


def body(old: int, size: int, leaves: list[bytes] = LEAVES) -> bytes:
    path = merkle.consistency(old, size, trees.node(trees.grown(leaves))) if 0 < old <= size else []
    return str(witness.Request(old, tuple(path), trees.signed_checkpoint(leaves[:size]))).encode()


def post(url: str, data: bytes, path: str = "add-checkpoint", **headers: str) -> tuple[int, str, str]:
    where = url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(where, timeout=20)
    connection.request("POST", f"/{path}", data, headers)
    answer = connection.getresponse()
    content = answer.read().decode()
    connection.close()
    return answer.status, content, answer.headers["Content-Type"]


def test_it_cosigns_what_continues_with_each_of_its_keys(court: Running) -> None:
    for old, size in ((0, 5), (5, 5), (5, 9), (9, 40)):
        status, lines, _ = post(court.url, body(old, size))
        assert status == 200
        signed = note.parse((trees.signed_checkpoint(LEAVES[:size]) + lines).encode())
        found = cosignature.verify(signed, [one.key for one in court.memory.keys])
        assert [one.key.kind for one in found] == [4, 6]
        assert {one.time for one in found} == {int(witnesses.NOON.timestamp())}
    assert post(court.url, body(0, 40)) == (409, "40\n", "text/x.tlog.size")
    assert [(one.size, one.origin) for one in court.memory.seen()] == [(40, trees.ORIGIN)]


def test_a_fork_is_refused_kept_and_said_loudly(court: Running, caplog: pytest.LogCaptureFixture) -> None:
    assert post(court.url, body(0, 7))[0] == 200
    assert post(court.url, body(7, 9, OTHERS))[0] == 422
    assert post(court.url, body(7, 9, OTHERS))[0] == 422
    (found,) = court.memory.evidence()
    folder = found.folder
    assert (folder / "first").read_text() == trees.signed_checkpoint(LEAVES[:7])
    assert (folder / "second").read_text() == trees.signed_checkpoint(OTHERS[:9])
    assert witness.parse((folder / "request").read_bytes()).old == 7
    assert "HAS SIGNED TWO HISTORIES" in (folder / "README.txt").read_text()
    assert caplog.text.count(f"FORK: {trees.ORIGIN} HAS SIGNED TWO HISTORIES") == 1
    # It goes on witnessing the history that it knows, which explains nothing, and says so to everybody.
    assert post(court.url, body(7, 9))[0] == 200
    assert not found.explained
    assert f"FORK: {trees.ORIGIN} HAS SIGNED TWO HISTORIES" in visited(court.url)


def visited(url: str) -> str:
    connection = http.client.HTTPConnection(url.removeprefix("http://").rstrip("/"), timeout=20)
    connection.request("GET", "/")
    content = connection.getresponse().read().decode()
    connection.close()
    return content


def false_proof(old: int, size: int) -> bytes:
    """What anybody can send, without a key: an honest checkpoint of the log, and hashes of nothing."""
    path = merkle.consistency(old, size, trees.node(trees.grown(LEAVES)))
    signed = trees.signed_checkpoint(LEAVES[:size])
    return str(witness.Request(old, tuple(bytes(32) for _ in path), signed)).encode()


def status_of(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(witness_verbs.command, ["status", str(folder)])
    return done.exit_code, done.stdout


def test_law_a_false_proof_of_an_outsider_accuses_nobody_once_the_log_has_gone_on(court: Running) -> None:
    assert post(court.url, body(0, 8))[0] == 200
    # From a size that is a power of two a false proof cannot be told from a fork.
    assert post(court.url, false_proof(8, 9))[0] == 422
    (found,) = court.memory.evidence()
    assert (found.fork.proven, "FORK" in visited(court.url)) == (False, False)
    code, said = status_of(court.memory.folder)
    assert (code, "openpars log prove" in said) == (1, True)
    # The log's own proof of the same checkpoint is taken, and shows that there was no fork.
    assert post(court.url, body(8, 9))[0] == 200
    code, said = status_of(court.memory.folder)
    assert (code, "Looked like a fork, and was none" in said) == (0, True)
    # Once explained it stays so, whoever sends it again.
    assert post(court.url, false_proof(8, 9))[0] == 409
    assert status_of(court.memory.folder)[0] == 0


def test_what_looked_like_a_fork_is_explained_by_a_proof_that_comes_later(
    court: Running, tmp_path: Path
) -> None:
    assert post(court.url, body(0, 8))[0] == 200
    assert post(court.url, false_proof(8, 9))[0] == 422
    # The log goes on past it: of that very checkpoint nothing is shown.
    assert post(court.url, body(8, 12))[0] == 200
    assert status_of(court.memory.folder)[0] == 1

    def explained(data: bytes) -> tuple[int, str]:
        (tmp_path / "proof").write_bytes(data)
        arguments = ["explain", str(court.memory.folder), str(tmp_path / "proof")]
        done = CliRunner().invoke(witness_verbs.command, arguments)
        return done.exit_code, str(done.exception or done.stdout)

    for data, says in (
        (body(9, 13), "has not cosigned the checkpoint"),
        (body(10, 12), "explains nothing"),
        (false_proof(9, 12), "explains nothing"),
        (body(9, 12, OTHERS), "has not cosigned the checkpoint"),
    ):
        code, said = explained(data)
        assert (code, says in said) == (1, True), said
    assert explained(body(9, 12)) == (0, f"No fork: {court.memory.evidence()[0].folder}\n")
    assert status_of(court.memory.folder)[0] == 0


@pytest.mark.parametrize("old", [7, 8])
def test_a_fork_is_explained_by_nothing(court: Running, old: int, tmp_path: Path) -> None:
    """Of which the first size is a power of two, and of which it is none."""
    assert post(court.url, body(0, old))[0] == 200
    assert post(court.url, body(old, 9, OTHERS))[0] == 422
    (found,) = court.memory.evidence()
    assert post(court.url, body(old, 9))[0] == 200
    assert post(court.url, body(9, 12))[0] == 200
    assert not found.fork.explained_by(witness.parse(body(9, 12)))
    assert not court.memory.has_cosigned(trees.signed_checkpoint(OTHERS[:12]))
    assert status_of(court.memory.folder)[0] == 1


def test_whoever_holds_connections_open_keeps_nobody_out(court: Running) -> None:
    where = ("127.0.0.1", int(court.url.rstrip("/").rpartition(":")[2]))
    held = [socket.create_connection(where, timeout=20) for _ in range(door.MOST_AT_ONCE + 5)]
    for number, one in enumerate(held):
        # Some say nothing, some half of something.
        one.sendall(b"POST /add-checkpoint HTTP/1.1\r\nContent-Length: 500\r\n\r\nold" * (number % 2))
    began = time.monotonic()
    assert post(court.url, body(0, 5))[0] == 200
    assert time.monotonic() - began < door.SILENCE / 2
    for one in held:
        one.close()


def test_what_it_has_said_survives_it(tmp_path: Path) -> None:
    for old, size in ((0, 5), (5, 9)):
        with witnesses.running(tmp_path / "w", "court", str(trees.KEY)) as again:
            assert post(again.url, body(old, size))[0] == 200
    kept = memory.Memory(tmp_path / "w")
    assert [one.size for one in kept.seen()] == [9]
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600


def test_law_of_two_that_ask_at_once_the_state_never_goes_back(court: Running) -> None:
    assert post(court.url, body(0, 5))[0] == 200
    statuses: list[tuple[int, int]] = []

    def send(size: int) -> None:
        statuses.append((size, post(court.url, body(5, size))[0]))

    threads = [threading.Thread(target=send, args=(size,)) for size in range(6, 14)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (won,) = [size for size, status in statuses if status == 200]
    assert {status for size, status in statuses if size != won} == {409}
    assert court.memory.seen()[0].size == won


def test_a_clock_a_day_off_is_refused(court: Running) -> None:
    assert post(court.url, body(0, 5))[0] == 200
    date = format_datetime(witnesses.NOON, usegmt=True)
    court.clock.move(days=1)
    status, words, _ = post(court.url, body(5, 6), Date=date)
    assert (status, words) == (503, "The asker's clock and this witness's are -86400 s apart.\n")
    court.clock.move(days=-2)
    status, words, _ = post(court.url, body(5, 6))
    assert (status, words) == (
        503,
        "This witness's clock is 86400 s behind what it has signed: set it right.\n",
    )
    assert court.memory.seen()[0].size == 5
    court.clock.move(days=1, seconds=1)
    assert post(court.url, body(5, 6), Date=date)[0] == 200


@pytest.mark.parametrize(
    ("data", "headers", "status"),
    [
        (b"", {}, 400),
        (b"old 0\n\nnonsense\n", {}, 400),
        (b"x", {"Content-Length": "100000000"}, 400),
        (b"x", {"Content-Length": "-1"}, 400),
        (b"x", {"Content-Length": "9" * 5000}, 400),
        (b"", {"Content-Length": "0", "Date": "Mon, 01 Jan 99999999999 00:00:00 GMT"}, 400),
        (b"", {"Content-Length": "0", "Date": "Mon, 01 Jan 2026 00:00:00 +99999999999999"}, 400),
        (b"", {"Content-Length": "0", "Date": "Mon, 01 Jan 9999 00:00:00 -2359"}, 503),
        (b"x", {"Content-Length": "\u0661".encode().decode("latin-1")}, 400),
    ],
)
def test_malformed_requests(court: Running, data: bytes, headers: dict[str, str], status: int) -> None:
    assert post(court.url, data, **headers)[0] == status


def test_other_logs_and_other_addresses(court: Running) -> None:
    stranger = trees.signed_checkpoint(LEAVES[:3], origin="other.example/log")
    assert post(court.url, str(witness.Request(0, (), stranger)).encode())[0] == 404
    assert post(court.url, body(0, 3), path="add-entry")[0] == 404
    where = court.url.removeprefix("http://").rstrip("/")
    connection = http.client.HTTPConnection(where, timeout=20)
    connection.request("GET", "/")
    answer = connection.getresponse()
    assert court.vkey in answer.read().decode()
    # The same connection serves again (keep-alive).
    connection.request("GET", "/nothing")
    assert connection.getresponse().status == 404
    connection.close()


def test_a_folder_is_made_once_and_learns_more_logs(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="is no witness's folder"):
        memory.Memory(tmp_path)
    first = memory.init(tmp_path, name="court.example/witness", logs=(), quantum_safe=False)
    assert first.logs == {}
    again = memory.init(tmp_path, name="court.example/witness", logs=(str(trees.KEY),), quantum_safe=False)
    assert again.keys[0].key == first.keys[0].key
    assert first.logs == {trees.ORIGIN: (trees.KEY,)}
    memory.init(tmp_path, name="court.example/witness", logs=(str(trees.KEY),), quantum_safe=False)
    assert (tmp_path / "logs").read_text().count(str(trees.KEY)) == 1
    with pytest.raises(FileMalformed, match="this folder is the witness court"):
        memory.init(tmp_path, name="other.example/witness", logs=(), quantum_safe=False)
    with pytest.raises(FileMalformed, match="verifier key"):
        memory.init(tmp_path, name="court.example/witness", logs=("nonsense",), quantum_safe=False)
    (tmp_path / "logs").write_text("nonsense\n")
    with pytest.raises(FileMalformed, match="line 1, logs"):
        first.logs  # noqa: B018


def test_evidence_is_bounded(court: Running, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "MOST_EVIDENCE", 2)
    post(court.url, body(0, 7))
    for size in range(8, 14):
        assert post(court.url, body(7, size, OTHERS))[0] == 422
    assert len(court.memory.evidence()) == 2


KILLED = """
import os, signal, sys
from pathlib import Path
from openpars import clock
from openpars.witness import door, memory
kept = memory.Memory(Path(sys.argv[1]))
remember = memory.Turn.remember
def die(*a):
    if sys.argv[2] == "after": remember(*a)
    os.kill(os.getpid(), signal.SIGKILL)
memory.Turn.remember = die
door.answer(kept, Path(sys.argv[3]).read_bytes(), clock.now())
"""


@pytest.mark.parametrize("when", ["before", "after"])
def test_law_killed_before_it_has_answered_it_has_said_nothing(tmp_path: Path, when: str) -> None:
    memory.init(tmp_path / "w", name="court.example/witness", logs=(str(trees.KEY),), quantum_safe=False)
    (tmp_path / "body").write_bytes(body(0, 5))
    command = [sys.executable, "-c", KILLED, str(tmp_path / "w"), when, str(tmp_path / "body")]
    assert subprocess.run(command, check=False).returncode == -signal.SIGKILL
    kept = memory.Memory(tmp_path / "w")
    assert kept.seen()[0].size == 0
    assert door.answer(kept, body(0, 5), witnesses.NOON).status == 200


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg", "ninja"}:
            raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
from openpars.cli import main
main()
"""


def test_the_command_stands_alone(tmp_path: Path) -> None:
    """Made, served, asked, killed by a signal and looked at, with no framework and no database."""
    environment = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    door = [sys.executable, "-c", BLOCKED, "witness"]
    folder = str(tmp_path / "w")

    def run(*arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*door, *arguments], env=environment, capture_output=True, text=True, check=False
        )

    made = run("init", folder, "--name", "court.example/witness", "--log", str(trees.KEY))
    assert (made.returncode, made.stderr) == (0, "")
    assert made.stdout.endswith(f"Knows {trees.ORIGIN}.\n")
    with subprocess.Popen(
        [*door, "serve", folder, "--port", "0"],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as serving:
        assert serving.stdout is not None
        url = serving.stdout.readline().decode().split()[2].rstrip(".")
        assert post(url, body(0, 7))[0] == 200
        assert run("status", folder).returncode == 0
        assert post(url, body(7, 9, OTHERS))[0] == 422
        serving.terminate()
        assert serving.stderr is not None
        said = serving.stderr.read().decode()
    assert serving.returncode == 0
    assert "CRITICAL FORK: openpars.example/log HAS SIGNED TWO HISTORIES. Evidence: " in said
    looked = run("status", folder)
    assert looked.returncode == 1
    assert "openpars.example/log: 7 entries, cosigned " in looked.stdout
    assert "HAS SIGNED TWO HISTORIES" in looked.stdout
