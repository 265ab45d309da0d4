"""The solicitor's workbench, the voting pages and the letters, over HTTP."""

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from openpars.agencies import queries as agencies
from openpars.agreements import actions, keeper, letters, proceedings, proposals, queries
from openpars.agreements.keys import party_keys
from openpars.agreements.models import Act, Draft, Proposal
from openpars.agreements.rules.language import parse
from tests.factories import agencies as made
from tests.factories import offices as charters
from tests.factories import proceedings as life

pytestmark = pytest.mark.django_db


def words(answer: object) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", answer.content.decode()).split())  # type: ignore[attr-defined]


def drafted(browser: Client, text: str) -> str:
    """A new draft of `text`; its address."""
    answer = browser.post("/workbench/drafts/", {})
    assert answer.status_code == 302
    address = answer["Location"]
    assert browser.post(address, {"text": text, "act": "keep"}).status_code == 302
    return address


def test_from_the_draft_to_force_in_browsers() -> None:
    city = life.opened()
    solicitor = city.browser("city-solicitor")
    assert "No proposal waits for anybody" in words(solicitor.get("/workbench/"))
    address = drafted(solicitor, city.text().replace("\n", "\r\n"))
    assert "A whole agreement" in words(solicitor.get(address))
    answer = solicitor.post(address, {"text": city.text(), "act": "propose", "grounds": ""})
    assert answer.status_code == 422
    assert "Grounds" in words(answer)
    answer = solicitor.post(address, {"text": city.text(), "act": "propose", "grounds": "It serves."})
    assert answer.status_code == 302
    place = answer["Location"]
    assert not Draft.objects.exists()
    assert "waits for votes" in words(solicitor.get(place))
    for office in ("police", "court"):
        head = city.browser(office)
        assert "1 proposal waits for your office" in words(head.get("/votes/"))
        assert head.post(f"{place}vote/", {"grounds": "Yes."}).status_code == 422
        assert head.post(f"{place}vote/", {"vote": "for", "grounds": " "}).status_code == 422
        assert head.post(f"{place}vote/", {"vote": "for", "grounds": "It is needed."}).status_code == 302
        assert head.post(f"{place}vote/", {"vote": "against", "grounds": "No."}).status_code == 409
    which = UUID(place.split("/")[2])
    assert solicitor.get(f"{place}text/").content.decode() == proposals.proposal(which, at=city.at).text
    for party, office in (("police", "police"), ("court", "court"), ("partner", "police")):
        signature = city.signature(which, party)
        browser = city.browser(office)
        assert browser.post(f"{place}sign/", {"signature": "x"}).status_code == 422
        assert browser.post(f"{place}sign/", {"signature": signature}).status_code == 302
    (number,) = keeper.keep(at=city.at).enforced
    said = words(solicitor.get(f"/agreements/{number}/"))
    assert "It is needed." in said
    assert "by 3 parties" in said
    assert "In force" in words(solicitor.get("/letters/"))


def test_a_new_agreement_begins_with_the_starter_for_a_year_from_today() -> None:
    city = life.opened()
    solicitor = city.browser("city-solicitor")
    address = solicitor.post("/workbench/drafts/", {"from": "starter"})["Location"]
    begun = parse(Draft.objects.get().text)
    today = agencies.city_day(city.at)
    assert (begun.term.first_day, begun.term.last_day) == (today, today + timedelta(days=364))
    assert begun.term.review_by is not None
    shown = words(solicitor.get(address))
    assert "The starter agreement for an outside agency" in shown
    solicitor.post(address, {"act": "drop"})
    assert not Draft.objects.exists()


def test_what_is_typed_is_checked_line_by_line() -> None:
    city = life.opened()
    number = city.in_force()
    solicitor = city.browser("city-solicitor")
    broken = city.text(version=2).replace('charge_status = "approved"', 'charge_status = "aproved"')
    line = broken[: broken.index('"aproved"')].count("\n") + 1
    answer = solicitor.post("/workbench/check/", {"text": broken})
    assert f'data-line="{line}"' in answer.content.decode()
    assert "1 fault: this is no agreement yet" in words(answer)
    assert "<html" not in answer.content.decode()
    answer = solicitor.post(
        "/workbench/check/",
        {"text": city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 50\n"))},
    )
    assert "it widens" in words(answer)
    fewer = city.text(version=2, sex=('"birth_date", "sex",', '"birth_date",'))
    assert "it narrows" in words(solicitor.post("/workbench/check/", {"text": fewer}))
    for text in ("", "\0", "[[[", "a" * 60_000, "<script>alert(1)</script>"):
        answer = solicitor.post("/workbench/check/", {"text": text})
        assert answer.status_code == 200
        assert "<script>alert" not in answer.content.decode()
    # The next version begins with the text in force.
    address = solicitor.post("/workbench/drafts/", {"from": str(number)})["Location"]
    assert "version = 2" in solicitor.get(address).content.decode()
    solicitor.post(address, {"act": "drop"})
    assert not Draft.objects.exists()


def test_end_access_now() -> None:
    city = life.opened()
    number = city.in_force()
    made.user(ori=city.partner)
    solicitor, place = city.browser("city-solicitor"), f"/workbench/end/{number}/"
    city.propose(city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 6\n")))
    shown = words(solicitor.get(place))
    assert "1 person of the agency asks under it" in shown
    assert "A termination overtakes this" in shown
    assert f"{city.identifier}, version 2" in shown
    identifier = queries.version(number).identifier
    said = {"act": "suspend", "grounds": "Lists without a case."}
    before = Act.objects.count()
    drill = words(solicitor.post(place, {**said, "drill": "1"}))
    assert "A drill: nothing was changed" in drill
    assert re.search(r"after \d+ ms", drill)
    assert Act.objects.count() == before
    assert solicitor.post(place, {**said, "identifier": "wrong"}).status_code == 422
    assert solicitor.post(place, {**said, "grounds": "", "identifier": identifier}).status_code == 422
    assert queries.version(number).state(city.at) == "in force"
    answer = solicitor.post(place, {**said, "identifier": identifier})
    assert answer.status_code == 302
    shown = words(solicitor.get(answer["Location"].split("#")[0]))
    assert "Done at" in shown
    assert f"Suspended: {identifier}, version 1. Its entry is durable" in shown
    assert solicitor.post(place, {**said, "identifier": identifier}).status_code == 409
    assert solicitor.post(place, {**said, "act": "resume", "identifier": identifier}).status_code == 302


def test_end_access_of_people_of_a_unit_and_of_everything() -> None:
    city = life.opened()
    number = actions.enforce(text=city.text(), by="test", at=city.at)
    person, _ = made.user(ori=city.partner), made.user(ori=city.partner)
    solicitor, place = city.browser("city-solicitor"), f"/workbench/end/{number}/"
    said = {"grounds": "A shared log-in.", "identifier": city.identifier}

    def does(act: str, **chosen: str) -> str:
        answer = solicitor.post(place, {**said, **chosen, "act": act})
        assert answer.status_code == 302, words(answer)
        return words(solicitor.get(answer["Location"].split("#")[0]))

    one = {"person": str(person.id)}
    assert solicitor.post(place, {**said, "act": "people"}).status_code == 422
    mistyped = solicitor.post(place, {**said, **one, "act": "people", "unit": "detective", "identifier": ""})
    assert mistyped.status_code == 422
    for ticked in (f'value="{person.id}" id="p_{person.id}" checked', 'value="detective" id="u_1" checked'):
        assert ticked in mistyped.content.decode()
    drill = words(solicitor.post(place, {**said, **one, "act": "people", "drill": "1"}))
    assert "It is 1 person; the others of the agency notice nothing." in drill
    shown = does("people", **one)
    assert "Done at" in shown
    assert "1 person suspended. Its entry is durable" in shown
    assert "(suspended)" in shown
    assert "1 person given their access back" in does("restore", **one)
    assert "2 people suspended (all of detective)" in does("people", unit="detective")
    assert "2 people given their access back (all of detective)" in does("restore", unit="detective")
    drill = words(solicitor.post(place, {**said, "act": "everything", "drill": "1"}))
    assert "It is 1 agreement and 2 people: all of the agency." in drill
    assert queries.version(number).state(city.at) == "in force"
    shown = does("everything")
    assert f"Suspended: {city.identifier}, version 1." in shown
    assert "2 people suspended (all of detective)." in shown
    does("resume")
    does("terminate")
    assert "It ended for good" in words(solicitor.get(place))
    keeper.keep(at=city.at)
    assert "Certificates of deletion" in words(solicitor.get("/workbench/"))


def test_a_partner_sees_its_own_letters_only() -> None:
    city = life.opened()
    number = city.in_force()
    keeper.keep(at=city.at)
    (one,) = letters.listing(number)
    theirs = charters.logged_in(made.user(ori=city.partner))
    assert one.subject in words(theirs.get("/letters/"))
    assert theirs.get(f"/letters/{one.id}/").content == letters.pdf(one.id)
    assert agencies.events(kind="download-paper", most=1)[0].about == {"letter": str(one.id)}
    others = charters.logged_in(made.user())
    assert one.subject not in words(others.get("/letters/"))
    assert others.get(f"/letters/{one.id}/").status_code == 404
    assert theirs.get(f"/letters/{uuid4()}/").status_code == 404


def test_not_to_renew_keys_and_rules() -> None:
    city = life.opened()
    number = city.in_force()
    solicitor, head = city.browser("city-solicitor"), city.browser("police")
    answer = solicitor.post(f"/workbench/not-to-renew/{number}/", {"grounds": "It is not used."})
    assert answer.status_code == 302
    assert "Not to renew" in words(head.get("/votes/"))
    withdrawn = solicitor.post(answer["Location"] + "withdraw/", {"grounds": "A mistake."})
    assert withdrawn.status_code == 302
    assert Proposal.objects.get(matter="non-renewal").withdrawn_at is not None
    assert head.post("/votes/keys/change/", {"label": "Seal", "key": "no key"}).status_code == 422
    assert head.post("/votes/keys/change/", {"revoke": "x", "grounds": "y"}).status_code == 409
    key = party_keys(city.offices.oris["court"])[0]
    assert head.post("/votes/keys/change/", {"revoke": str(key.id), "grounds": "Mine."}).status_code == 409
    rule = {"title": "Ordinance 18", "citation": "18-1", "effective_on": "2026-01-01"}
    assert solicitor.post("/workbench/rules/", rule).status_code == 422
    assert solicitor.post("/workbench/rules/", {**rule, "elements": ["sex"]}).status_code == 302
    shown = words(solicitor.get("/workbench/"))
    assert "it gives the sex (clause 3.1), which Ordinance 18 (18-1) forbids" in shown
    # One that is suspended can be resumed, one that is proposed can come: both are named, where people decide.
    proceedings.suspend_access(number=number, grounds="To look.", by=city.solicitor, at=city.at)
    assert "it gives the sex (clause 3.1)" in words(solicitor.get("/workbench/"))
    wider = city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 6\n"))
    at_odds = "It gives the sex (clause 3.1), which Ordinance 18 (18-1) forbids."
    assert at_odds in words(solicitor.post("/workbench/check/", {"text": wider}))
    put = city.propose(wider)
    assert "Proposed, and at odds with it" in words(solicitor.get("/workbench/"))
    for page in (f"/votes/{put}/", f"/public/proposals/{put}/"):
        assert at_odds in words(head.get(page)), page
    found = re.search(r'name="repeal" value="([0-9a-f-]+)"', solicitor.get("/workbench/").content.decode())
    assert found
    assert solicitor.post("/workbench/rules/", {"repeal": found[1]}).status_code == 302
    assert "Ordinance 18" not in words(solicitor.get("/workbench/"))
    assert at_odds not in words(head.get(f"/votes/{put}/"))
    assert solicitor.post("/workbench/rules/", {"repeal": "no id"}).status_code == 409
