"""The court's and the defender's rooms in a real browser: axe finds nothing, and 320 pixels are enough."""

import re

import pytest

from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.integration.portal.test_court import Court, court, decide, interview, version
from tests.stories.test_booking_in_a_browser import look
from tests.stories.test_browser_pages import assert_well_made, browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "court", "pytestmark", "site", "transactional_db", "visit"]


@pytest.mark.parametrize("width", [1280, 320])
def test_a_hearing_from_interview_to_release(visit, court: Court, width: int) -> None:
    city, arrest = court.offices, court.arrest
    pretrial = visit(city.somebody("court", "pretrial"), width)
    pretrial.goto("/interviews/")
    assert_well_made(pretrial, "interviews")
    pretrial.goto(f"/interviews/{arrest}/")
    pretrial.click("text=Keep the interview")
    assert_well_made(pretrial, "interview")
    assert interview(court.as_("pretrial"), arrest).status_code == 302

    counsel = city.somebody("defender", "defender")
    client = visit(counsel, width)
    client.goto("/clients/")
    client.wait_for_selector("text=Live")
    clerk = visit(city.somebody("court", "clerk"), width)
    clerk.goto(f"/hearings/{arrest}/")
    assert_well_made(clerk, "listing")
    clerk.select_option("#id_counsel", str(counsel.id))
    clerk.click("button:text-is('Appoint')")
    client.wait_for_selector(f"[id='a-{arrest}']")
    look(client, f"clients-{width}")
    clerk.click("button:text-is('List')")

    magistrate = visit(city.somebody("court", "magistrate"), width)
    magistrate.goto("/hearings/")
    assert_well_made(magistrate, "hearings")
    magistrate.goto(f"/hearings/{arrest}/")
    magistrate.click("label[for=pc-yes]")
    magistrate.click("text=release on a monetary condition")
    magistrate.click("label[for=id_c-stay-away]")
    magistrate.click("text=Decide, and print")
    magistrate.wait_for_selector("#errors")
    assert_well_made(magistrate, "errors of the decision")
    magistrate.fill("#id_amount", "5,000")
    magistrate.fill("#id_percent", "10")
    magistrate.fill("#id_c-stay-away-place", "the corner of A and B Streets")
    magistrate.click("text=Decide, and print")
    magistrate.wait_for_selector("text=Order of commitment")
    assert_well_made(magistrate, "decided")

    clerk.goto(f"/after/{arrest}/")
    assert_well_made(clerk, "after")
    clerk.goto("/after/")
    assert_well_made(clerk, "find")
    client.wait_for_selector(f"[id='a-{arrest}'] >> text=committed")
    client.goto(f"/clients/{arrest}/")
    assert_well_made(client, "client")


def test_reading_needs_no_script(visit, court: Court) -> None:
    magistrate = visit(court.offices.somebody("court", "magistrate"), java_script_enabled=False)
    magistrate.goto(f"/hearings/{court.arrest}/")
    assert "three lines" in magistrate.content()


@pytest.mark.parametrize("width", [1280, 320])
def test_a_closed_window_loses_nothing_and_two_windows_see_both(visit, court: Court, width: int) -> None:
    page = visit(court.offices.somebody("court", "pretrial"), width)
    page.goto(f"/interviews/{court.arrest}/")
    other = page.context.new_page()
    other.goto(f"/interviews/{court.arrest}/")
    page.fill("#id_residence", "2 Nowhere Street, with kin")
    page.wait_for_selector(".draft__said:has-text('Draft kept at')")
    look(page, f"draft-{width}")
    page.close()
    other.fill("#id_residence", "3 Nowhere Street, alone")
    other.wait_for_selector(".draft__said:has-text('another window')")
    other.click("text=Keep draft")
    other.wait_for_selector("h1:text-is('Two windows, one draft')")
    assert "2 Nowhere Street, with kin" in other.inner_text("main")
    assert "3 Nowhere Street, alone" in other.inner_text("main")
    look(other, f"two-windows-{width}")
    other.click("text=Go on with what is here")
    other.wait_for_selector("#id_residence")
    assert other.input_value("#id_residence") == "3 Nowhere Street, alone"
    other.click("text=Drop it")
    other.click("text=Yes, drop the draft")
    other.wait_for_selector(".draft__drop", state="hidden")
    assert other.input_value("#id_residence") == ""


def test_the_hearing_list_is_live_session_by_session(visit, court: Court) -> None:
    magistrate = visit(court.offices.somebody("court", "magistrate"))
    magistrate.goto("/hearings/")
    magistrate.wait_for_selector("text=Live")
    row = f"[id='a-{court.arrest}']"
    assert magistrate.locator(f"tbody[data-group='~'] {row}").count() == 1
    clerk = court.as_("clerk")
    page = clerk.get(f"/hearings/{court.arrest}/").content.decode()
    session = re.search(r'<option value="([^"]+T[^"]+)"', page)
    assert session
    listed = {"do": "list", "version": version(page), "session_at": session[1], "site": "N"}
    assert clerk.post(f"/hearings/{court.arrest}/", listed).status_code == 302
    magistrate.wait_for_selector(f"{row} >> text=listed anew")
    title = magistrate.inner_text(f"tbody:has({row}) .board__group")
    assert "North booking" in title
    look(magistrate, "hearings-live")
    assert decide(court.as_("magistrate"), court.arrest).status_code == 302
    magistrate.wait_for_selector(row, state="detached")
    groups = magistrate.eval_on_selector_all("tbody", "all => all.map(each => each.dataset.group)")
    assert groups == sorted(groups)
