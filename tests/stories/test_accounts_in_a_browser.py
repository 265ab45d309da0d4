"""Who saw my record, in a real browser: the counter's page, the person's own, counsel's, the auditor's."""

import os
from pathlib import Path

import pytest

from openpars.records.models import Arrest
from tests.factories import offices
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.integration.portal.test_accounts import code_of, told_of
from tests.stories.test_browser_pages import assert_well_made, browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]


def looked_at(page, name: str, width: int) -> None:
    """Axe finds nothing; a picture is kept where a folder is named for it."""
    assert_well_made(page, name)
    if folder := os.environ.get("OPENPARS_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"), full_page=True)


@pytest.mark.parametrize("width", [1280, 320])
def test_a_person_reads_who_was_told_of_them(visit, width: int) -> None:
    city = offices.opened()
    report, agent = told_of()
    counsel = city.somebody("defender", "defender")
    Arrest.objects.filter(pk=report.arrest).update(counsel_id=counsel.id)
    keeper = visit(city.somebody("police", "records custodian"), width)
    keeper.goto(f"/custodian/{report.arrest}/account/")
    looked_at(keeper, "counter", width)
    keeper.click("text=Show it here")
    keeper.wait_for_selector(".account li")
    looked_at(keeper, "account-shown", width)
    with keeper.expect_download() as taken:
        keeper.click("text=Print a one-time code")
    code = code_of(taken.value.path().read_bytes())

    # The same browser, as anybody's: the page asks for nothing but the code.
    keeper.goto("/mine/")
    looked_at(keeper, "mine-code", width)
    keeper.fill("#id_code", "wrong")
    keeper.keyboard.press("Enter")
    keeper.wait_for_selector("#errors")
    looked_at(keeper, "mine-wrong", width)
    keeper.fill("#id_code", code)
    keeper.keyboard.press("Enter")
    keeper.wait_for_selector(".account li")
    assert agent.agency_ori in keeper.content()
    looked_at(keeper, "mine", width)
    with keeper.expect_download() as taken:
        keeper.click("text=Keep it as a paper")
    assert taken.value.path().read_bytes().startswith(b"%PDF")
    keeper.click("text=I am done")
    keeper.wait_for_selector("#id_code")

    client = visit(counsel, width)
    client.goto(f"/clients/{report.arrest}/looks/")
    looked_at(client, "client-looks", width)
    head = visit(city.somebody("district-attorney", "head of office"), width)
    head.goto("/delayed-lines/")
    looked_at(head, "delayed", width)
    head.click("text=Put these lines off")
    head.wait_for_selector("#errors")
    looked_at(head, "delayed-wrong", width)
    auditor = visit(city.somebody("auditor", "auditor"), width)
    auditor.goto("/audit/")
    looked_at(auditor, "audit", width)
    auditor.fill("#id_agency", agent.agency_ori)
    auditor.click("text=Search. This is recorded.")
    auditor.wait_for_selector("#found")
    looked_at(auditor, "audit-found", width)
    auditor.click("table button")
    auditor.wait_for_selector("text=What was asked")
    looked_at(auditor, "audit-entry", width)
    auditor.goto("/audit/")
    auditor.click("text=Events at the doors")
    auditor.wait_for_selector("#id_who")
    looked_at(auditor, "events", width)
    # By the keyboard alone: from the first field to the answer.
    auditor.focus("#id_who")
    auditor.keyboard.type("nobody-of-this-name")
    auditor.keyboard.press("Enter")
    auditor.wait_for_selector("#errors")
    looked_at(auditor, "events-wrong", width)
    auditor.fill("#id_who", "")
    auditor.select_option("#id_kind", "log-in")
    auditor.focus("#id_since")
    auditor.keyboard.press("Enter")
    auditor.wait_for_selector("#found")
    looked_at(auditor, "events-found", width)
    auditor.click("table button")
    auditor.wait_for_selector("text=From the network address")
    looked_at(auditor, "event", width)
    with auditor.expect_download() as taken:
        auditor.click("text=Take out with its proof")
    assert taken.value.suggested_filename == "events.zip"
    auditor.goto("/audit/events/")
    auditor.select_option("#id_kind", "migrate")
    auditor.focus("#id_since")
    auditor.keyboard.press("Enter")
    auditor.wait_for_selector("text=Receipt of this search")
    looked_at(auditor, "events-none", width)


def test_reading_the_own_account_needs_no_script(visit) -> None:
    city = offices.opened()
    report, agent = told_of()
    at = f"/custodian/{report.arrest}/account/"
    code = code_of(city.logged_in("police", "records custodian").post(at, {"make": "code"}).content)
    page = visit(city.somebody("police", "officer"), java_script_enabled=False)
    page.goto("/mine/")
    page.fill("#id_code", code)
    page.click("text=Open the list")
    assert agent.agency_ori in page.content()
