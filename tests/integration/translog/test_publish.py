"""Publishing: a checkpoint is published once enough witnesses, asked over real HTTP, have cosigned it."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import DatabaseError, connection
from django.test import Client

from openpars.errors import FileMalformed, LogBroken
from openpars.translog import actions, queries, witnesses
from openpars.translog.models import Checkpoint, Entry
from openpars.translog.rules import canonical, cosignature, note, proof
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs
from tests.integration.witness import witnesses as run
from tests.integration.witness.witnesses import Running

pytestmark = pytest.mark.django_db


@pytest.fixture
def signer(tmp_path: Path) -> FileSigner:
    return FileSigner(tmp_path / "log.key")


@pytest.fixture
def three(tmp_path: Path, signer: FileSigner) -> Iterator[list[Running]]:
    """Three witnesses, two of which must sign."""
    with (
        run.running(tmp_path / "1", "court", signer.vkey) as court,
        run.running(tmp_path / "2", "defender", signer.vkey) as defender,
        run.running(tmp_path / "3", "university", signer.vkey) as university,
    ):
        some = [court, defender, university]
        actions.set_policy(text=run.policy(2, *some), by="test", at=logs.NOON)
        yield some


def quickly(asks: object) -> dict[str, witnesses.Answer]:
    return witnesses.ask_all(asks, 2.0)  # type: ignore[arg-type]


def a_day_later(asks: dict[str, witnesses.Ask]) -> dict[str, witnesses.Answer]:
    return quickly({name: replace(one, at=one.at + timedelta(days=1)) for name, one in asks.items()})


def publish(**more: object) -> actions.Published:
    return actions.publish(**{"at": logs.NOON, "ask": quickly, **more})  # type: ignore[arg-type]


def grow(signer: FileSigner, count: int, kind: str = "test") -> list[int]:
    ids = logs.append(count, kind)
    logs.integrate(signer)
    return ids


def published_size() -> int:
    latest = queries.published()
    return latest.size if latest else 0


def test_where_nobody_witnesses_what_is_signed_is_published(signer: FileSigner) -> None:
    assert queries.published() is None
    assert publish() == actions.Published(0, (), {}, published=False)
    grow(signer, 5)
    assert queries.published() == queries.latest()
    assert publish() == actions.Published(5, (), {}, published=True)


def test_a_policy_has_its_entry_in_the_log(signer: FileSigner, three: list[Running]) -> None:
    logs.integrate(signer)
    entry = canonical.decode(queries.leaf(0))
    assert entry == {
        "type": "openpars.witness-policy/1",
        "policy": run.policy(2, *three),
        "by": "test",
        "at": "2026-11-23T12:00:00.000Z",
    }
    assert queries.witness_policy().describe() == "2 of court, defender, university"


@pytest.mark.usefixtures("three")
def test_published_once_the_policy_is_met(signer: FileSigner) -> None:
    (number, *_) = grow(signer, 6)
    assert (queries.published(), queries.receipt(number)) == (None, None)
    assert "openpars.example/log\n7\n" in (queries.unwitnessed_receipt(number) or "")
    done = publish()
    assert done == actions.Published(7, ("court", "defender", "university"), {}, published=True)
    latest = queries.published()
    assert latest is not None
    keys = queries.witness_policy().keys
    assert len(cosignature.verify(note.parse(latest.text.encode()), keys)) == 3
    shown = proof.parse((queries.receipt(number) or "").encode())
    assert shown.checkpoint == latest.text
    assert proof.verify(shown, shown.extra or b"", signer.key).size == 7
    # It continues from where each witness is.
    grow(signer, 3)
    assert published_size() == 7
    assert queries.tile(0, 0, 8) is None
    assert publish().published
    assert [one.size for one in queries.witnesses()] == [10, 10, 10]
    assert publish() == actions.Published(10, ("court", "defender", "university"), {}, published=True)


def test_one_that_is_down_or_left_alone_holds_up_nothing_while_the_others_suffice(
    signer: FileSigner, three: list[Running]
) -> None:
    text = run.policy(2, *three).replace(three[0].url, "http://127.0.0.1:9/")
    actions.set_policy(text=text, by="test", at=logs.NOON)
    grow(signer, 5)
    done = publish(but_not=["university"])
    assert (done.cosigned, done.published) == (("defender",), False)
    assert "cannot be asked" in done.problems["court"]
    done = publish()
    assert (done.cosigned, done.published) == (("defender", "university"), True)
    # The third signs later, and its line joins the others'.
    actions.set_policy(text=run.policy(2, *three), by="test", at=logs.NOON)
    assert publish() == actions.Published(7, ("court", "defender", "university"), {}, published=True)


def test_a_witness_that_forgot_what_we_know_or_knows_what_we_forgot_is_asked_again(
    signer: FileSigner, three: list[Running]
) -> None:
    grow(signer, 5)
    assert publish().published
    logs.tamper("DELETE FROM translog_cosignature")
    grow(signer, 5)
    assert publish().cosigned == ("court", "defender", "university")
    three[0].forget()
    grow(signer, 5)
    assert publish().cosigned == ("court", "defender", "university")


def test_a_clock_a_day_off_is_refused_and_named(signer: FileSigner, three: list[Running]) -> None:
    grow(signer, 5)
    for one in three:
        one.clock.move(days=1)
    done = publish()
    assert (done.cosigned, done.published) == ((), False)
    assert "clock and this witness's are -86400 s apart" in done.problems["court"]
    # One that is told nothing of our clock signs; its line is refused here.
    done = publish(ask=a_day_later)
    assert (done.cosigned, done.published) == ((), False)
    assert done.problems["court"] == "has a clock that is 86400 s off ours: its line is refused"
    for one in three:
        one.clock.move(days=-1)
        one.forget()
    assert publish().published


@contextmanager
def impostor(answer: Callable[[http.server.BaseHTTPRequestHandler], None]) -> Iterator[str]:
    """A server that is no witness."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            answer(self)

        def log_message(self, *args: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def says(status: int, content: bytes, kind: str = "text/plain") -> Callable[[object], None]:
    def answer(handler: object) -> None:
        assert isinstance(handler, http.server.BaseHTTPRequestHandler)
        handler.send_response(status)
        handler.send_header("Content-Type", kind)
        handler.end_headers()
        handler.wfile.write(content)

    return answer


@pytest.mark.parametrize(
    ("status", "content", "problem"),
    [
        (200, b"", "no empty line"),
        (200, b"ok\n", "is not of the form"),
        (200, b"\xe2\x80\x94 stranger YWJjZGVm\n", "without a line of its own key"),
        (200, b"\xff" * 100_000, "too much or too slowly"),
        (302, b"", "refused \\(302\\)"),
        (500, b"\x1b[31mred\n", r"refused \(500\): \[31mred$"),
        (409, b"7\n", "refused \\(409\\): 7"),
    ],
)
def test_whatever_a_witness_answers_the_log_goes_on(
    signer: FileSigner, three: list[Running], status: int, content: bytes, problem: str
) -> None:
    with impostor(says(status, content)) as url:
        text = run.policy(2, *three).replace(three[0].url, url)
        actions.set_policy(text=text, by="test", at=logs.NOON)
        grow(signer, 5)
        done = publish()
    assert done.published
    assert list(done.problems) == ["court"]
    assert re.search(problem, done.problems["court"])


def test_one_that_never_answers_is_waited_for_no_longer_than_said(
    signer: FileSigner, three: list[Running]
) -> None:
    go_on = threading.Event()
    with impostor(lambda _: str(go_on.wait(30)) and None) as url:
        text = run.policy(2, *three).replace(three[0].url, url)
        actions.set_policy(text=text, by="test", at=logs.NOON)
        grow(signer, 5)
        done = actions.publish(at=logs.NOON, ask=lambda asks: witnesses.ask_all(asks, 0.5))
        # Appending and integrating never wait for witnesses.
        grow(signer, 1)
        go_on.set()
    assert done.published
    assert list(done.problems) == ["court"]
    assert re.search("did not answer within 0.5 s|timed out", done.problems["court"])
    assert logs.verified_size(signer) == 8


def test_law_two_copies_that_sign_different_histories_are_caught(
    signer: FileSigner, three: list[Running]
) -> None:
    """A copy of the database and its key goes on by itself; both copies then ask the same witnesses."""
    grow(signer, 6)
    assert publish().published
    copy = logs.Copy()
    grow(signer, 2)
    assert publish().published
    copy.take_over()
    # Behind what the witnesses have seen: somebody signs more elsewhere.
    grow(signer, 1, "another history")
    done = publish()
    assert (done.size, done.published) == (8, False)
    assert "has cosigned 9 entries, more than our 8: THE LOG HAS FORKED" in done.problems["court"]
    # Nothing more is signed until somebody has looked. Somebody who lets it go on:
    with pytest.raises(LogBroken, match="the witness court has cosigned 9 entries, more than our 8"):
        grow(signer, 1, "another history")
    actions.resume(by="test", at=logs.NOON)
    # At or beyond it: both histories are now in the witnesses' hands.
    grow(signer, 3, "another history")
    done = publish()
    assert (done.size, done.published) == (12, False)
    assert done.problems["defender"].startswith("refused (422)")
    assert published_size() == 7
    for one in three:
        assert any("HAS SIGNED TWO HISTORIES" in found.words for found in one.memory.evidence())
    # Each copy verifies by itself: only the witnesses could tell.
    assert logs.verified_size(signer) == 12


def test_ending_witnessing_publishes_what_is_signed(signer: FileSigner, three: list[Running]) -> None:
    grow(signer, 1)
    assert published_size() == 0
    actions.set_policy(text="quorum none\n", by="test", at=logs.NOON)
    logs.integrate(signer)
    assert published_size() == 3
    assert three[0].memory.seen()[0].size == 0


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no quorum"),
        ("witness w {0}\nquorum w\n", "at which"),
        ("witness w {0} ftp://x\nquorum w\n", "at which"),
    ],
)
def test_policies_that_cannot_be_followed_are_refused(three: list[Running], text: str, what: str) -> None:
    with pytest.raises(FileMalformed, match=what):
        actions.set_policy(text=text.format(three[0].vkey), by="test", at=logs.NOON)
    assert queries.policy_text() == run.policy(2, *three)


@pytest.mark.parametrize("table", ["policy", "cosignature", "publication"])
@pytest.mark.parametrize("verb", ["DELETE FROM translog_{}", "UPDATE translog_{0} SET {1} = {1}"])
@pytest.mark.usefixtures("three")
def test_law_who_witnessed_cannot_be_unsaid(signer: FileSigner, table: str, verb: str) -> None:
    grow(signer, 1)
    publish()
    column = {"policy": "text", "cosignature": "line", "publication": "size"}[table]
    with pytest.raises(DatabaseError, match="append-only"):
        logs.execute(verb.format(table, column))


@pytest.mark.urls("openpars.public.urls")
@pytest.mark.usefixtures("three")
def test_the_public_is_shown_what_is_published(signer: FileSigner, client: Client) -> None:
    grow(signer, 299)
    assert client.get("/log/checkpoint").status_code == 404
    publish()
    assert client.get("/log/checkpoint").content.decode().count("\u2014 ") == 4
    grow(signer, 1)
    assert b"\n300\n" in client.get("/log/checkpoint").content
    assert client.get("/log/tile/0/001.p/45").status_code == 404
    assert client.get("/log/tile/0/001.p/44").status_code == 200


def test_migrating_counts_what_was_signed_before_as_published(signer: FileSigner) -> None:
    from importlib import import_module

    grow(signer, 3)
    logs.tamper("DELETE FROM translog_publication")
    with connection.cursor() as cursor:
        cursor.execute(import_module("openpars.translog.migrations.0002_witnesses").CARRY_OVER)
    assert published_size() == 3
    assert (Checkpoint.objects.count(), Entry.objects.count()) == (1, 3)
