"""The agency's own page and the API of subscriptions, as its people meet them."""

import html
import json
import re
from dataclasses import replace
from datetime import timedelta

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.models import User
from openpars.agreements import actions as agreements
from openpars.agreements import keeper
from openpars.agreements.queries import agreement as agreement_of
from openpars.agreements.rules.safeguards import Disposition, Safeguards
from openpars.agreements.rules.terms import Duty
from openpars.disclosure import subscriptions
from openpars.errors import NotPermitted
from openpars.portal.sessions import OPENED, SEEN
from tests.integration.attacks.test_an_outsider import search
from tests.integration.disclosure.city import PURPOSE, City, enforce, move, outsider, permit, under
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


def words(page: str) -> str:
    """What a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_limits_stand_as_the_guard_counts_them(city: City) -> None:
    """What was asked under the version before counts, by the agency's other people too."""
    city.arrest()
    rule = permit(requests_per_person_per_day=3, requests_per_day=5, results_per_day=500)
    asker, number = under(rule)
    colleague = outsider(asker.agency_ori)
    answers = [search(one) for one in (asker, asker, colleague)]
    narrower = replace(agreement_of(number), version=2, permits=(replace(rule, elements=rule.elements[:-1]),))
    enforce(narrower)
    answers.append(search(asker))
    with pytest.raises(NotPermitted):
        search(asker)
    answers.append(search(colleague))
    given = sum(len(answer.results) for answer in answers)
    assert given >= len(answers)
    shown = words(signed_in(asker).get("/agency/").content.decode())
    assert "3.1 Your requests today 3 3 0" in shown
    assert "3.1 Your agency's requests today 5 5 0" in html.unescape(shown)
    assert f"3.1 Arrests shown to your agency today {given} 500 {500 - given}" in shown
    assert "people People who asked, in 30 days 2 100 98" in shown


def test_a_certificate_that_is_owed_stands_on_the_page(city: City) -> None:
    ended = clock.now() - timedelta(hours=2)
    for hours, late in ((720, False), (1, True)):
        duty = Duty("5.6", "delete", "All is deleted, and this is certified.", hours)
        due = replace(Safeguards(), disposition=Disposition(certificate_within_hours=hours))
        asker, number = under(permit(), duties=(duty,), safeguards=due)
        agreements.terminate(number=number, grounds="For a test.", by="test", at=ended)
        keeper.keep(at=clock.now())
        shown = words(signed_in(asker).get("/agency/").content.decode())
        assert ("Late: Your certificate of deletion" in shown) is late
        assert "Your certificate of deletion" in shown
        assert "(clause 5.6)" in shown
        assert f"All is deleted, and this is certified. Within {hours} hours." in shown
        assert "Nothing is due" not in shown
    assert "Nothing is due" in words(signed_in(outsider()).get("/agency/").content.decode())


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
