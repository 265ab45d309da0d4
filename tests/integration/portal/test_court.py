"""The court's and the defender's rooms over HTTP, under the charter of `examples/`."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.paper import digest
from openpars.records import actions
from openpars.records.models import Charge
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from tests.factories import offices, papers
from tests.integration.disclosure.city import fresh_dc, fresh_otn
from tests.unit.paper.reading import body, squashed

NAME = "Vashti Ōkami"


@dataclass(frozen=True)
class Court:
    """The offices, and one arrest whose charges are filed and whose complaint is printed."""

    offices: offices.Offices
    arrest: UUID
    otn: str
    relied_on: str

    def as_(self, role: str) -> Client:
        return self.offices.logged_in("defender" if role == "defender" else "court", role)


@pytest.fixture
def court() -> Court:
    city, now, otn = offices.opened(), clock.now(), fresh_otn()
    began = now - timedelta(hours=6)
    report = actions.report_arrest(
        person=PersonFacts(NAME, "Quimby", birth_date=date(1988, 4, 17), invented=True),
        incident=IncidentFacts(fresh_dc(), began, "1 Nowhere Street", "24"),
        arrest=ArrestFacts(began, otn, "ZZ0010000"),
        recommended=[ChargeFacts("18 § 2702 §§ A", "Aggravated assault", "F1")],
        by="test",
        at=began,
    )
    actions.file_charges(
        arrest=report.arrest,
        charges=[ChargeFacts("18 § 2702 §§ A", "Aggravated assault", "F2", follows=report.charges[0])],
        by="test",
        at=now - timedelta(hours=2),
    )
    paper = papers.arrest_report()
    actions.make_paper(arrest=report.arrest, paper=paper, by="test", at=now - timedelta(hours=1))
    return Court(city, report.arrest, otn, digest(paper))


def version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found
    return found[1]


def interview(client: Client, arrest: UUID, **changes: str):
    page = client.get(f"/interviews/{arrest}/").content.decode()
    sent = {
        "version": version(page),
        "residence": "2 Nowhere Street, with kin",
        "residence_verified": "1",
        "recommended": "ROR",
        "recommended_words": "Came to every hearing.",
    }
    return client.post(f"/interviews/{arrest}/", {**sent, **changes})


def decide(client: Client, arrest: UUID, **changes: str):
    page = client.get(f"/hearings/{arrest}/").content.decode()
    sent = {
        "do": "decide",
        "version": version(page),
        "probable_cause": "yes",
        "type": "Monetary",
        "amount": "$5,000",
        "percent": "10",
        "c-stay-away": "1",
        "c-stay-away-place": "the corner of A and B Streets",
    }
    return client.post(f"/hearings/{arrest}/", {**sent, **changes})


NO_PLACE = {"c-stay-away": "", "c-stay-away-place": ""}


def test_from_the_interview_to_release(court: Court) -> None:
    url = f"/hearings/{court.arrest}/"
    pretrial, clerk, magistrate = (court.as_(role) for role in ("pretrial", "clerk", "magistrate"))
    assert f"/interviews/{court.arrest}/" in pretrial.get("/interviews/").content.decode()
    assert interview(pretrial, court.arrest).status_code == 302
    assert f"/interviews/{court.arrest}/" not in pretrial.get("/interviews/").content.decode()

    page = clerk.get(url).content.decode()
    session = re.search(r'<option value="([^"]+T[^"]+)"', page)
    assert session
    listed = {"do": "list", "version": version(page), "session_at": session[1], "site": "N"}
    assert clerk.post(url, listed).status_code == 302
    assert "North booking" in magistrate.get("/hearings/").content.decode()

    page = magistrate.get(url).content.decode()
    for words in (
        "$5,000.00 to $25,000.00",
        "ROR",
        "Came to every hearing.",
        "Not decided yet",
        "within 14 days",
        "clock clock--past-",
    ):
        assert words in page
    assert decide(magistrate, court.arrest).status_code == 302
    page = magistrate.get(url).content.decode()
    assert "clock clock--past-" not in page
    for words in (
        "Monetary, $5,000.00, 10 per cent to be paid ($500.00)",
        "Stay away from the corner of A and B Streets.",
        "preliminary hearing, Pa.R.Crim.P. 540(G)",
        "Order of commitment",
        "Preliminary arraignment: the file",
        "committed",
    ):
        assert words in page
    assert "Print the order" not in page

    texts = []
    for link in sorted(set(re.findall(rf"/papers/{court.arrest}/[0-9a-f-]+/", page))):
        texts.append(squashed(body(magistrate.get(link).content)))
    (held_in,) = (text for text in texts if "Papersreliedon" in text)
    assert court.relied_on in held_in
    assert any("Indefaultofbail" in text for text in texts)

    after = f"/after/{court.arrest}/"
    found = clerk.post("/after/", {"number": court.otn}).content.decode()
    assert after in found
    page = clerk.get(after).content.decode()
    assert "$500.00 releases the person" in page
    wrong = clerk.post(after, {"do": "post", "version": version(page), "amount": "499"})
    assert wrong.status_code == 422
    assert 'value="499"' in wrong.content.decode()
    assert clerk.post(after, {"do": "post", "version": version(page), "amount": "500"}).status_code == 302
    page = clerk.get(after).content.decode()
    assert "released" in page
    docket = {"do": "docket", "version": version(page), "docket": "MC-99-CR-0004242-2026"}
    assert clerk.post(after, {**docket, "docket": "4242"}).status_code == 422
    assert clerk.post(after, docket).status_code == 302
    page = clerk.get(after).content.decode()
    assert "MC-99-CR-0004242-2026" in page
    charge = re.search(r'<option value="([0-9a-f-]{36})"', page)
    assert charge
    ended = {"do": "dispose", "charge": charge[1], "outcome": "Withdrawn", "disposed_on": "2026-01-01"}
    assert clerk.post(after, {**ended, "outcome": "Vanished"}).status_code == 422
    early = clerk.post(after, ended)
    assert early.status_code == 409
    assert "cannot be earlier" in early.content.decode()


def test_bail_is_changed_on_a_page_of_its_own_and_never_by_a_second_decision(court: Court) -> None:
    magistrate, url = court.as_("magistrate"), f"/hearings/{court.arrest}/bail/"
    refused = magistrate.post(url, {"type": "ROR", "reason": "Too early.", "version": "3"})
    assert refused.status_code == 409
    assert (
        decide(magistrate, court.arrest, type="Denied", amount="", percent="", **NO_PLACE).status_code == 302
    )
    page = magistrate.get(f"/hearings/{court.arrest}/").content.decode()
    assert url in page
    again = {
        "do": "decide",
        "version": version(magistrate.get(url).content.decode()),
        "probable_cause": "yes",
    }
    late = magistrate.post(f"/hearings/{court.arrest}/", {**again, "type": "ROR"})
    assert late.status_code == 409
    assert "what changes since is its bail" in late.content.decode()

    sent = {"version": again["version"], "type": "ROR", "reason": ""}
    wrong = magistrate.post(url, sent)
    assert wrong.status_code == 422
    assert 'href="#id_reason"' in wrong.content.decode()
    assert magistrate.post(url, {**sent, "type": "", "reason": "New facts."}).status_code == 422
    assert magistrate.post(url, {**sent, "reason": "The victim's account was withdrawn."}).status_code == 302
    page = magistrate.get(f"/hearings/{court.arrest}/").content.decode()
    for words in ("account was withdrawn", "Order of release", "released", "Somebody of a test"):
        assert words in page, words
    sent["version"] = version(magistrate.get(url).content.decode())
    sent |= {"type": "Revoked", "reason": "Missed the hearing."}
    assert magistrate.post(url, sent).status_code == 302
    page = magistrate.get(f"/hearings/{court.arrest}/").content.decode()
    assert "Bail revoked" in page
    assert page.count("Order of commitment") == 2
    assert "Print the order" not in page
    for role in ("clerk", "pretrial"):
        assert court.as_(role).get(url).status_code == 403


def test_a_person_goes_without_probable_cause(court: Court) -> None:
    magistrate = court.as_("magistrate")
    assert decide(magistrate, court.arrest, probable_cause="no").status_code == 302
    page = magistrate.get(f"/hearings/{court.arrest}/").content.decode()
    for words in ("No probable cause found", "Order of release", "released"):
        assert words in page


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"probable_cause": ""}, "id_probable_cause", "Must say whether there is probable cause"),
        ({"type": ""}, "id_type", "choose a type of bail"),
        ({"amount": "lots"}, "id_amount", "Must be dollars"),
        ({"amount": ""}, "id_amount", "Must be from 1"),
        ({"percent": "50"}, "id_percent", "deposit of 1 to 10"),
        ({"c-stay-away-place": ""}, "id_c-stay-away-place", "a place, in words"),
        ({"c-no-entry": "1"}, "id_c-no-entry", "Only in a domestic case"),
        ({"type": "Nominal", "amount": "1", "percent": ""}, "id_surety", "who stands surety"),
        ({"next_on": "2031-01-02"}, "id_next_on", "or a cause must be stated"),
        ({"next_on": "soon"}, "id_next_on", "date that exists"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_what_was_typed_is_kept(
    court: Court, changes: dict[str, str], place: str, words: str
) -> None:
    answer = decide(court.as_("magistrate"), court.arrest, **changes)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert re.search(rf'href="#{place}">[A-Z][a-z ]+: ', page)
    assert f'id="{place}"' in page
    assert words in page
    assert "Not decided yet" in page
    assert "the corner of A and B Streets" in page or "c-stay-away-place" in changes


def test_of_two_magistrates_the_second_is_told(court: Court) -> None:
    magistrate = court.as_("magistrate")
    page = magistrate.get(f"/hearings/{court.arrest}/").content.decode()
    assert interview(court.as_("pretrial"), court.arrest).status_code == 302
    late = decide(magistrate, court.arrest, version=version(page))
    assert late.status_code == 409
    assert "Somebody else has changed this arrest" in late.content.decode()
    assert 'value="$5,000"' in late.content.decode()


def test_a_clerk_cannot_decide(court: Court) -> None:
    refused = decide(court.as_("clerk"), court.arrest)
    assert refused.status_code == 403
    assert "no such power" in refused.content.decode()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"residence": ""}, "id_residence"),
        ({"recommended": ""}, "id_recommended"),
        ({"recommended_amount": "5"}, "id_recommended_amount"),
        ({"missed_hearings": "many"}, "id_missed_hearings"),
    ],
)
def test_an_interview_that_is_not_whole_is_refused_at_its_field(
    court: Court, changes: dict[str, str], place: str
) -> None:
    answer = interview(court.as_("pretrial"), court.arrest, **changes)
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.content.decode()
    assert "Came to every hearing." in answer.content.decode()


def test_a_defender_sees_own_clients_and_them_at_once(court: Court) -> None:
    counsel = court.offices.somebody("defender", "defender")
    own, other = offices.logged_in(counsel), court.as_("defender")
    url = f"/clients/{court.arrest}/"
    assert own.get(url).status_code == 404
    clerk = court.as_("clerk")
    page = clerk.get(f"/hearings/{court.arrest}/").content.decode()
    appointed = {"do": "appoint", "version": version(page), "counsel": str(counsel.id)}
    wrong = clerk.post(f"/hearings/{court.arrest}/", {**appointed, "counsel": str(uuid4())})
    assert wrong.status_code == 422
    assert clerk.post(f"/hearings/{court.arrest}/", appointed).status_code == 302
    assert url in own.get("/clients/").content.decode()
    page = own.get(url).content.decode()
    assert NAME in page
    assert court.relied_on[:12] in page
    assert url not in other.get("/clients/").content.decode()
    assert other.get(url).status_code == 404


def test_each_room_is_for_its_own_people(court: Court) -> None:
    for role, rooms in {
        "pretrial": {"interviews"},
        "clerk": {"hearings", "after"},
        "magistrate": {"hearings"},
        "defender": {"clients"},
    }.items():
        client = court.as_(role)
        for room in ("interviews", "hearings", "after", "clients"):
            assert client.get(f"/{room}/").status_code == (200 if room in rooms else 403), (role, room)


def test_a_docket_number_is_of_all_charges_or_of_those_that_are_checked(court: Court) -> None:
    own = ChargeFacts("18 § 903", "Conspiracy", "M1")
    actions.file_charges(arrest=court.arrest, charges=[own], by="test", at=clock.now())
    clerk, after = court.as_("clerk"), f"/after/{court.arrest}/"
    page = clerk.get(after).content.decode()
    boxes = re.findall(r'name="docket-([0-9a-f-]{36})"', page)
    assert len(boxes) == 2
    one, other = "MC-99-CR-0004242-2026", "MC-99-CR-0004343-2026"
    sent = {"do": "docket", "version": version(page), "docket": one}
    assert clerk.post(after, sent).status_code == 302
    page = clerk.get(after).content.decode()
    sent = {"do": "docket", "version": version(page), "docket": other, f"docket-{boxes[1]}": "1"}
    assert clerk.post(after, sent).status_code == 302
    numbers = dict(Charge.objects.filter(arrest_id=court.arrest).values_list("pk", "docket_number"))
    assert [numbers[UUID(box)] for box in boxes] == [one, other]


def test_a_charge_that_has_ended_is_refused_at_its_field(court: Court) -> None:
    clerk, after = court.as_("clerk"), f"/after/{court.arrest}/"
    charge = Charge.objects.get(arrest_id=court.arrest, stage="filed").pk
    today = str(city_day(clock.now()))
    ended = {"do": "dispose", "charge": str(charge), "outcome": "Guilty", "disposed_on": today}
    assert clerk.post(after, ended).status_code == 302
    again = clerk.post(after, ended)
    assert again.status_code == 422
    assert 'href="#id_charge"' in again.content.decode()
    assert "has ended" in again.content.decode()
