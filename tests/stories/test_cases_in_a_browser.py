"""Cases and approvals in a real browser: axe finds nothing, 320 pixels and the keyboard are enough, and what a
supervisor takes back is taken back."""

from datetime import date

import pytest

from openpars.agreements.rules.safeguards import People, Safeguards
from openpars.agreements.rules.terms import Rows
from tests.factories import agencies as made
from tests.integration.disclosure.city import City, agreement, enforce, permit
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.stories.test_browser_pages import ask, assert_well_made, browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]

STRICT = permit(
    rows=Rows(charge_status="any", own_case=True), requires=frozenset({"case_number", "supervisor_approval"})
)
SUPERVISED = Safeguards(people=People(supervisors=("sergeant",), approval_lasts_hours=8))


@pytest.fixture
def squad() -> tuple[made.Enrolled, made.Enrolled]:
    """A detective and their sergeant, whose agreement asks for a case and an approval; and one person to find."""
    detective = made.user()
    sergeant = made.user(ori=detective.ori, role="sergeant")
    enforce(agreement(detective.ori, STRICT, safeguards=SUPERVISED))
    City().arrest("Odalys", "Quimby", date(1988, 4, 17))
    return detective, sergeant


@pytest.mark.parametrize("width", [1280, 320])
def test_from_a_refusal_to_the_answer(visit, squad, width: int) -> None:
    detective, sergeant = squad
    page = visit(detective, width)
    ask(page)
    page.wait_for_selector(".nothing")
    assert_well_made(page, "what is needed")
    page.click("text=Register a case")
    assert_well_made(page, "no case yet")
    page.fill("#case_number", "N-1")
    page.fill("#subjects", "Quimby, Odalys, 1988-04-17\nsomebody")
    page.click("text=Register. This is recorded.")
    assert "Line 2 of the people" in page.inner_text("#errors")
    assert_well_made(page, "what is wrong")
    page.fill("#subjects", "Quimby, Odalys, 1988-04-17")
    page.click("text=Register. This is recorded.")
    page.wait_for_selector("[role=status]")
    page.click("summary >> nth=0")
    page.click("summary >> nth=1")
    assert_well_made(page, "a case")
    page.click("nav >> text=Approvals")
    assert_well_made(page, "nothing asked for")
    page.fill("#case_number", "N-1")
    page.keyboard.press("Enter")
    page.wait_for_selector("text=waits for a supervisor")
    assert_well_made(page, "waiting")
    answers = visit(sergeant, width, "/agency/approvals/")
    answers.get_by_label("Why?").fill("Warrant signed this morning.")
    assert_well_made(answers, "a supervisor's")
    answers.keyboard.press("Enter")
    answers.wait_for_selector("text=Withdraw")
    assert_well_made(answers, "approved")
    page.goto("/")
    ask(page)
    page.wait_for_selector(".results")
    answers.click("button:has-text('Withdraw')")
    page.goto("/")
    ask(page)
    assert "needs a supervisor's approval" in page.inner_text(".nothing")
