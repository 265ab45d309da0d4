"""A juvenile's case, apart from adults and never lost: the juvenile court's, or an adult's on a ground of the law."""

import re
from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.disclosure import actions as door
from openpars.disclosure.rules.request import Asker
from openpars.records import actions
from openpars.records.models import Arrest
from openpars.records.rules.facts import YouthFacts
from openpars.records.rules.lifecycle import Custody
from tests.factories import offices
from tests.factories.records import charge, person, reported
from tests.integration.disclosure.city import permit, under
from tests.integration.portal.test_court import decide, version
from tests.integration.portal.test_due import row

MURDER = {"statute": "18 § 2502 §§ A", "description": "Murder", "grade": "H1"}


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


def child(city: offices.Offices, **facts: str) -> UUID:
    """Somebody of seventeen, arrested six hours ago and sent to the prosecutor."""
    at = clock.now() - timedelta(hours=6)
    today = city_day(at)
    born = today.replace(year=today.year - 17, day=1)
    arrest = reported(
        at=at, who=person(given_name="Ottoline", surname="Quimby", birth_date=born), charges=[charge(**facts)]
    ).arrest
    Arrest.objects.filter(pk=arrest).update(sent_at=at)
    return arrest


def acted(client: Client, arrest: UUID, act: str, **typed: str):
    page = client.get(f"/charging/{arrest}/").content.decode()
    seen = re.search(r'name="seen" value="([^"]+)"', page)
    assert seen
    return client.post(f"/charging/{arrest}/", {"seen": seen[1], "act": act, **typed})


BOARDS = (
    ("police", "officer", "/board/"),
    ("district-attorney", "charging ADA", "/board/"),
    ("district-attorney", "charging ADA", "/charging/"),
    ("court", "pretrial", "/interviews/"),
    ("court", "clerk", "/hearings/"),
    ("court", "magistrate", "/board/"),
)


def test_a_juvenile_stands_apart_and_on_no_adults_list(city: offices.Offices) -> None:
    arrest = child(city)
    for office, role, page in BOARDS:
        assert row(city.logged_in(office, role), page, arrest) == "", (role, page)
    for office, role in (("police", "officer"), ("district-attorney", "charging ADA")):
        shown = row(city.logged_in(office, role), "/board/juveniles/", arrest)
        assert "an adult's case, or the juvenile court's" in shown.replace("&#x27;", "'")
        assert "preliminary arraignment without unnecessary delay" in shown
    officer = city.logged_in("police", "officer")
    assert "on the list of juveniles" in officer.get(f"/booking/{arrest}/sent/").content.decode()
    assert 'aria-current="page">Adults' in officer.get("/board/").content.decode()
    for role in ("pretrial", "clerk", "magistrate"):
        client = city.logged_in("court", role)
        assert client.get("/board/juveniles/").status_code == 403
        assert "/board/juveniles/" not in client.get("/board/").content.decode()
    assert city.logged_in("court", "clerk").get(f"/hearings/{arrest}/").status_code == 404


def test_charged_as_an_adult_the_court_has_the_case_and_a_parent_is_told(city: offices.Offices) -> None:
    arrest = child(city, **MURDER)
    prosecutor = city.logged_in("district-attorney", "charging ADA")
    page = prosecutor.get(f"/charging/{arrest}/").content.decode()
    assert "A juvenile" in page
    assert "42 Pa.C.S. 6302 (2)(i)" in page
    assert "with a deadly weapon" not in page
    typed = {"facts": "Seen by two people."}
    refused = acted(prosecutor, arrest, "file", **typed)
    assert refused.status_code == 409
    assert "charged as an adult" in refused.content.decode()
    wrong = acted(prosecutor, arrest, "as-adult", ground="weapon")
    assert wrong.status_code == 422
    assert 'href="#ground"' in wrong.content.decode()
    assert acted(prosecutor, arrest, "as-adult", ground="murder").status_code == 200
    assert acted(prosecutor, arrest, "file", **typed).status_code == 302

    # The court's lists have the case now, marked; the list of juveniles has it still.
    pretrial, magistrate = city.logged_in("court", "pretrial"), city.logged_in("court", "magistrate")
    assert "juvenile charged as an adult" in row(pretrial, "/interviews/", arrest)
    assert "juvenile charged as an adult" in row(magistrate, "/hearings/", arrest)
    assert "juvenile charged as an adult" in row(city.logged_in("police", "officer"), "/board/", arrest)
    assert "charged as an adult" in row(prosecutor, "/board/juveniles/", arrest)
    denied = {"type": "Denied", "amount": "", "percent": "", "c-stay-away": "", "c-stay-away-place": ""}
    untold = decide(magistrate, arrest, **denied)
    assert untold.status_code == 422
    assert 'href="#id_parents_told"' in untold.content.decode()
    assert decide(magistrate, arrest, **denied, parents_told="The mother, by telephone.").status_code == 302
    assert "The mother, by telephone." in magistrate.get(f"/hearings/{arrest}/").content.decode()
    clerk = city.logged_in("court", "clerk")
    assert row(clerk, "/hearings/committed/", arrest)
    assert "Hearing" in row(prosecutor, "/board/juveniles/", arrest)

    # Given back to the juvenile court, it is apart again.
    page = clerk.get(f"/after/{arrest}/").content.decode()
    (charged,) = set(re.findall(r'<option value="([0-9a-f-]{36})"', page))
    ended = {
        "do": "dispose",
        "version": version(page),
        "charge": charged,
        "disposed_on": f"{city_day(clock.now())}",
    }
    answer = clerk.post(f"/after/{arrest}/", {**ended, "outcome": "Transferred to juvenile division"})
    assert answer.headers["Location"] == "/after/"
    assert clerk.get(f"/after/{arrest}/").status_code == 404
    assert row(prosecutor, "/board/juveniles/", arrest)  # committed still


def test_left_to_the_juvenile_court_the_case_leaves_the_list_with_the_person(city: offices.Offices) -> None:
    arrest = child(city)
    prosecutor = city.logged_in("district-attorney", "charging ADA")
    (line,) = re.findall(r'id="line-([^"]+)"', prosecutor.get(f"/charging/{arrest}/").content.decode())
    reason = {f"reason-{line}": "The juvenile court's."}
    assert acted(prosecutor, arrest, f"decline:{line}", **reason).status_code == 200
    assert "Release: all charges declined" in row(prosecutor, "/board/juveniles/", arrest)
    step = {"arrest": arrest, "state": Custody.RELEASED, "reason": "To the juvenile court's officer."}
    actions.change_custody(**step, by="test", at=clock.now())
    assert row(prosecutor, "/board/juveniles/", arrest) == ""


def test_an_adult_is_charged_as_one_without_a_ground_and_outsiders_see_no_juvenile(
    city: offices.Offices,
) -> None:
    prosecutor = city.logged_in("district-attorney", "charging ADA")
    adult = reported(at=clock.now() - timedelta(hours=2)).arrest
    assert "A juvenile" not in prosecutor.get(f"/charging/{adult}/").content.decode()
    assert acted(prosecutor, adult, "as-adult", ground="convicted").status_code == 409

    arrest, (asker, _) = child(city, **MURDER), under(permit())
    youth = YouthFacts(17, (MURDER["statute"],))
    actions.charge_as_adult(arrest=arrest, ground="murder", youth=youth, by="test", at=clock.now())
    assert not opened(asker, arrest)


def opened(asker: Asker, arrest: UUID) -> list[dict[str, object]]:
    """What somebody is shown of the arrest."""
    return door.open_arrest(
        asker=asker, purpose="CrimeInvestigation", case_number="N-1", arrest=arrest
    ).results
