"""The streams of subscriptions, over HTTP, from a process in the pages' role."""

import asyncio
import http.client
import json
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
from django.db import connection

from bench.reading_streams import served
from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies import queries
from openpars.agencies.models import User
from openpars.agencies.rules import event
from openpars.agreements import actions as agreements
from openpars.agreements.models import AgreementVersion
from openpars.agreements.rules.terms import Term
from openpars.config import feeds
from openpars.disclosure import feed
from openpars.disclosure.models import Delivery, Disclosure, Subscription
from openpars.disclosure.subscriptions import SubscriptionView
from tests.integration.disclosure.city import City, move, outsider
from tests.integration.disclosure.streams import Reader
from tests.integration.disclosure.test_feed import again, following, twice

WITHIN = 5.0
"""Seconds in which a stream of a test must have closed; how fast it is, `make bench` measures."""


@pytest.fixture(scope="module")
def port(django_db_setup: None) -> Iterator[int]:
    """Where the streams are."""
    with served() as found:
        yield found


def token(user: uuid.UUID) -> agencies.IssuedToken:
    return agencies.issue_token(user=user, label="a test's", by="test", at=clock.now())


def stream(port: int, asker, subscription, **more) -> Reader:
    return Reader(port, f"/feed/{subscription.id}", token(asker.user_id).plain, **more)


def test_what_happens_is_told_at_once_and_once(city: City, port: int) -> None:
    asker, _, held, subscription = following(city)
    with stream(port, asker, subscription) as reader:
        twice(held)
        fresh = again(held)
        events = [reader.next() for _ in range(3)]
    assert [event["event"] for event in events if event] == ["custody", "released", "arrested"]
    last = json.loads(events[-1]["data"])
    assert last["event"] == events[-1]["id"]
    assert last["answer"]["results"][0]["arrest"] == str(fresh.id)
    assert "Quimby" not in json.dumps(events)
    assert Disclosure.objects.filter(user_id=asker.user_id, kind="event", record_count=1).count() == 3


def test_what_waited_is_told_first_and_what_came_after_the_last_id_again(city: City, port: int) -> None:
    asker, _, held, subscription = following(city)
    twice(held)
    with stream(port, asker, subscription) as reader:
        first, second = reader.next(), reader.next()
    with stream(port, asker, subscription, last=first["id"]) as reader:
        assert reader.next()["id"] == second["id"]
        fresh = again(held)
        assert json.loads(reader.next()["data"])["answer"]["results"][0]["arrest"] == str(fresh.id)


ENDS = {
    "suspension": lambda asker, number, subscription: agreements.suspend(
        number=number, grounds="For a test.", by="test", at=clock.now()
    ),
    "termination": lambda asker, number, subscription: agreements.terminate(
        number=number, grounds="For a test.", by="test", at=clock.now()
    ),
    "standing": lambda asker, number, subscription: User.objects.filter(pk=asker.user_id).update(
        is_active=False
    ),
    "unsubscribed": lambda asker, number, subscription: feed.unsubscribe(
        asker=asker, subscription=subscription.id
    ),
}


@pytest.mark.parametrize("end", sorted(ENDS))
def test_an_open_stream_closes_when_it_ends(city: City, port: int, end: str) -> None:
    asker, number, held, subscription = following(city)
    with stream(port, asker, subscription) as reader:
        ENDS[end](asker, number, subscription)
        ended = time.monotonic()
        assert reader.next() == {"event": "ended", "data": ""} or reader.closed_at
        assert reader.next() is None
        assert reader.closed_at - ended < WITHIN
    again(held)
    with stream(port, asker, subscription) as reader:
        assert reader.status in (401, 404)
    assert not Disclosure.objects.filter(user_id=asker.user_id, kind="event", record_count=1).exists()


def test_an_open_stream_closes_with_its_token(city: City, port: int) -> None:
    asker, _, _, subscription = following(city)
    made = token(asker.user_id)
    with Reader(port, f"/feed/{subscription.id}", made.plain) as reader:
        agencies.revoke_token(token=made.id, by="test", at=clock.now())
        assert reader.next()["event"] == "ended"
        assert reader.next() is None


def test_events_that_wait_are_not_told_after_the_token_is_revoked(city: City) -> None:
    """Read as the process reads it, an event at a time: the first was told, the second waits."""
    asker, _, held, subscription = following(city)
    twice(held)
    made = token(asker.user_id)
    opened = feeds.Stream(subscription.id, subscription.number, asker.user_id, made.plain)

    async def read() -> list[bytes]:
        loop = asyncio.get_running_loop()
        loop.set_default_executor(ThreadPoolExecutor(1))  # one thread, whose connection is closed below
        told = feeds.Feeds()._events(opened, None, loop.create_future())
        heard = [await anext(told), await anext(told)]
        await asyncio.to_thread(agencies.revoke_token, token=made.id, by="test", at=clock.now())
        heard.append(await anext(told))
        await told.aclose()
        await asyncio.to_thread(lambda: connection.close())  # the thread's own, not ours
        return heard

    here, first, last = asyncio.run(read())
    assert (here, last) == (feeds.STILL_HERE, feeds.ENDED)
    assert b"event: custody" in first
    assert Disclosure.objects.filter(user_id=asker.user_id, kind="event", record_count=1).count() == 1


@pytest.fixture
def clock_put_right() -> Iterator[None]:
    """The city's clock is put right afterwards, whatever happens."""
    yield
    with connection.cursor() as cursor:
        cursor.execute("UPDATE guard.city SET clock_offset = '0', demonstration = false")


@pytest.mark.usefixtures("clock_put_right")
@pytest.mark.parametrize("whose", ["agreement", "subscription"])
def test_an_open_stream_closes_at_the_lapse(city: City, port: int, whose: str) -> None:
    """Nobody does anything, and nothing happens: the last instant comes, and the stream closes by itself, before any
    heartbeat could have made it look."""
    ahead = 3.0
    assert ahead + WITHIN < feeds.HEARTBEAT_SECONDS
    today = queries.city_day(clock.now())
    asker, number, _, subscription = following(
        city, term=Term(today - timedelta(days=1), today, "America/New_York")
    )
    until = AgreementVersion.objects.get(pk=number).ends_at
    if whose == "subscription":
        until -= timedelta(minutes=10)
        Subscription.objects.filter(pk=subscription.id).update(ends_at=until)
    with connection.cursor() as cursor:
        to = until - timedelta(seconds=ahead)
        cursor.execute(
            "UPDATE guard.city SET demonstration = true, clock_offset = %s - clock_timestamp()", [to]
        )
    began = time.monotonic()
    with stream(port, asker, subscription) as reader:
        assert reader.next()["event"] == "ended"
        assert reader.next() is None
        assert ahead / 2 < reader.closed_at - began < ahead + WITHIN
    assert AgreementVersion.objects.get(pk=number).terminated_at is None


def test_who_may_not_have_the_stream(city: City, port: int) -> None:
    asker, _, held, subscription = following(city)
    colleague = outsider(asker.agency_ori)
    move(held, "released")
    mine = token(asker.user_id).plain
    for path, bearer, status in (
        (f"/feed/{subscription.id}", "", 401),
        (f"/feed/{subscription.id}", "opn_" + "x" * 43, 401),
        (f"/feed/{subscription.id}", token(colleague.user_id).plain, 404),
        (f"/feed/{uuid.uuid4()}", mine, 404),
        ("/feed/x", mine, 404),
        ("/feed/", mine, 404),
    ):
        with Reader(port, path, bearer) as reader:
            assert reader.status == status, path
    assert Delivery.objects.get(subscription_id=subscription.id).state == "queued"


def test_a_person_has_so_many_streams_and_no_more(city: City, port: int) -> None:
    from contextlib import ExitStack

    asker, _, _, subscription = following(city)
    with ExitStack() as opened:
        readers = [opened.enter_context(stream(port, asker, subscription)) for _ in range(9)]
        assert [reader.status for reader in readers] == [200] * 8 + [429]


def test_a_token_that_does_not_serve_opens_no_stream_and_is_in_the_log(city: City, port: int) -> None:
    asker, _, _, subscription = following(city)
    old = token(asker.user_id)
    agencies.revoke_token(token=old.id, by="test", at=clock.now())
    before = queries.events(kind="api-token", most=1)
    for shown in (old.plain, "op_invented"):
        assert tried(port, subscription, f"Bearer {shown}") == 401
    # Nothing was shown: nothing is told.
    assert tried(port, subscription, "") == 401
    found = queries.events(kind="api-token", most=3)
    found = found[: found.index(before[0])] if before else found
    assert [(one.by, one.door, one.outcome, one.source) for one in reversed(found)] == [
        (str(asker.user_id), "api", "refused", "127.0.0.1"),
        (None, "api", "refused", "127.0.0.1"),
    ]
    assert "op_" not in str([vars(one) for one in found])


def test_law_tokens_that_do_not_serve_fill_no_log(city: City, port: int) -> None:
    _, _, _, subscription = following(city)
    for _ in range(event.MOST_PER_SOURCE + 5):
        assert tried(port, subscription, "Bearer op_invented") == 401
    minutes: dict[datetime, int] = {}
    for one in queries.events(kind="api-token", most=100):
        minute = one.at.replace(second=0, microsecond=0)
        minutes[minute] = minutes.get(minute, 0) + (one.source == "127.0.0.1")
    assert max(minutes.values()) <= event.MOST_PER_SOURCE


def tried(port: int, subscription: SubscriptionView, authorization: str) -> int:
    """The status with which a stream is answered."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        # Whoever asks states an address of their own; without a proxy that is said to, nobody is believed.
        headers = {"Authorization": authorization, "X-Forwarded-For": "192.0.2.200"}
        connection.request("GET", f"/feed/{subscription.id}", headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()
