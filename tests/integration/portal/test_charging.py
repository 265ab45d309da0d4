"""The charging room: the queue, and a case decided line by line, under the charter."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.records import actions
from openpars.records.models import Arrest, Charge, Paper, Question, Victim
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts, Reported
from openpars.records.rules.lifecycle import Custody
from tests.factories import offices
from tests.integration.disclosure.city import fresh_dc, fresh_otn

NARRATIVE = "Seen leaving the yard with the bicycle."


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


@pytest.fixture
def ada(city: offices.Offices) -> Client:
    return city.logged_in("district-attorney", "charging ADA")


def sent(hours: float = 3, surname: str = "Vandersloot", *, told: bool = False) -> Reported:
    """An invented arrest that the desk has sent; `told`, where listeners are to hear of it once it is."""
    at = clock.now() - timedelta(hours=hours)
    report = actions.report_arrest(
        person=PersonFacts("Perpetua", surname, birth_date=date(1979, 8, 2), invented=True),
        incident=IncidentFacts(fresh_dc(), at, "1 Nowhere Street", "24"),
        arrest=ArrestFacts(at, fresh_otn()),
        recommended=[
            ChargeFacts("18 § 3921 §§ A", "Theft by unlawful taking", "M1"),
            ChargeFacts("18 § 903", "Conspiracy", "M1"),
        ],
        by="test",
        at=at,
    )
    Arrest.objects.filter(pk=report.arrest).update(sent_at=at, narrative=NARRATIVE)
    if told:
        actions.change_custody(arrest=report.arrest, state="in hospital", by="test", at=clock.now())
    return report


def case(client: Client, report: Reported) -> tuple[str, dict[str, str]]:
    """The page, and what its form would send as it stands."""
    answer = client.get(f"/charging/{report.arrest}/")
    assert answer.status_code == 200
    page = answer.content.decode()
    fields = dict(re.findall(r'<input[^>]* name="([\w-]+)" value="([^"]*)"', page))
    fields |= dict(re.findall(r'<textarea[^>]* name="([\w-]+)"[^>]*>\n?([^<]*)</textarea>', page))
    return page, fields


def post(client: Client, report: Reported, fields: dict[str, str], act: str, **typed: str) -> object:
    return client.post(f"/charging/{report.arrest}/", {**fields, **typed, "act": act})


def test_the_queue_stands_in_clock_order_and_can_be_narrowed(ada: Client) -> None:
    late, early = sent(2, "Later"), sent(21, "Earlier")
    asked = sent(4, "Asked")
    actions.ask_police(arrest=asked.arrest, text="Who saw it?", by="test", at=clock.now())
    page = ada.get("/charging/").content.decode()
    assert page.index(f"/charging/{early.arrest}/") < page.index(f"/charging/{late.arrest}/")
    assert "past 20 h" in page
    assert "waits for a decision" in page
    assert "police were asked" in page
    only = ada.get("/charging/", {"stage": "police were asked"}).content.decode()
    assert f"/charging/{asked.arrest}/" in only
    assert f"/charging/{late.arrest}/" not in only


@pytest.mark.parametrize(
    ("office", "role"), [("police", "officer"), ("court", "magistrate"), ("defender", "defender")]
)
def test_the_room_is_for_prosecutors(city: offices.Offices, office: str, role: str) -> None:
    client = city.logged_in(office, role)
    for path in ("/charging/", "/charging/rows/", f"/charging/{sent().arrest}/"):
        assert client.get(path).status_code == 403
        assert client.post(path).status_code == 403


def test_a_case_shows_both_sides_and_prints_what_it_says(ada: Client) -> None:
    page, fields = case(ada, sent())
    assert "Vandersloot, Perpetua" in page
    assert "Theft by unlawful taking" in page
    assert fields["facts"].strip() == NARRATIVE
    assert "Invented people: not a real record" in page
    assert "Approve and file" in page
    assert not re.search(r"\s(style|on[a-z]+)=", page)


def test_changed_approved_declined_asked_and_filed_in_one_step(ada: Client) -> None:
    report = sent()
    first, second = report.charges
    _, fields = case(ada, report)
    refused = post(ada, report, fields, f"decline:{second}")
    assert refused.status_code == 422
    assert f'href="#reason-{second}"' in refused.content.decode()
    assert "Enter the reason" in refused.content.decode()
    mine = {f"reason-{second}": "Alone.", "facts": "Half typed."}
    declined = post(ada, report, fields, f"decline:{second}", **mine)
    assert declined.status_code == 200
    assert "The charge is declined." in declined.content.decode()
    # What is not sent yet is not lost.
    assert "Half typed." in declined.content.decode()
    assert Charge.objects.get(pk=second).reason == "Alone."

    _, fields = case(ada, report)
    assert post(ada, report, fields, "ask", question="Who saw it?").status_code == 200
    assert Question.objects.get(arrest_id=report.arrest).text == "Who saw it?"

    page, fields = case(ada, report)
    assert "police were asked" in page
    typed = {
        f"statute-{first}": "18 Pa.C.S. 3929(a)(1)",
        f"words-{first}": "Retail theft",
        "statute-new": "18 § 907 §§ A",
        "words-new": "Possessing an instrument of crime",
        "grade-new": "m1",
        "facts": "He said so.",
    }
    shown = post(ada, report, fields, "preview", **typed).content.decode()
    assert "He said so." in shown[shown.index('class="sheet"') :]
    assert not Charge.objects.filter(arrest_id=report.arrest, stage="filed").exists()
    assert post(ada, report, fields, "file", **typed).status_code == 302
    # Out of the queue, and still within reach.
    assert f'href="/charging/{report.arrest}/"' not in ada.get("/charging/").content.decode()
    assert f'href="/charging/{report.arrest}/"' in ada.get("/charging/filed/").content.decode()
    filed = Charge.objects.filter(arrest_id=report.arrest, stage="filed").order_by("sequence")
    assert [(row.statute, row.description, row.grade, row.follows_id) for row in filed] == [
        ("18 § 3929 §§ A1", "Retail theft", "M1", first),
        ("18 § 907 §§ A", "Possessing an instrument of crime", "M1", None),
    ]
    assert Charge.objects.get(pk=first).status == "approved"
    # What the hearing's file lists is there without another thought.
    kinds = {paper.kind: paper for paper in Paper.objects.filter(arrest_id=report.arrest, version=1)}
    assert set(kinds) == {"complaint", "arrest-report"}
    paper = kinds["complaint"]
    assert "He said so." in paper.basis
    assert "the County of Example" in paper.basis
    assert NARRATIVE in kinds["arrest-report"].basis
    page, fields = case(ada, report)
    assert "Criminal complaint, version 1 (PDF)" in page
    assert "Other than recommended: statute, words" in page
    assert ada.get(f"/papers/{report.arrest}/{paper.id}/").content[:5] == b"%PDF-"

    assert post(ada, report, fields, "print-report").status_code == 200
    _, fields = case(ada, report)
    assert post(ada, report, fields, "print-complaint", facts="Others.").status_code == 200
    papers = set(Paper.objects.filter(arrest_id=report.arrest).values_list("kind", "version"))
    assert papers == {("complaint", 1), ("complaint", 2), ("arrest-report", 1), ("arrest-report", 2)}
    _, fields = case(ada, report)
    withdrawn = filed[1].pk
    answer = post(ada, report, fields, f"withdraw:{withdrawn}", **{f"reason-{withdrawn}": "No proof."})
    assert answer.status_code == 200
    assert "Withdrawn: No proof." in case(ada, report)[0]


@pytest.mark.parametrize(
    ("field", "typed", "words"),
    [
        ("statute-{}", "the theft law", "Write the statute as"),
        ("statute-{}", "", "Write the statute as"),
        ("words-{}", " ", "Name the charge"),
        ("words-{}", "x" * 501, "Name the charge"),
        ("grade-{}", "Z9", "leave it empty"),
        ("count-{}", "0", "A number from 1"),
        ("count-{}", "٣", "A number from 1"),
        ("statute-new", "18", "Write the statute as"),
        ("facts", "", "Enter the facts"),
        ("facts", "x" * 20_001, "At most 20,000"),
    ],
)
def test_an_error_stands_at_its_field_and_nothing_is_filed(
    ada: Client, field: str, typed: str, words: str
) -> None:
    report = sent()
    _, fields = case(ada, report)
    name = field.format(report.charges[0])
    answer = post(ada, report, {**fields, name: typed}, "file")
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{name}"' in page
    assert f'id="{name}-error"' in page
    assert words in page
    assert not Charge.objects.filter(arrest_id=report.arrest, stage="filed").exists()


def test_law_of_two_desks_the_second_is_refused_and_shown_the_difference(ada: Client) -> None:
    report = sent()
    first = report.charges[0]
    _, fields = case(ada, report)
    actions.decide_charge(charge=first, decision="declined", reason="No proof.", by="test", at=clock.now())
    actions.change_custody(arrest=report.arrest, state=Custody.HOSPITAL, by="test", at=clock.now())
    answer = post(ada, report, fields, "file", facts="What I typed.")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Somebody else has changed this arrest since you saw it" in page
    changes = page[page.index("What is different") : page.index("What you typed is kept")]
    assert "Charge 1, police" in changes
    assert "declined, No proof." in changes
    assert "in hospital" in changes
    assert "Facts of the arrest" not in changes
    assert "What I typed." in page
    assert not Charge.objects.filter(arrest_id=report.arrest, stage="filed").exists()
    # What the page brings now is what the person has been shown.
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    assert post(ada, report, {**fields, "seen": seen[1]}, "file").status_code == 302


def test_a_page_that_is_not_ours_files_nothing(ada: Client) -> None:
    report = sent()
    _, fields = case(ada, report)
    _, others = case(ada, sent())
    for seen in ("", "forged", others["seen"]):
        assert post(ada, report, {**fields, "seen": seen}, "file").status_code == 409
    assert not Charge.objects.filter(arrest_id=report.arrest, stage="filed").exists()


def test_a_button_about_a_charge_of_another_arrest_is_not_found(ada: Client) -> None:
    report, other = sent(), sent()
    _, fields = case(ada, report)
    assert post(ada, report, fields, f"approve:{other.charges[0]}").status_code == 404
    assert Charge.objects.get(pk=other.charges[0]).status == "pending"


def test_after_the_charter_ends_nothing_is_shown_or_written(city: offices.Offices, ada: Client) -> None:
    report = sent()
    _, fields = case(ada, report)
    agreements.suspend(number=city.charter, grounds="A test.", by="test", at=clock.now())
    for address in ("/charging/", "/charging/rows/"):
        page = ada.get(address).content.decode()
        assert "not permitted under an agreement in force" in page
        assert str(report.arrest) not in page
    assert post(ada, report, fields, f"approve:{report.charges[0]}").status_code == 403
    assert Charge.objects.get(pk=report.charges[0]).status == "pending"


def test_offenses_are_found_by_number_and_by_words(ada: Client) -> None:
    found = ada.get("/offenses/?q=2702").content.decode()
    assert 'data-statute="18 § 2702' in found
    assert "Retail theft" in ada.get("/offenses/?q=retail").content.decode()
    assert "button" not in ada.get("/offenses/?q=").content.decode()


@pytest.mark.parametrize(
    ("office", "role", "purpose", "room"),
    [
        ("police", "officer", "CrimeArrestDetention", "/booking/{}/arrest/"),
        ("district-attorney", "DA supervisor", "CrimeProsecution", "/charging/{}/"),
        ("court", "magistrate", "JudicialCaseManagement", "/hearings/{}/"),
        ("police", "records custodian", "LegalCompliance", "/custodian/{}/"),
    ],
)
def test_a_search_leads_on_to_the_room_of_the_case(
    city: offices.Offices, office: str, role: str, purpose: str, room: str
) -> None:
    report = sent()
    otn = Arrest.objects.get(pk=report.arrest).otn
    client, asked = city.logged_in(office, role), {"purpose": purpose, "case_number": otn}
    link = f'href="{room.format(report.arrest)}"'
    assert link in client.post("/", {**asked, "number": otn}).content.decode()
    assert link in client.post("/record/", {**asked, "arrest": str(report.arrest)}).content.decode()


def test_the_prosecutor_reads_victims_and_witnesses_behind_their_wall(
    city: offices.Offices, ada: Client
) -> None:
    report = sent()
    incident = Arrest.objects.get(pk=report.arrest).incident_id
    actions.add_victim(incident=incident, name="Qwxz, Walled", contact="555-0100", by="test", at=clock.now())
    address = f"/charging/{report.arrest}/walled/"
    assert address in case(ada, report)[0]
    page = ada.get(address).content.decode()
    assert "District Attorney: DA supervisor, charging ADA" in page
    assert "Qwxz" not in page
    assert 'name="name"' not in page
    assert "Qwxz, Walled" in ada.post(address, {"wish": "show"}).content.decode()
    # What only the desk does, this page does not do.
    assert ada.post(address, {"wish": "victim", "name": "Nobody"}).status_code == 200
    assert Victim.objects.filter(incident_id=incident).count() == 1
    for office, role in (("court", "magistrate"), ("police", "officer"), ("defender", "defender")):
        assert city.logged_in(office, role).get(address).status_code == 403


def test_a_verb_that_the_charter_does_not_give_is_refused_and_said() -> None:
    client = offices.opened(without="file_charges").logged_in("district-attorney", "charging ADA")
    report = sent()
    _, fields = case(client, report)
    answer = post(client, report, fields, "file", facts="What I typed.")
    assert answer.status_code == 403
    assert "Your role has no such power" in answer.content.decode()
    assert "What I typed." in answer.content.decode()
    assert not Charge.objects.filter(arrest_id=report.arrest, stage="filed").exists()
    assert not Paper.objects.filter(arrest_id=report.arrest).exists()
    assert Charge.objects.get(pk=report.charges[0]).status == "pending"


def test_all_that_wait_are_declined_for_one_reason_or_none_is(ada: Client) -> None:
    report = sent()
    page, fields = case(ada, report)
    assert "Decline all 2 that wait" in page
    refused = post(ada, report, fields, "decline-all:all")
    assert refused.status_code == 422
    assert 'href="#reason-all"' in refused.content.decode()
    ours = Charge.objects.filter(arrest_id=report.arrest)
    assert set(ours.values_list("status", flat=True)) == {"pending"}
    declined = post(ada, report, fields, "decline-all:all", **{"reason-all": "No proof."})
    assert declined.status_code == 200
    assert set(ours.values_list("status", "reason")) == {("declined", "No proof.")}
    assert "that wait" not in declined.content.decode()


def test_an_arrest_that_is_not_there_is_not_found(ada: Client) -> None:
    assert ada.get(f"/charging/{uuid4()}/").status_code == 404
