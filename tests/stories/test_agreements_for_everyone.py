"""The public's side of agreements in a real browser: a council member reads one before the vote, somebody says what
they think of it, the solicitor answers, and everyone reads how it came about."""

import pytest

from openpars.agreements import comments
from openpars.agreements.models import Proposal
from openpars.agreements.rules.grounds import LONGEST
from tests.factories import proceedings as life
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.stories.test_accounts_in_a_browser import looked_at
from tests.stories.test_browser_pages import browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]

GROUNDS = "Its detectives work cases that cross the border; they asked for a year under the starter's terms."


@pytest.fixture
def stranger(site: str, browser):
    """Pages of somebody of the public, who has no account."""
    opened, faults = [], []

    def open_page(width: int = 1280, **options: object):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, base_url=site, reduced_motion="reduce", **options
        )
        opened.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert faults == []


def in_force(city: life.City, page, text: str | None = None) -> int:
    """A text brought into force by votes and signatures: the site's own keeper does it within a second or two."""
    which = city.propose(text, grounds=GROUNDS)
    city.votes(which)
    city.signs(which)
    page.goto(f"/public/proposals/{which}/")
    while "carried out" not in page.inner_text(".usa-intro"):
        page.reload()
    number = Proposal.objects.get(pk=which).number_id
    assert number is not None
    return number


@pytest.mark.parametrize("width", [1280, 320])
def test_a_proposal_is_read_commented_on_and_answered(visit, stranger, width: int) -> None:
    city = life.opened(consultation="14")
    which = city.propose(grounds=GROUNDS)
    page = stranger(width)
    page.goto("/public/agreements/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
    looked_at(page, "public-register", width)
    page.click(f"a[href*='{which}']")
    page.wait_for_selector("text=Say what you think of it")
    looked_at(page, "public-proposal", width)

    # By the keyboard alone; first nothing, then something.
    page.focus("#id_words")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#errors")
    looked_at(page, "public-comment-wrong", width)
    page.focus("#errors a")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "id_words"
    page.keyboard.type("Why five results to a request?\nOne person at a time would do.")
    page.keyboard.press("Tab")
    page.keyboard.type("A block association")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_selector("#kept")
    looked_at(page, "public-comment-kept", width)
    assert "One person at a time would do." not in page.inner_text("main")

    solicitor = visit(city.people["city-solicitor"], width, f"/votes/{which}/")
    solicitor.click("summary:has-text('Answer it')")
    solicitor.click("text=Yes, as it is written")
    (one,) = comments.of(which)
    solicitor.fill(f"#id_answer_{one.id}", "Two people may share a name and a date of birth.")
    looked_at(solicitor, "comment-to-answer", width)
    solicitor.click("text=Done. It cannot be changed.")
    solicitor.wait_for_selector("text=published")
    page.goto(f"/public/proposals/{which}/")
    assert "One person at a time would do." in page.inner_text(".said")
    assert "Two people may share a name" in page.inner_text(".said")
    looked_at(page, "public-comment-answered", width)


@pytest.mark.parametrize("width", [1280, 320])
def test_an_agreement_is_read_by_everyone(stranger, width: int) -> None:
    city = life.opened()
    page = stranger(width)
    in_force(city, page)
    number = in_force(
        city, page, city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 6\n"))
    )
    more = city.text(version=3, more=("results_per_request = 5\n", "results_per_request = 9\n"))
    city.propose(more, grounds="Six were not enough.")
    page.goto("/public/agreements/")
    page.click(f"a[href='/public/agreements/{number}/']")
    for said in (
        "We looked.",
        "What changed from version 1",
        "widens",
        "Version 3 is put to the owners",
        "replaced",
    ):
        assert said in page.inner_text("main"), said
    looked_at(page, "public-agreement", width)
    page.emulate_media(media="print")
    looked_at(page, "public-agreement-printed", width)
    page.emulate_media(media="screen")
    with page.expect_download() as taken:
        page.click("text=The text itself, as a file")
    assert taken.value.path().read_text().startswith("format = ")


def test_reading_and_commenting_need_no_script(stranger) -> None:
    city = life.opened(consultation="14")
    which = city.propose(grounds="g" * LONGEST)
    page = stranger(320, java_script_enabled=False)
    page.goto(f"/public/proposals/{which}/")
    page.fill("#id_words", "Yes.")
    page.click("text=Send the comment")
    page.wait_for_selector("#kept")
    page.emulate_media(media="print")
    assert page.is_hidden("#id_words")
