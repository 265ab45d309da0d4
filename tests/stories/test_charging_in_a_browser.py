"""The charging room in a real browser: axe finds nothing, 320 pixels are enough, the statute box finds and fills."""

import os
from pathlib import Path

import pytest

from openpars import clock
from openpars.records import actions
from openpars.records.rules.facts import Reported
from tests.factories import agencies as made
from tests.factories import offices
from tests.factories.records import hearing
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.integration.portal.test_charging import sent
from tests.stories.test_browser_pages import assert_well_made, browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]
PICTURES = os.environ.get("OPENPARS_TEST_PICTURES")


@pytest.fixture(scope="module")
def room(django_db_setup: None, django_db_blocker) -> tuple[made.Enrolled, Reported]:
    """A prosecutor under the charter, and a case of 21 hours among others, with a question answered."""
    with django_db_blocker.unblock():
        ada = offices.opened().somebody("district-attorney", "charging ADA")
        sent(2, "Brightwater"), sent(13, "Calloway"), sent(38, "Ferncastle")
        report = sent(21)
        question = actions.ask_police(arrest=report.arrest, text="Who saw it?", by="test", at=clock.now())
        actions.answer_prosecutor(
            question=question, answer="The owner, from the window.", by="test", at=clock.now()
        )
        return ada, report


def look(page, name: str) -> None:
    """Well made; kept as a picture where somebody wants to see it."""
    assert_well_made(page, name)
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}-{page.viewport_size['width']}.png", full_page=True)


@pytest.mark.parametrize("width", [1280, 320])
def test_the_room_is_without_fault_at_any_width(visit, room, width: int) -> None:
    ada, report = room
    page = visit(ada, width)
    page.goto("/charging/")
    look(page, "queue")
    page.click(f"a[href='/charging/{report.arrest}/']")
    page.wait_for_selector(".lines")
    look(page, "case")
    first = report.charges[0]
    page.fill(f"#statute-{first}", "nonsense")
    page.click("text=Approve and file")
    page.wait_for_selector("#errors")
    look(page, "errors")


def test_the_statute_box_finds_fills_and_files_by_keyboard(visit, room, django_db_blocker) -> None:
    ada, _ = room
    with django_db_blocker.unblock():
        report = sent(5, "Okonkwo-Vale")
    page = visit(ada)
    page.goto(f"/charging/{report.arrest}/")
    first = report.charges[0]
    page.focus(f"#statute-{first}")
    page.keyboard.press("Control+A")
    page.keyboard.type("retail")
    page.wait_for_selector(f"#found-{first} button")
    page.keyboard.press("ArrowDown")
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / "found-1280.png")
    page.keyboard.press("Enter")
    assert page.input_value(f"#statute-{first}").startswith("18 § 3929")
    assert "etail theft" in page.input_value(f"#words-{first}")
    with django_db_blocker.unblock():
        actions.change_custody(arrest=report.arrest, state="in hospital", by="test", at=clock.now())
    page.click("text=Approve and file")
    page.wait_for_selector("#refused")
    look(page, "refused")
    assert "etail theft" in page.input_value(f"#words-{first}")
    page.click("text=Approve and file")
    page.wait_for_selector(".papers")
    look(page, "filed")
    page.click("text=Print the arrest report")
    page.wait_for_selector("text=The arrest report is printed.")
    look(page, "printed")
    if PICTURES:
        with page.expect_download() as report_download:
            page.click("text=Arrest report, version 1 (PDF)")
        report_download.value.save_as(Path(PICTURES) / "report.pdf")
        page.emulate_media(media="print")
        page.screenshot(path=Path(PICTURES) / "print.png", full_page=True)
        page.emulate_media(media="screen")
    with page.expect_download() as download:
        page.click("text=Criminal complaint, version 1 (PDF)")
    assert Path(download.value.path()).read_bytes()[:5] == b"%PDF-"
    if PICTURES:
        download.value.save_as(Path(PICTURES) / "complaint.pdf")
    page.click("text=Filed lately")
    page.wait_for_selector(f"a[href='/charging/{report.arrest}/']")
    look(page, "filed-lately")
    with django_db_blocker.unblock():
        at = clock.now()
        decided = hearing(at, grade="M1")
        actions.hold_arraignment(arrest=report.arrest, hearing=decided, by="test", at=at)
    page.goto("/times/")
    page.wait_for_selector("text=By stage")
    look(page, "times")
    page.goto(f"/charging/{report.arrest}/walled/")
    look(page, "walled")


def test_the_queue_is_live_and_says_when_it_has_lost_touch(visit, room, django_db_blocker) -> None:
    ada, _ = room
    page = visit(ada)
    page.clock.install()
    page.goto("/charging/")
    page.wait_for_selector("text=Live")
    page.evaluate("window.here = true")
    with django_db_blocker.unblock():
        report = sent(30, "Okonkwo-Vale", told=True)
    row = f"[id='a-{report.arrest}']"
    page.wait_for_selector(f"{row} >> text=new")
    waiting = int(page.inner_text("#count").split()[0])
    ages = page.eval_on_selector_all("tr[data-arrested]", "rows => rows.map(row => row.dataset.arrested)")
    assert ages == sorted(ages)
    with django_db_blocker.unblock():
        actions.ask_police(arrest=report.arrest, text="Who saw it?", by="test", at=clock.now())
    page.wait_for_selector(f"{row} >> text=now police were asked")
    page.wait_for_selector(f"#count:has-text('{waiting - 1} to charge'):has-text('with the police')")
    page.select_option("#f-stage", "police were asked")
    page.wait_for_selector("#f-count:has-text('shown')")
    look(page, "queue-live")
    page.select_option("#f-stage", "")
    with django_db_blocker.unblock():
        for charge in report.charges:
            actions.decide_charge(charge=charge, decision="declined", reason="No.", by="test", at=clock.now())
    page.wait_for_selector(row, state="detached")
    assert page.evaluate("window.here"), "the page was not loaded again"
    page.route("**/charging/rows/**", lambda route: route.abort())
    with django_db_blocker.unblock():
        sent(1, "Lachlan-Oyelaran", told=True)
    page.wait_for_selector("#out-of-touch:not([hidden])")
    assert "Not live. As of" in page.inner_text("#live")
    look(page, "queue-out-of-touch")
    page.unroute("**/charging/rows/**")
    page.clock.fast_forward(3_000)
    page.wait_for_selector("text=Lachlan-Oyelaran")
    page.wait_for_selector("#out-of-touch", state="hidden")
