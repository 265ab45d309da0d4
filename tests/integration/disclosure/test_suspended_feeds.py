"""What a suspension does to subscriptions, as the agreement's text says: dropped or held, paused or ended; of the
agreement and of a person. And the word to the agency of a subscription that died."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import override_settings

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agreements import actions as agreements
from openpars.agreements.rules.safeguards import Safeguards, Suspension
from openpars.disclosure import feed, mailing, subscriptions
from openpars.disclosure.models import Delivery, Subscription
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.disclosure.subscriptions import SubscriptionView
from tests.factories import mailbox
from tests.integration.disclosure.city import Arrested, City, agreement, enforce, outsider
from tests.integration.disclosure.test_feed import again, told
from tests.integration.disclosure.test_feed_of_cases import TELLS, follows, fresh_surname, opened

HELD = Safeguards(suspension=Suspension(queued="held"))
ENDED = Safeguards(suspension=Suspension(subscriptions="ended"))
BORN = date(1990, 1, 2)


def waiting(
    city: City, safeguards: Safeguards, **more: object
) -> tuple[Asker, int, SubscriptionView, Arrested]:
    """Somebody for whom one event waits."""
    asker, surname = outsider(), fresh_surname()
    number = enforce(agreement(asker.agency_ori, TELLS, safeguards=safeguards))
    opened(asker, Subject("Ilse", surname, BORN))
    made = follows(asker, **more)
    held = city.arrest("Ilse", surname, BORN)
    assert len(subscriptions.waiting(made.id)) == 1
    return asker, number, made, held


def suspend(whose: str, asker: Asker, number: int) -> None:
    if whose == "agreement":
        agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    else:
        agencies.suspend_user(user=asker.user_id, by="test", at=clock.now())


def resume(whose: str, asker: Asker, number: int) -> None:
    if whose == "agreement":
        agreements.resume(number=number, grounds="For a test.", by="test", at=clock.now())
    else:
        agencies.restore_user(user=asker.user_id, by="test", at=clock.now())


WHOSE = pytest.mark.parametrize("whose", ["agreement", "person"])


@WHOSE
def test_what_is_held_waits_and_is_told_after(city: City, whose: str) -> None:
    asker, number, made, held = waiting(city, HELD)
    suspend(whose, asker, number)
    (event,) = subscriptions.waiting(made.id)
    assert feed.tell(subscription=made.id, event=event) is None
    assert subscriptions.waiting(made.id) == [event], "refused while it is held, and held still"
    again(held)
    feed.drop_ended()
    assert subscriptions.waiting(made.id) == [event], "what happens meanwhile is not queued"
    assert subscriptions.open_until(made.id, user=asker.user_id) is None
    resume(whose, asker, number)
    assert [each["arrest"] for each in told(made)] == [str(held.arrest.id)]


@WHOSE
def test_what_is_dropped_is_never_told(city: City, whose: str) -> None:
    asker, number, made, held = waiting(city, Safeguards())
    suspend(whose, asker, number)
    assert subscriptions.waiting(made.id) == []
    assert Delivery.objects.get(subscription_id=made.id).why == (
        "agreement-suspended" if whose == "agreement" else "owner-suspended"
    )
    resume(whose, asker, number)
    fresh = again(held)
    assert [each["arrest"] for each in told(made)] == [str(fresh.id)], "it was paused, and goes on"


@WHOSE
def test_a_subscription_that_ends_with_a_suspension_ends(city: City, whose: str) -> None:
    asker, number, made, held = waiting(city, ENDED)
    suspend(whose, asker, number)
    resume(whose, asker, number)
    again(held)
    stopped = subscriptions.one(made.id, user=asker.user_id)
    assert (stopped.why, stopped.queued, stopped.lost) == ("suspended", 0, 1)


def test_what_is_held_is_posted_to_nobody(city: City) -> None:
    with override_settings(DEMONSTRATION=True):
        asker, number, made, _ = waiting(city, HELD, url="http://127.0.0.1:9/events")
    suspend("agreement", asker, number)
    claimed = feed.claim(timedelta(seconds=60))
    assert claimed is None or claimed[1] != made.id
    agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    stopped = subscriptions.one(made.id, user=asker.user_id)
    assert (stopped.why, stopped.queued, stopped.lost) == ("agreement-ended", 0, 1)


def test_whoever_goes_to_another_agency_takes_no_subscription_along(city: City) -> None:
    from openpars.agencies.models import User

    asker, _, made, _ = waiting(city, HELD)
    User.objects.filter(pk=asker.user_id).update(agency_id=outsider().agency_ori)
    assert Subscription.objects.get(pk=made.id).why == "owner-left"
    assert subscriptions.waiting(made.id) == []


def test_the_agency_is_told_of_a_subscription_that_died_once_and_of_nobody(city: City) -> None:
    asker, surname = outsider(), fresh_surname()
    whole = agreement(asker.agency_ori, TELLS)
    receiver = replace(whole.receiver, contact="Duty desk, desk@agency.example")  # type: ignore[type-var]
    enforce(replace(whole, receiver=receiver))
    opened(asker, Subject("Ilse", surname, BORN))
    made = follows(asker)
    city.arrest("Ilse", surname, BORN)
    (event,) = subscriptions.waiting(made.id)
    for _ in range(8):
        feed.settle(event=event, outcome="failed")
    assert subscriptions.one(made.id, user=asker.user_id).why == "undeliverable"
    smtp = {"EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend", "EMAIL_HOST": "127.0.0.1"}
    assert mailing.mail_dead(at=clock.now()) == 0, "without a mail server it waits for one"
    with override_settings(**smtp, EMAIL_PORT=9):
        assert mailing.mail_dead(at=clock.now()) == 0
        assert mailing.mail_dead(at=clock.now()) == 0
    with mailbox.opened() as box, override_settings(**smtp, EMAIL_PORT=box.port):
        assert mailing.mail_dead(at=clock.now()) == 0, "not before an hour"
        later = clock.now() + timedelta(hours=1)
        assert mailing.mail_dead(at=later) >= 1
        assert mailing.mail_dead(at=later) == 0
        (word,) = [one for one in box.taken if str(made.id) in one["Subject"]]
    assert word["To"] == "desk@agency.example"
    assert surname not in word.as_string()
    assert "26-1187" not in word.as_string()
