"""Booking in a real browser: by keyboard alone, the draft keeps itself, axe finds nothing, 320 pixels are enough."""

import os
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from openpars import clock
from openpars.portal import booking
from openpars.records import actions
from openpars.records.models import Arrest
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.statutes import CATALOGUE
from tests.factories import offices
from tests.factories.agencies import PASSWORD, Enrolled
from tests.integration.disclosure.city import fresh_dc, fresh_otn
from tests.stories.test_browser_pages import (
    assert_well_made,
    browser,
    closed_pools,
    pytestmark,
    site,
    transactional_db,
    visit,
)

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]

LOOKS = os.environ.get("OPENPARS_TEST_PICTURES")
"""A folder for pictures of the pages, where somebody wants to look at them."""

OFFENSE = CATALOGUE[0]


@dataclass(frozen=True)
class Desk:
    """An officer and a supervisor of one desk, and the DC number of an arrest that waits for them."""

    officer: Enrolled
    supervisor: Enrolled
    dc_number: str


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker):
    """The desk's people under the charter of the examples, where an arrest waits for them."""
    dc_number = fresh_dc()
    with django_db_blocker.unblock():
        actions.report_arrest(
            person=PersonFacts("Isolde", "Merriwether", invented=True),
            incident=IncidentFacts(dc_number),
            arrest=ArrestFacts(clock.now() - timedelta(hours=3), fresh_otn()),
            by="test",
            at=clock.now(),
        )
        city = offices.opened()
        people = (city.somebody("police", role) for role in ("officer", "booking supervisor"))
        return Desk(*people, dc_number)


def look(page, name: str) -> None:
    """Well made; and a picture of it, where one is wanted."""
    assert_well_made(page, name)
    if LOOKS:
        page.screenshot(path=str(Path(LOOKS) / f"{name}.png"), full_page=True)


def tab_to(page, name: str) -> None:
    """Tab on until the field of that name has the focus."""
    for _ in range(80):
        if page.evaluate("document.activeElement.name") == name:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"no way to {name} by Tab")


def test_an_arrest_is_booked_by_keyboard_alone(visit, desk: Desk) -> None:
    page = visit(desk.officer)
    page.goto("/booking/")
    page.focus("text=New arrest")
    page.keyboard.press("Enter")
    page.wait_for_selector("#sheet")
    at = clock.now() - timedelta(hours=1)
    dc_number, otn = fresh_dc(), fresh_otn()
    for name, words in (
        ("dc_number", dc_number),
        ("surname", "Fairbourne"),
        ("given_name", "Ottoline"),
        ("birth_date", "03/09/1991"),
    ):
        tab_to(page, name)
        page.keyboard.type(words)
    tab_to(page, "arrested_at")
    page.keyboard.type(f"{booking.stamp(at)[5:7]}{booking.stamp(at)[8:10]}{booking.stamp(at)[:4]}")
    page.keyboard.press("Tab")
    half = "AM" if int(booking.stamp(at)[11:13]) < 12 else "PM"
    page.keyboard.type(f"{int(booking.stamp(at)[11:13]) % 12 or 12:02}{booking.stamp(at)[14:16]}{half}")
    tab_to(page, "otn")
    page.keyboard.type(otn)
    tab_to(page, "charge_statute")
    page.keyboard.type(OFFENSE.written)
    page.wait_for_selector("#offenses button")
    page.keyboard.press("Enter")
    assert page.input_value("#charge_description_0") == OFFENSE.words
    page.keyboard.press("Enter")
    assert page.locator("[name=charge_statute]").count() == 2
    page.wait_for_selector(".draft__said:has-text('Draft kept at')")
    assert "Fairbourne, Ottoline" in page.inner_text("[data-summary=people]")
    look(page, "sheet-1280")
    # A dead window: what was typed is still there.
    page.wait_for_selector("#sheet:not([data-unkept])")
    page.reload()
    assert page.input_value("#id_surname") == "Fairbourne"
    page.focus("#id_surname")
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/sent/")
    look(page, "sent-1280")
    made = Arrest.objects.get(otn=otn)
    assert (made.incident.dc_number, made.sent_at is not None) == (dc_number, True)


def test_what_cannot_be_kept_says_why_and_nobody_leaves_unasked(visit, desk: Desk) -> None:
    page = visit(desk.officer)
    page.clock.install()
    page.goto("/booking/new/")
    page.fill("#id_narrative", "x" * 70_000)
    page.wait_for_selector(".draft__said:has-text('too long')")
    page.fill("#id_narrative", "Seen leaving.")
    page.wait_for_selector("#sheet:not([data-unkept])")
    page.route("**/drafts/", lambda route: route.abort())
    page.click("#id_narrative")
    page.keyboard.type("And stopped.")
    page.wait_for_selector(".draft__said:has-text('out of touch')")
    with page.expect_event("dialog") as asked:
        page.evaluate("setTimeout(() => location.assign('/booking/'), 0)")
    assert asked.value.type == "beforeunload"
    asked.value.dismiss()
    page.unroute("**/drafts/")
    page.keyboard.type(" There.")
    page.wait_for_selector("#sheet:not([data-unkept])")
    # After half an hour without a sign of life what stands here is covered, and not lost either.
    page.clock.fast_forward("31:00")
    page.wait_for_selector("dialog #id_username")
    assert not page.is_visible("main")
    page.keyboard.press("Escape")
    come_back(page, desk.officer)
    page.wait_for_selector("main")
    assert page.input_value("#id_narrative").endswith(" There.")


def come_back(page, somebody: Enrolled) -> None:
    page.fill("dialog #id_username", somebody.username)
    page.fill("dialog #id_password", PASSWORD)
    page.click("dialog >> text=I understand. Log in")


def test_law_a_dead_session_and_a_log_in_in_another_tab_lose_nothing(visit, desk: Desk) -> None:
    page = visit(desk.officer)
    page.goto("/booking/new/")
    page.fill("#id_surname", "Merriwether")
    page.wait_for_selector(".draft__said:has-text('Draft kept at')")
    draft = page.url
    page.context.clear_cookies()
    page.fill("#id_given_name", "Isadora")
    page.wait_for_selector(".draft__said:has-text('Not kept: your session has ended')")
    look(page, "away")
    page.click("#send")
    page.wait_for_selector("dialog #id_username")
    look(page, "come-back-1280")
    page.set_viewport_size({"width": 320, "height": 700})
    look(page, "come-back-320")
    page.fill("dialog #id_password", "not the password")
    page.click("dialog >> text=I understand. Log in")
    page.wait_for_selector("#log-in-errors")
    come_back(page, desk.supervisor)
    page.wait_for_selector("#come-back-words:has-text('Somebody else')")
    assert page.input_value("#id_given_name") == "Isadora"
    come_back(page, desk.officer)
    page.wait_for_selector("#errors")
    assert page.url == draft
    assert page.input_value("#id_given_name") == "Isadora"

    page.context.clear_cookies()
    other = page.context.new_page()
    other.goto("/log-in/")
    other.fill("#id_username", desk.officer.username)
    other.fill("#id_password", PASSWORD)
    other.keyboard.press("Enter")
    other.wait_for_selector(".who")
    page.bring_to_front()
    page.fill("#id_given_name", "Isadora Maud")
    page.wait_for_selector("#sheet:not([data-unkept])")
    page.click("text=Drop it")
    look(page, "drop-320")
    page.click("text=Yes, drop the draft")
    page.wait_for_url("**/booking/")


@pytest.mark.parametrize("width", [1280, 320])
def test_the_desks_pages_are_without_fault_at_any_width(visit, desk: Desk, width: int) -> None:
    page = visit(desk.officer, width)
    page.goto("/booking/new/")
    look(page, f"new-{width}")
    page.fill("#id_dc_number", desk.dc_number)
    page.click("#send")
    page.wait_for_selector("#errors")
    look(page, f"errors-{width}")
    page.click("label[for=id_join]")
    page.click("#send")
    page.wait_for_selector("#errors")
    assert page.is_checked("#id_join")
    assert not page.locator("#errors a[href='#id_dc_number']").count()
    page.goto("/booking/")
    look(page, f"desk-{width}")
    page.click("table.board a:has-text('Merriwether')")
    page.wait_for_selector("#sheet")
    look(page, f"arrest-{width}")
    page.click("text=Victims and witnesses")
    page.wait_for_selector("#victim_name")
    look(page, f"walled-{width}")


@pytest.mark.parametrize("width", [1280, 320])
def test_a_supervisor_merges_splits_undoes_and_confirms_custody(
    visit, desk: Desk, django_db_blocker, width: int
) -> None:
    surname = f"Quillfeather-{width}"

    def booked(hours: int) -> UUID:
        with django_db_blocker.unblock():
            return actions.report_arrest(
                person=PersonFacts("Ottoline", surname, birth_date=date(1984, 5, 6), invented=True),
                incident=IncidentFacts(fresh_dc()),
                arrest=ArrestFacts(clock.now() - timedelta(hours=hours), fresh_otn()),
                recommended=[ChargeFacts("18 § 3921 §§ A", "Theft", "M1")],
                by="test",
                at=clock.now(),
            ).arrest

    first, second = booked(5), booked(30)
    page = visit(desk.supervisor, width)
    page.goto(f"/booking/{first}/persons/")
    page.click("label[for=other_1]")
    page.fill("#id_rationale", "The same prints.")
    look(page, f"merge-{width}")
    page.click("text=Merge: one person")
    page.wait_for_selector("label[for=with_1]")
    page.click("label[for=with_1]")
    page.fill("#id_rationale", "Other prints.")
    page.click("text=Split: of another person")
    page.wait_for_selector("#errors")
    assert "no arrest would be left" in page.inner_text("#errors").lower()
    assert page.is_checked("#with_1")
    page.click("label[for=with_1]")
    page.click("text=Split: of another person")
    page.wait_for_selector("text=Undo this split")
    look(page, f"split-{width}")
    page.click("text=Undo this split")
    page.wait_for_selector("text=undone")
    look(page, f"undone-{width}")
    with django_db_blocker.unblock():
        people = set(Arrest.objects.filter(pk__in=(first, second)).values_list("person_id"))
    assert len(people) == 1

    page.goto("/board/")
    page.click(f"[id='a-{first}'] a.alarm")
    page.wait_for_selector("h1:has-text('Custody')")
    page.click("text=In hospital")
    page.click("text=Record it")
    page.wait_for_selector("#errors")
    look(page, f"custody-errors-{width}")
    page.fill("#id_reason", "Taken to an invented hospital")
    page.click("text=Record it")
    page.wait_for_selector("text=Still in hospital: confirm it")
    look(page, f"custody-{width}")

    page.goto(f"/booking/{first}/arrest/")
    page.click("summary:has-text('Change or withdraw')")
    page.fill("[name^=change_statute_]", "")
    page.type("[name^=change_statute_]", "retail")
    page.wait_for_selector(".offenses button")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert "etail theft" in page.input_value("[name^=change_description_]")
    page.fill("[name^=why_]", "It was a shop.")
    page.select_option("#id_category", "O")
    page.wait_for_selector(".draft__said:has-text('Draft kept at')")
    page.click("#send")
    page.wait_for_selector("text=withdrawn by police: It was a shop.")
    look(page, f"amended-{width}")
