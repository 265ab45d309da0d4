"""Subscriptions: what is queued, what is told, and what an end drops. Each test bears its law's name."""

import json
import uuid
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements.rules.terms import Grant
from openpars.disclosure import actions, cases, feed, subscriptions
from openpars.disclosure.cases import Subject
from openpars.disclosure.models import Delivery, Disclosure, DisclosureSubject, Following, Subscription
from openpars.engine import address
from openpars.errors import Conflict, NotFound, NotPermitted, RequestMalformed
from openpars.records import actions as records
from openpars.records.rules.rows import ArrestRow, Batch, ChargeRow, CustodyRow, DispositionRow
from tests.integration.disclosure.city import (
    GRANTED,
    PURPOSE,
    ROWS,
    Arrested,
    City,
    agreement,
    enforce,
    fresh_otn,
    move,
    outsider,
    permit,
    under,
)

EVENTS = frozenset({"arrested", "custody", "released", "disposed"})
TELLS = permit(elements=(*GRANTED, Grant("disposition")), events=EVENTS)
CASE = "N-2031-17"


def given(asker, held: Arrested) -> None:
    """The asker's agency is given the arrest."""
    assert actions.open_arrest(asker=asker, purpose=PURPOSE, case_number=CASE, arrest=held.arrest.id).results


def subscribed(asker, held: Arrested, events=EVENTS, **changes):
    today = clock.now().date()
    return feed.subscribe(
        **{
            "asker": asker,
            "purpose": PURPOSE,
            "case_number": CASE,
            "events": events,
            "arrests": [held.arrest.id],
            "ends_on": today + timedelta(days=60),
            "at": clock.now(),
            **changes,
        }
    )


def following(city: City, *permits, **changes):
    """Somebody who subscribes to an arrest that they were given, under an agreement with these changes."""
    held = city.arrest()
    asker, number = under(*(permits or (TELLS,)), **changes)
    given(asker, held)
    return asker, number, held, subscribed(asker, held)


def again(held: Arrested, status: str = "approved") -> ArrestRow:
    """The same person is arrested again."""
    arrest = held.arrest._replace(id=uuid.uuid4(), otn=fresh_otn(), arrested_at=clock.now(), incident_id=None)
    charge = ChargeRow(
        uuid.uuid4(), arrest.id, 1, "filed", "18 § 2701", "Simple assault", "M2", status=status
    )
    custody = CustodyRow(uuid.uuid4(), arrest.id, "held", arrest.arrested_at)
    records.load(batch=Batch((), (), (arrest,), (charge,), (custody,)), by="test", at=clock.now())
    return arrest


def twice(held: Arrested) -> None:
    """Two things happen."""
    move(held, "in hospital")
    move(held, "released")


def told(subscription) -> list[dict[str, object]]:
    """Tell all that waits, in order, as whoever delivers does."""
    made = []
    for event in subscriptions.waiting(subscription.id):
        answer = feed.tell(subscription=subscription.id, event=event)
        if answer is not None:
            feed.settle(event=event, outcome="delivered")
            made += answer.results
    return made


def test_a_person_of_my_case_was_arrested(city: City) -> None:
    *_, held, subscription = following(city)
    fresh = again(held)
    (event,) = told(subscription)
    assert (event["kind"], event["arrest"]) == ("arrested", str(fresh.id))
    assert told(subscription) == []


def test_a_subscription_is_told_by_its_own_clause(city: City) -> None:
    """Once the case is registered, an earlier clause fits too: it holds none of the events."""
    registered = replace(TELLS, requires=TELLS.requires | {"case_exists"})
    asker, _, held, subscription = following(city, registered, replace(TELLS, position=2, clause="3.2"))
    assert subscription.clause == "3.2"
    subject = Subject("Odalys", "Quimby", date(1988, 4, 17))
    cases.open_case(number=CASE, subjects=[subject], by=asker.user_id, at=clock.now())
    fresh = again(held)
    assert [event["arrest"] for event in told(subscription)] == [str(fresh.id)]
    assert feed.confirm(asker=asker, subscription=subscription.id).clause == "3.2"


def test_custody_release_and_disposition_are_told_in_their_order(city: City) -> None:
    *_, held, subscription = following(city)
    move(held, "in hospital")
    move(held, "released")
    ended = DispositionRow(uuid.uuid4(), held.charges[1].id, "Withdrawn", None)
    records.load(batch=Batch(dispositions=(ended,)), by="test", at=clock.now())
    kinds = [event["kind"] for event in told(subscription)]
    assert kinds == ["custody", "released", "disposed"]


def test_an_event_is_a_pointer_and_no_personal_value(city: City) -> None:
    *_, held, subscription = following(city)
    twice(held)
    for event in told(subscription):
        assert set(event) == {"event", "kind", "happened_at", "arrest"}
        assert "Quimby" not in json.dumps(event)


def test_each_telling_is_a_disclosure_with_its_entry(city: City) -> None:
    asker, _number, held, subscription = following(city)
    twice(held)
    before = Disclosure.objects.filter(user_id=asker.user_id).count()
    events = told(subscription)
    made = Disclosure.objects.filter(user_id=asker.user_id, kind="event", record_count=1)
    assert len(events) == made.count() == Disclosure.objects.filter(user_id=asker.user_id).count() - before
    for each in made:
        assert each.outcome == "permit"
        assert each.pending_id is not None
        assert DisclosureSubject.objects.filter(disclosure_id=each.id, arrest_id=held.arrest.id).exists()


def test_nobody_else_is_told(city: City) -> None:
    *_, held, _subscription = following(city)
    stranger = city.arrest("Aurelio", "Pangborn")
    _, _, _, other = following(city)
    twice(held)
    again(stranger)
    assert told(other) == []


def test_what_the_permit_does_not_show_is_not_told_until_it_does(city: City) -> None:
    from dataclasses import replace

    approved = replace(TELLS, rows=replace(ROWS, charge_status="approved"))
    *_, held, subscription = following(city, approved)
    fresh = again(held, status="pending")
    assert told(subscription) == []
    assert Delivery.objects.get(subscription_id=subscription.id).why == "not-shown"
    charge = ChargeRow(uuid.uuid4(), fresh.id, 2, "filed", "18 § 2701", "Assault", "M2", status="approved")
    records.load(batch=Batch(charges=(charge,)), by="test", at=clock.now())
    assert [event["arrest"] for event in told(subscription)] == [str(fresh.id)]


def test_an_arrest_that_was_not_given_cannot_be_followed(city: City) -> None:
    """And one that does not exist is refused in the very same words."""
    asker, _ = under(TELLS)
    held = city.arrest()
    refused = set()
    for arrest in (held.arrest.id, uuid.uuid4()):
        with pytest.raises(NotPermitted) as caught:
            subscribed(asker, held, arrests=[arrest])
        refused.add(str(caught.value).replace(caught.value.reference, ""))
        newest = Disclosure.objects.filter(user_id=asker.user_id).latest("begun_at")
        refused.add((newest.outcome, newest.reason, newest.kind))
    assert len(refused) == 2
    assert not Subscription.objects.filter(user_id=asker.user_id).exists()


@pytest.mark.parametrize("events", [{"released"}, {"arrested", "disposed"}])
def test_only_what_the_text_says_may_be_subscribed_to(city: City, events: set[str]) -> None:
    held = city.arrest()
    asker, _ = under(permit(events=frozenset({"arrested", "custody"})))
    given(asker, held)
    with pytest.raises(NotPermitted):
        subscribed(asker, held, events=events)


@pytest.mark.parametrize(
    "wrong",
    [
        {"events": []}, {"events": ["escaped"]}, {"arrests": []}, {"arrests": ["x"]}, {"case_number": " "},
        {"ends_on": "2020-01-01"}, {"ends_on": "soon"}, {"url": "http://agency.example/"},
        {"url": "https://a:b@agency.example/"}, {"url": "https://"}, {"url": "https://[::1"}, {"url": "ftp://x"},
    ],
)  # fmt: skip
def test_a_subscription_that_cannot_be_understood(city: City, wrong: dict[str, object]) -> None:
    asker, _, held, _ = following(city)
    with pytest.raises(RequestMalformed):
        subscribed(asker, held, **wrong)


@pytest.mark.parametrize("how", ["suspend", "terminate"])
def test_queued_deliveries_are_dropped_in_the_transaction_that_ends(city: City, how: str) -> None:
    _asker, number, held, subscription = following(city)
    twice(held)
    assert len(subscriptions.waiting(subscription.id)) == 2
    getattr(agreements, how)(number=number, grounds="For a test.", by="test", at=clock.now())
    assert subscriptions.waiting(subscription.id) == []
    with psycopg.connect(**address.owner().conninfo()) as owner:
        leaves = owner.execute(
            "SELECT convert_from(leaf, 'UTF8')::jsonb FROM translog_pending p, agreements_agreementversion v"
            " WHERE v.number = %s AND convert_from(leaf, 'UTF8')::jsonb ->> 'type' = 'openpars.dropped/1'"
            " AND convert_from(leaf, 'UTF8')::jsonb ->> 'agreement' = v.text_hash",
            [number],
        ).fetchall()
    assert [leaf["events"] for (leaf,) in leaves] == [2]
    again(held)
    assert subscriptions.waiting(subscription.id) == []


def test_an_event_claimed_before_the_end_is_not_told_after_it(city: City) -> None:
    asker, number, held, subscription = following(city)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    assert [feed.tell(subscription=subscription.id, event=event) for event in waiting] == [None, None]
    assert subscriptions.one(subscription.id, user=asker.user_id).why == "agreement-ended"


def test_standing_lost_is_told_nothing(city: City) -> None:
    from openpars.agencies.models import User

    asker, _, held, subscription = following(city)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    User.objects.filter(pk=asker.user_id).update(is_active=False)
    assert [feed.tell(subscription=subscription.id, event=event) for event in waiting] == [None, None]
    assert subscriptions.open_until(subscription.id, user=asker.user_id) is None


@pytest.mark.parametrize("column", ["ends_at", "confirm_by_at"])
def test_over_or_not_confirmed_is_told_nothing(city: City, column: str) -> None:
    asker, _, held, subscription = following(city)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    Subscription.objects.filter(pk=subscription.id).update(**{column: clock.now()})
    assert feed.tell(subscription=subscription.id, event=waiting[0]) is None
    assert feed.drop_ended() >= 1
    stopped = subscriptions.one(subscription.id, user=asker.user_id)
    assert stopped.why == ("over" if column == "ends_at" else "not-confirmed")
    with pytest.raises(NotPermitted):
        feed.confirm(asker=asker, subscription=subscription.id)


def test_a_subscription_is_confirmed_by_its_owner_alone(city: City) -> None:
    asker, _, _, subscription = following(city)
    colleague = outsider(asker.agency_ori)
    with pytest.raises(NotFound):
        feed.confirm(asker=colleague, subscription=subscription.id)
    with pytest.raises(NotFound):
        feed.unsubscribe(asker=colleague, subscription=subscription.id)
    later = feed.confirm(asker=asker, subscription=subscription.id)
    assert later.confirm_by_at > subscription.confirm_by_at


def test_unsubscribed_is_told_nothing(city: City) -> None:
    asker, _, held, subscription = following(city)
    twice(held)
    waiting = subscriptions.waiting(subscription.id)
    assert feed.unsubscribe(asker=asker, subscription=subscription.id).lost == 2
    assert feed.tell(subscription=subscription.id, event=waiting[0]) is None
    with pytest.raises(Conflict):
        feed.unsubscribe(asker=asker, subscription=subscription.id)


def test_a_subscription_ends_with_its_agreement_at_the_latest(city: City) -> None:
    held = city.arrest()
    asker = outsider()
    terms = agreement(asker.agency_ori, TELLS)
    enforce(terms)
    given(asker, held)
    made = subscribed(asker, held, ends_on=clock.now().date() + timedelta(days=360))
    assert made.ends_at == terms.term.ends_at


def test_what_is_told_is_no_request_of_the_day(city: City) -> None:
    from dataclasses import replace

    asker, _, held, subscription = following(city, replace(TELLS, requests_per_person_per_day=1))
    twice(held)
    assert len(told(subscription)) == 2
    with pytest.raises(NotPermitted):
        given(asker, held)


@pytest.mark.parametrize("column", ["kind", "arrest_id", "happened_at", "*"])
def test_the_pages_role_sees_that_something_waits_and_not_what(city: City, column: str) -> None:
    with (
        psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        pages.execute(f"SELECT {column} FROM disclosure_delivery")


def test_events_are_claimed_in_order_and_once(city: City) -> None:
    held = city.arrest()
    asker, _ = under(TELLS)
    given(asker, held)
    from django.test import override_settings

    with override_settings(DEMONSTRATION=True):
        subscription = subscribed(asker, held, url="http://127.0.0.1:9/events")
    twice(held)
    first, second = subscriptions.waiting(subscription.id)
    claimed = feed.claim(timedelta(seconds=60))
    assert claimed == (first, subscription.id)
    assert feed.claim(timedelta(seconds=60)) is None, "the second waits for the first"
    feed.settle(event=first, outcome="delivered")
    assert feed.claim(timedelta(seconds=60)) == (second, subscription.id)


def test_dead_after_the_last_try_and_the_subscription_stops(city: City) -> None:
    asker, _, held, subscription = following(city)
    twice(held)
    first, _ = subscriptions.waiting(subscription.id)
    for _ in range(8):
        feed.settle(event=first, outcome="failed")
    stopped = subscriptions.one(subscription.id, user=asker.user_id)
    assert (stopped.why, stopped.queued, stopped.lost) == ("undeliverable", 0, 2)


def test_an_erased_record_is_neither_followed_nor_waiting(city: City) -> None:
    asker, _, held, subscription = following(city)
    twice(held)
    order = records.enter_order(
        arrest=held.arrest.id, kind="whole", number="MD-1", court="A court of a test", ordered_on=clock.now().date(),
        all_arrests=False, by="test", at=clock.now(),
    )  # fmt: skip
    records.expunge(order=order, number="MD-1", by="test", at=clock.now())
    assert subscriptions.waiting(subscription.id) == []
    assert not Delivery.objects.filter(arrest_id=held.arrest.id).exists()
    assert not Following.objects.filter(arrest_id=held.arrest.id).exists()
    assert subscriptions.one(subscription.id, user=asker.user_id).stopped_at is None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT guard.claim('1 minute')", "SELECT guard.drop_ended()",
        "SELECT guard.settle(gen_random_uuid(), 'failed', NULL)",
        "SELECT guard.open_until(gen_random_uuid(), gen_random_uuid())",
        "SELECT guard.unsubscribe(gen_random_uuid(), gen_random_uuid())", "LISTEN openpars_feed",
    ],
)  # fmt: skip
def test_whoever_delivers_needs_no_more_than_the_pages_role(city: City, statement: str) -> None:
    with psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages:
        pages.execute(statement)
        pages.rollback()


@pytest.mark.parametrize(
    "statement", ["guard.queue('released', '{}')", "guard.drop_queued(NULL)", "guard.confirm(NULL)"]
)
def test_the_queue_is_filled_by_the_guard_alone(city: City, statement: str) -> None:
    with (
        psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        pages.execute(f"SELECT {statement}")
