"""One arrest from the street to release, over HTTP, by every role of the owners' offices. Everybody is invented."""

import re
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from openpars import clock
from openpars.agencies.models import User
from openpars.agreements import actions as agreements
from openpars.agreements import queries as agreement_queries
from openpars.agreements.rules import language
from openpars.agreements.rules.terms import with_term
from openpars.errors import NotFound
from openpars.synthetic import staff
from tests.stories.visitor import Visitor
from tests.unit.paper.reading import body, squashed

pytestmark = pytest.mark.django_db(transaction=True)
CHARTER = Path(__file__).parents[2] / "examples" / "charter.toml"
VICTIM = "Quillon Vexworth"


@pytest.fixture
def people(transactional_db: None) -> dict[str, Visitor]:
    """Everybody who works on the arrest, each at a browser of their own, on a city with its charter in force."""
    at = clock.now()
    example = language.parse(CHARTER.read_text())
    today = at.date()
    in_force = with_term(example, today - timedelta(days=1), today + timedelta(days=30))
    made = staff.enroll(password="a long enough sentence", by="test", at=at)
    try:
        agreement_queries.live(example.identifier)
    except NotFound:
        agreements.enforce(text=language.render(in_force), by="test", at=at)
    return {name: Visitor(User.objects.get(pk=key)) for name, key in made.items()}


def minutes_ago(minutes: int) -> str:
    """A moment as a form's field takes it."""
    at = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)) - timedelta(minutes=minutes)
    return at.strftime("%Y-%m-%dT%H:%M")


SHEET = {
    "dc_number": "26-24-012345",
    "incident_location": "Example Street 100",
    "surname": "Ashgrove",
    "given_name": "Tobiah",
    "birth_date": "04/28/1986",
    "otn": "Z123456-7",
    "location": "Example Street 102",
    "district": "24",
    "category": "O",
    "officers": "Officer Imani Falk",
    "narrative": "The person was seen leaving the shop with goods that were not paid for.",
    "charge_statute": ["18 § 3929 §§ A1", "18 § 903"],
    "charge_description": ["Retail theft", "Conspiracy"],
    "charge_grade": ["M1", "M1"],
    "charge_count": ["1", "1"],
}


def booked(officer: Visitor) -> str:
    """The officer types the arrest and sends it; answers its reference."""
    officer.visit("/booking/new/")
    officer.press("Save and send", **{**SHEET, "surname": ""}, arrested_at=minutes_ago(90))
    assert officer.status == 422
    assert "Tobiah" in officer.body.decode()  # what was typed is kept
    officer.press("Save and send", surname="Ashgrove")
    assert officer.status == 200, officer.text
    found = re.search(r"/booking/([0-9a-f-]{36})/sent/", officer.address)
    assert found, officer.text
    return found.group(1)


def identified_and_guarded(people: dict[str, Visitor], arrest: str) -> None:
    """Prints, and what they came back with; and the supervisor keeps custody true."""
    officer, supervisor = people["officer"], people["supervisor"]
    desk = f"/booking/{arrest}/arrest/"
    assert "Prints missing" in officer.visit("/booking/").text
    officer.visit(desk).press("Record prints", prints_at=minutes_ago(60))
    officer.visit(desk).press("Record identity", sid="123-45-67-8")
    assert "Ashgrove" not in officer.visit("/booking/").text
    custody = f"/custody/{arrest}/"
    for state, why in (
        ("in hospital", "Taken to an invented hospital"),
        ("in custody", "Back from hospital"),
    ):
        supervisor.visit(custody).press("Record it", state=state, reason=why)
        assert supervisor.status == 200, supervisor.text
        assert state in supervisor.visit("/board/").text
    assert "Taken to an invented hospital" in supervisor.visit(custody).text


def overseen(chief: Visitor, case: str) -> None:
    """The supervisor of the charging unit declines what does not hold, and reads who was harmed."""
    declined = re.findall(r'value="decline:([0-9a-f-]{36})"', chief.visit(case).body.decode())[-1]
    chief.press("Decline this charge", **{f"reason-{declined}": "Nobody else took part."})
    assert "The charge is declined." in chief.text
    assert VICTIM not in chief.text
    walled = chief.links["Victims and witnesses"]
    assert VICTIM in chief.visit(walled).press("Show them. This is recorded.").text


def test_one_arrest_from_the_street_to_release(people: dict[str, Visitor]) -> None:
    officer, prosecutor = people["officer"], people["prosecutor"]
    arrest = booked(officer)

    officer.visit(f"/booking/{arrest}/walled/").press("Put the victim behind the wall", name=VICTIM)
    assert "Ashgrove" in people["magistrate"].visit("/board/").text
    identified_and_guarded(people, arrest)

    # The prosecutor has it at once, asks, is answered, approves and files.
    assert "Ashgrove" in prosecutor.visit("/charging/").text
    case = f"/charging/{arrest}/"
    overseen(people["chief"], case)
    prosecutor.visit(case).press("Ask the police", question="Is there a recording of the shop?")
    officer.visit(f"/booking/{arrest}/arrest/").press("Send the answer", answer="Yes, of both doors.")
    assert "Yes, of both doors." in prosecutor.visit(case).text
    prosecutor.press("Approve and file", facts="The recording shows the person leaving with the goods.")
    assert prosecutor.status == 200, prosecutor.text
    assert "complaint" in prosecutor.text.lower()
    assert "M1" in prosecutor.text
    assert "Ashgrove" not in prosecutor.visit("/charging/").text
    assert case in prosecutor.visit("/charging/filed/").links.values()

    # Pretrial services, the clerk, and counsel at the same minute.
    pretrial, clerk, defender = people["pretrial"], people["clerk"], people["defender"]
    assert "Ashgrove" in pretrial.visit("/interviews/").text
    pretrial.visit(f"/interviews/{arrest}/").press(
        "Keep the interview", residence="With a sister, for six years.", recommended="ROR"
    )
    assert pretrial.status == 200, pretrial.text
    assert "Ashgrove" not in defender.visit("/clients/").text
    clerk.visit(f"/hearings/{arrest}/").press("List")
    clerk.visit(f"/hearings/{arrest}/").press(
        "Appoint", counsel=str(User.objects.get(username="defender").pk)
    )
    assert "Ashgrove" in defender.visit("/clients/").text
    papers = [href for href in defender.visit(f"/clients/{arrest}/").links.values() if "/papers/" in href]
    assert papers
    assert defender.visit(papers[0]).body.startswith(b"%PDF")

    # The magistrate decides; a decision without a finding is refused at its field.
    magistrate = people["magistrate"]
    decide = "Decide, and print the order and the file"
    magistrate.visit(f"/hearings/{arrest}/").press(decide, type="Monetary", amount="5000", percent="10")
    assert magistrate.status == 422
    magistrate.press(decide, probable_cause="yes")
    assert magistrate.status == 200, magistrate.text
    assert "Ashgrove" not in officer.visit("/board/").text
    kept = {
        words: href
        for words, href in defender.visit(f"/clients/{arrest}/").links.items()
        if "/papers/" in href
    }
    assert len(kept) > len(papers)
    file = squashed(body(defender.visit(kept["Preliminary arraignment: the file, version 1 (PDF)"]).body))
    assert "Criminalcomplaint" in file
    assert "Arrestreport" in file

    # After: docket, bail posted, disposition, and the duty to report it.
    after = f"/after/{arrest}/"
    clerk.visit(after).press("Enter", docket="MC-99-CR-0001234-2026")
    clerk.visit(after).press("Post, and release", amount="500")
    assert "released" in clerk.visit(after).text.lower()
    today = clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)).date()
    charges = re.findall(r'<option value="([0-9a-f-]{36})"', clerk.body.decode())
    outcome = re.search(r'<select[^>]*id="id_outcome".*?<option>([^<]+)', clerk.body.decode(), re.DOTALL)
    assert outcome
    clerk.press(
        "Record the disposition", charge=charges[0], outcome=outcome.group(1), disposed_on=today.isoformat()
    )
    assert clerk.status == 200, clerk.text
    custodian = people["custodian"]
    assert "Ashgrove" in custodian.visit("/custodian/").text
    custodian.visit(f"/custodian/{arrest}/").press(f"Reported to the State Police: {outcome.group(1)}")
    assert custodian.status == 200, custodian.text
    assert "Ashgrove" not in custodian.visit("/custodian/").text
    assert "reported to the State Police" in clerk.visit(after).text

    # The victim is behind the wall for everybody but those who may open it.
    for name in ("clerk", "magistrate", "defender", "pretrial", "custodian"):
        assert VICTIM not in people[name].text


ROOMS = {
    "/booking/": {"officer", "supervisor"},
    "/charging/": {"prosecutor", "chief"},
    "/interviews/": {"pretrial"},
    "/hearings/": {"clerk", "magistrate"},
    "/clients/": {"defender"},
    "/custodian/": {"custodian"},
}


def test_each_room_opens_to_its_people_alone(people: dict[str, Visitor]) -> None:
    for room, meant in ROOMS.items():
        for name, visitor in people.items():
            status = visitor.visit(room).status
            assert status == (200 if name in meant else 403), (room, name)
