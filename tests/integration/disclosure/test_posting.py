"""Events are posted signed, in order, again until they arrive, and to nowhere inside."""

import base64
import json
import select
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.test import override_settings

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.disclosure import posting, subscriptions
from openpars.disclosure.models import Delivery, Disclosure
from openpars.disclosure.rules.subscription import postable, url_problem
from tests.integration.disclosure.city import City, move, under
from tests.integration.disclosure.test_feed import TELLS, given, subscribed, twice


@contextmanager
def receiver(*statuses: int) -> Iterator[tuple[str, list[tuple[dict[str, str], bytes]]]]:
    """A receiver on this machine that answers these statuses, the last one for ever; and what it received."""
    received: list[tuple[dict[str, str], bytes]] = []
    left = list(statuses or (204,))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            status = left.pop(0) if len(left) > 1 else left[0]
            self.send_response(status)
            if status == 302:
                self.send_header("location", "/elsewhere")
            self.send_header("content-length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/events?who=us", received
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def practice() -> Iterator[None]:
    """A city of invented people, which may post to this machine."""
    with override_settings(DEMONSTRATION=True):
        yield


def posted_to(city: City, url: str):
    held = city.arrest()
    asker, number = under(TELLS)
    given(asker, held)
    return asker, number, held, subscribed(asker, held, url=url)


def due_now(subscription) -> None:
    """Let what waits to be tried again be due."""
    Delivery.objects.filter(subscription_id=subscription.id, state="queued").update(due_at=clock.now())


def post_all() -> int:
    signer, count = posting.key(), 0
    while posting.post_next(signer=signer, at=clock.now()):
        count += 1
    return count


def test_posted_in_order_signed_and_once(city: City, practice: None) -> None:
    with receiver() as (url, received):
        *_, held, subscription = posted_to(city, url)
        twice(held)
        assert post_all() == 2
        assert post_all() == 0
    kinds = [json.loads(body)["answer"]["results"][0]["kind"] for _, body in received]
    assert kinds == ["custody", "released"]
    public = Ed25519PublicKey.from_public_bytes(base64.b64decode(posting.key().public.removeprefix("whpk_")))
    for headers, body in received:
        version, _, signature = headers["webhook-signature"].partition(",")
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        assert version == "v1a"
        public.verify(base64.b64decode(signature), signed)
        with pytest.raises(InvalidSignature):
            public.verify(base64.b64decode(signature), signed + b" ")
        assert json.loads(body)["event"] == headers["webhook-id"]
        assert b"Quimby" not in body
    assert subscriptions.known(subscription.id).stopped_at is None


def test_tried_again_with_the_same_id_and_a_disclosure_each_time(city: City, practice: None) -> None:
    with receiver(500, 302, 204) as (url, received):
        asker, _, held, subscription = posted_to(city, url)
        move(held, "released")
        for _ in range(3):
            post_all()
            due_now(subscription)
        post_all()
    assert len({headers["webhook-id"] for headers, _ in received}) == 1
    assert len(received) == 3, "a redirect is not followed"
    assert Disclosure.objects.filter(user_id=asker.user_id, kind="event", record_count=1).count() == 3


def test_later_events_wait_for_the_one_that_fails(city: City, practice: None) -> None:
    with receiver(503, 204) as (url, received):
        *_, held, subscription = posted_to(city, url)
        twice(held)
        assert post_all() == 1, "the second waits"
        due_now(subscription)
        assert post_all() == 2
    kinds = [json.loads(body)["answer"]["results"][0]["kind"] for _, body in received]
    assert kinds == ["custody", "custody", "released"]


def test_given_up_after_the_last_try_and_its_owner_reads_so(city: City, practice: None) -> None:
    with receiver(410) as (url, received):
        asker, _, held, subscription = posted_to(city, url)
        twice(held)
        for _ in range(10):
            post_all()
            due_now(subscription)
    assert len(received) == 8
    stopped = subscriptions.one(subscription.id, user=asker.user_id)
    assert (stopped.why, stopped.queued, stopped.lost) == ("undeliverable", 0, 2)


@pytest.mark.parametrize("how", ["suspend", "terminate"])
def test_queued_deliveries_across_an_end_are_not_posted(city: City, practice: None, how: str) -> None:
    with receiver(503, 204) as (url, received):
        _, number, held, subscription = posted_to(city, url)
        twice(held)
        assert post_all() == 1
        getattr(agreements, how)(number=number, grounds="For a test.", by="test", at=clock.now())
        due_now(subscription)
        assert post_all() == 0
    assert len(received) == 1


@contextmanager
def dripping() -> Iterator[str]:
    """A receiver that is always about to answer 200: a byte at a time, each well within a socket's timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip() -> None:
            opened, _ = listening.accept()
            with opened, suppress(OSError):
                opened.recv(65536)
                opened.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nx: ")
                for _ in range(60):
                    opened.sendall(b"x")
                    # Paced by the receiver's side of the wire: until the poster hangs up, or the next byte is due.
                    if select.select([opened], [], [], 0.05)[0]:
                        return
                opened.sendall(b"\r\n\r\n")

        thread = threading.Thread(target=drip)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        thread.join()


def test_a_receiver_that_drips_its_answer_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(posting, "SECONDS", 0.5)
    with dripping() as url, pytest.raises(posting.Unreachable):
        posting.post(url, b"{}", {}, practice=True)


@pytest.mark.parametrize(
    "url",
    [
        "https://10.1.2.3/", "https://127.0.0.1/", "https://localhost/", "https://169.254.169.254/latest/meta-data/",
        "https://[::1]/", "https://[::ffff:10.0.0.1]/", "https://0.0.0.0/", "https://2130706433/",
        "https://[64:ff9b::a00:1]/", "https://[fe80::1]/",
    ],
)  # fmt: skip
def test_nothing_is_posted_inside(url: str) -> None:
    with pytest.raises(posting.Unreachable):
        posting.post(url, b"{}", {}, practice=False)


@pytest.mark.parametrize(
    "url", ["http://agency.example/", "https://u:p@agency.example/", "file:///etc/passwd", ""]
)
def test_nothing_is_posted_by_another_way(url: str) -> None:
    assert url_problem(url, practice=False)
    with pytest.raises(posting.Unreachable):
        posting.post(url, b"{}", {}, practice=False)


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2606:4700::1111", True), ("192.168.1.1", False), ("100.64.0.1", False), ("224.0.0.1", False),
     ("::ffff:8.8.8.8", True), ("::ffff:127.0.0.1", False), ("2002:0a00:0001::", False), ("::", False),
     ("fec0::1", False), ("64:ff9b:1::a00:1", False), ("64:ff9b::a00:1", False), ("::a00:1", False),
     ("2001:db8::1", False), ("fd00::1", False), ("4000::1", False)],
)  # fmt: skip
def test_only_public_addresses_are_posted_to(address: str, public: bool) -> None:
    assert postable(address, practice=False) is public
