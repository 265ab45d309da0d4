"""The agency's own page and the API of subscriptions, as its people meet them."""

import json
from datetime import timedelta

from django.test import Client

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.models import User
from openpars.agreements import actions as agreements
from openpars.disclosure import subscriptions
from openpars.portal.sessions import OPENED, SEEN
from tests.integration.disclosure.city import PURPOSE, City, move, under
from tests.integration.disclosure.test_feed import CASE, TELLS, following, given


def signed_in(asker) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=asker.user_id))
    session = client.session
    session[OPENED] = session[SEEN] = clock.now().timestamp()
    session.save()
    return client


def form(held, **changes: object) -> dict[str, object]:
    last = (clock.now() + timedelta(days=30)).date().isoformat()
    return {
        "purpose": PURPOSE, "case_number": CASE, "events": ["arrested", "released"],
        "arrests": str(held.arrest.id), "ends_on": last, "url": "", **changes,
    }  # fmt: skip


def test_the_page_says_who_under_what_until_when_and_what_is_left(city: City) -> None:
    asker, _, _, subscription = following(city)
    shown = signed_in(asker).get("/agency/").content.decode()
    for words in ("until", "3.1", "Subscriptions", "Your receipts", "Due now", CASE, str(subscription.id)):
        assert words in shown, words
    assert "Quimby" not in shown


def test_a_subscription_is_made_confirmed_and_stopped_on_the_page(city: City) -> None:
    held = city.arrest()
    asker, _ = under(TELLS)
    given(asker, held)
    client = signed_in(asker)
    assert client.post("/agency/subscribe/", form(held)).status_code == 302
    (made,) = subscriptions.of(asker.user_id)
    assert made.events == {"arrested", "released"}
    assert client.post(f"/agency/subscriptions/{made.id}/confirm/").status_code == 302
    assert client.post(f"/agency/subscriptions/{made.id}/stop/").status_code == 302
    assert subscriptions.of(asker.user_id)[0].why == "stopped"
    assert client.post(f"/agency/subscriptions/{made.id}/stop/").status_code == 409


def test_what_was_typed_wrong_is_kept_and_said(city: City) -> None:
    held = city.arrest()
    asker, _ = under(TELLS)
    client = signed_in(asker)
    wrong = client.post("/agency/subscribe/", form(held, ends_on="soon", url="http://inside/"))
    assert wrong.status_code == 422
    assert 'href="#ends_on"' in wrong.content.decode()
    not_given = client.post("/agency/subscribe/", form(held))
    assert not_given.status_code == 403
    assert str(held.arrest.id) in not_given.content.decode(), "what was typed is kept"


def test_the_page_after_an_end_says_so(city: City) -> None:
    asker, number, _, _ = following(city)
    agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    shown = signed_in(asker).get("/agency/").content.decode()
    assert "no agreement with it is in force" in shown
    assert "the agreement ended" in shown


def test_subscribing_over_the_api(city: City) -> None:
    held = city.arrest()
    asker, _ = under(TELLS)
    given(asker, held)
    token = agencies.issue_token(user=asker.user_id, label="a test's", by="test", at=clock.now()).plain
    client = Client(headers={"authorization": f"Bearer {token}"})

    def send(path: str, body: object) -> tuple[int, dict]:
        answer = client.post(f"/api/v1/{path}", json.dumps(body), content_type="application/json")
        return answer.status_code, answer.json()

    asked = form(held, arrests=[str(held.arrest.id)])
    status, made = send("subscriptions", asked)
    assert (status, made["events"], made["stopped_at"]) == (200, ["arrested", "released"], None)
    move(held, "released")
    (listed,) = client.get("/api/v1/subscriptions").json()
    assert (listed["id"], listed["queued"]) == (made["id"], 1)
    assert send(f"subscriptions/{made['id']}/confirm", {})[0] == 200
    assert send(f"subscriptions/{made['id']}/stop", {})[1]["why"] == "stopped"
    assert send(f"subscriptions/{made['id']}/stop", {})[0] == 409
    assert send("subscriptions/x/stop", {})[0] == 404
    assert send("subscriptions", {**asked, "events": ["escaped"]})[0] == 422
    assert send("subscriptions", {**asked, "more": 1})[0] == 422
    assert client.get("/api/v1/feed-key").json()["key"].startswith("whpk_")
