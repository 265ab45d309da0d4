"""What is due of people off the board: complaints of those released, hearings of those arraigned, who is committed."""

import re
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.test import Client

from openpars import clock
from openpars.agencies.queries import city_day
from openpars.records import actions
from openpars.records.models import Arrest
from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.court_days import next_court_day
from openpars.records.rules.hearings import next_date
from openpars.records.rules.lifecycle import Custody
from tests.factories import offices
from tests.factories.records import ZONE, charge, hearing, person, reported
from tests.integration.portal.test_court import version

NAME = "Zephyrine"


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


def arrested(days: float, **facts: object) -> UUID:
    """Somebody whom police arrested that many days ago, sent to the prosecutor at once."""
    at = clock.now() - timedelta(days=days)
    report = reported(at=at, who=person(given_name=NAME, surname="Ashgrove"), **facts)
    return report.arrest


def let_go(arrest: UUID, days: float) -> None:
    step = {"arrest": arrest, "state": Custody.RELEASED, "reason": "Pa.R.Crim.P. 519(B)"}
    actions.change_custody(**step, by="test", at=clock.now() - timedelta(days=days))


def row(client: Client, page: str, arrest: UUID) -> str:
    """The words of an arrest's row; empty where it has none."""
    found = re.search(rf'<tr id="a-{arrest}".*?</tr>', client.get(page).content.decode(), re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found[0]).split()) if found else ""


def arraigned(days: float, *, bail: BailDecision, grade: str, held: bool) -> UUID:
    """Somebody who was arraigned that many days ago."""
    arrest, at = arrested(days + 1), clock.now() - timedelta(days=days)
    actions.file_charges(arrest=arrest, charges=[charge(grade=grade)], by="test", at=at)
    on = next_date(at, held=held, grade=grade, zone=ZONE).on
    decided = hearing(at, grade=grade, bail=bail, next_on=on)
    actions.hold_arraignment(arrest=arrest, hearing=decided, by="test", at=at)
    return arrest


MONEY = BailDecision(BailKind.MONETARY, Decimal(5000), Decimal(10))


def test_who_is_released_before_charges_stands_with_police_and_prosecutor_until_the_complaint(
    city: offices.Offices,
) -> None:
    fresh, late = arrested(2), arrested(40)
    let_go(fresh, 1)
    let_go(late, 39)
    officer, prosecutor = (
        city.logged_in("police", "officer"),
        city.logged_in("district-attorney", "charging ADA"),
    )
    for client in (officer, prosecutor):
        assert "left complaint within 5 days" in row(client, "/complaints/", fresh)
        assert "late by" in row(client, "/complaints/", late)
        assert row(client, "/board/", fresh) == ""
    assert "Send the report" in row(officer, "/complaints/", fresh)
    page = officer.get("/complaints/").content.decode()
    assert page.index(str(late)) < page.index(str(fresh))

    actions.file_charges(arrest=late, charges=[charge()], by="test", at=clock.now())
    assert row(officer, "/complaints/", late) == ""
    assert city.logged_in("court", "clerk").get("/complaints/").status_code == 403


def test_the_prosecutors_queue_shows_the_clock_of_the_complaint(city: offices.Offices) -> None:
    arrest = arrested(1.5)
    Arrest.objects.filter(pk=arrest).update(sent_at=clock.now())
    let_go(arrest, 0.5)
    prosecutor = city.logged_in("district-attorney", "charging ADA")
    shown = row(prosecutor, "/charging/", arrest)
    assert "complaint within 5 days" in shown
    assert "past 20 h" not in shown
    assert "past 20 h" not in prosecutor.get(f"/charging/{arrest}/").content.decode()


def test_who_is_arraigned_stands_on_the_courts_list_until_heard(city: offices.Offices) -> None:
    held = arraigned(13, bail=MONEY, grade="F2", held=True)
    home = arraigned(3, bail=BailDecision(BailKind.ROR), grade="M2", held=False)
    clerk, after = city.logged_in("court", "clerk"), f"/after/{held}/"
    shown = row(clerk, "/hearings/due/", held)
    assert "In court" in shown
    assert "preliminary hearing within 14 days" in shown
    assert row(clerk, "/hearings/due/", home) == ""  # a trial in three weeks
    assert "somebody confirms it" in row(clerk, "/hearings/committed/", held)
    assert row(clerk, "/hearings/committed/", home) == ""

    page = clerk.get(after).content.decode()
    today = city_day(clock.now())
    later = next_court_day(today + timedelta(days=3))
    put_off = {"do": "put-off", "version": version(page), "next_on": str(later), "cause": ""}
    wrong = clerk.post(after, put_off)
    assert wrong.status_code == 422
    assert 'href="#id_cause"' in wrong.content.decode()
    assert clerk.post(after, {**put_off, "cause": "The defense asks for time."}).status_code == 302
    page = clerk.get(after).content.decode()
    assert "The defense asks for time." in page
    # The clock runs on: it is the law's, and the court's day is not.
    assert "within 14 days" in row(clerk, "/hearings/due/", held)
    was_held = {"do": "held", "version": version(page), "heard_on": str(today)}
    assert clerk.post(after, {**was_held, "heard_on": "2031-01-01"}).status_code == 422
    assert clerk.post(after, was_held).status_code == 302
    assert row(clerk, "/hearings/due/", held) == ""
    assert "within 14 days" not in row(clerk, "/hearings/committed/", held)
    assert city.logged_in("police", "officer").get("/hearings/due/").status_code == 403


def test_a_hearing_that_was_not_held_is_overdue_and_stays(city: offices.Offices) -> None:
    lost = arraigned(40, bail=MONEY, grade="F2", held=True)
    magistrate = city.logged_in("court", "magistrate")
    assert "late by" in row(magistrate, "/hearings/due/", lost)
    assert " overdue<" in magistrate.get("/hearings/due/").content.decode()
    assert "late by" in row(magistrate, "/hearings/committed/", lost)


@pytest.mark.parametrize(
    ("grade", "category", "words"),
    [
        ("M3", "O", "The officer may let this person go"),
        ("F3", "O", "Not to be let go by the officer"),
        ("M3", "T", "made on a warrant"),
    ],
)
def test_whether_the_officer_may_let_go_is_computed_and_shown(
    city: offices.Offices, grade: str, category: str, words: str
) -> None:
    arrest = arrested(0.1, charges=[charge(grade=grade)], category=category)
    supervisor = city.logged_in("police", "booking supervisor")
    for page in (f"/custody/{arrest}/", f"/booking/{arrest}/arrest/"):
        assert words in supervisor.get(page).content.decode()
    let_go(arrest, 0)
    assert "519(B))" not in supervisor.get(f"/booking/{arrest}/arrest/").content.decode()
