"""The solicitor's workbench and the owners' votes in a real browser, by the keyboard alone: a draft is checked while it
is typed, put to the owners, voted on and signed; access is rehearsed to end, and ended."""

from uuid import UUID

import pytest

from openpars.agreements import proposals, queries
from tests.factories import agencies as made
from tests.factories import proceedings as life
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.stories.test_accounts_in_a_browser import looked_at
from tests.stories.test_agreements_for_everyone import in_force, stranger
from tests.stories.test_browser_pages import browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "stranger", "transactional_db", "visit"]

WIDTHS = pytest.mark.parametrize("width", [1280, 320])
MOST_TABS = 200


def tab_to(page, selector: str) -> None:
    """Press Tab until the focus is on what `selector` names, and see that it shows."""
    for _ in range(MOST_TABS):
        if page.evaluate("which => document.activeElement.matches(which)", selector):
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{selector} has the focus and does not show it"
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the keyboard does not reach {selector}")


def press(page, selector: str, key: str = "Enter") -> None:
    """Go there by Tab, and press the key."""
    tab_to(page, selector)
    page.keyboard.press(key)


def written(page, selector: str, words: str) -> None:
    """Go there by Tab, and write."""
    tab_to(page, selector)
    page.keyboard.type(words)


@WIDTHS
def test_a_draft_is_checked_as_it_is_typed_and_put_to_the_owners(visit, stranger, width: int) -> None:
    city = life.opened()
    in_force(city, stranger())
    page = visit(city.people["city-solicitor"], width, "/workbench/")
    assert "last day" in page.inner_text("main")  # the calendar of ends
    looked_at(page, "workbench", width)
    press(page, ".todo form:has(input) button")
    page.wait_for_selector("#id_text")
    looked_at(page, "draft-begun", width)

    # Wrong, right, wider: what is typed is answered beside it, with nothing pressed.
    wider = city.text(version=2, more=("results_per_request = 5\n", "results_per_request = 50\n"))
    wrong = wider.replace('charge_status = "approved"', 'charge_status = "aproved"')
    tab_to(page, "#id_text")
    page.fill("#id_text", wrong)
    page.wait_for_selector("text=1 fault: this is no agreement yet")
    looked_at(page, "draft-wrong", width)
    press(page, "[data-line]")
    assert page.evaluate("document.activeElement.id") == "id_text"
    line = page.evaluate(
        "(e => e.value.slice(0, e.selectionStart).split('\\n').length)(document.activeElement)"
    )
    assert line == wrong[: wrong.index('"aproved"')].count("\n") + 1
    page.fill("#id_text", wider)
    page.wait_for_selector(".changes__widens")
    page.focus("summary:has-text('The views that it makes')")
    page.keyboard.press("Enter")
    assert "charge_description" in page.inner_text(".columns >> nth=1")
    looked_at(page, "draft-wider", width)

    # Without grounds it stays where it is, with what was typed; with them it is put.
    press(page, "button[value=propose]")
    page.wait_for_selector("#errors")
    assert "results_per_request = 50" in page.input_value("#id_text")
    looked_at(page, "draft-without-grounds", width)
    written(page, "#id_grounds", "Five were not enough.")
    press(page, "button[value=propose]")
    page.wait_for_selector("text=waits for votes")
    looked_at(page, "proposal-put", width)


@WIDTHS
def test_an_owner_reads_votes_and_signs(visit, width: int) -> None:
    city = life.opened()
    which = city.propose(grounds="Its detectives asked for it.")
    page = visit(city.people["police"], width, "/votes/")
    assert "1 proposal waits for your office" in page.inner_text("main")
    looked_at(page, "votes", width)
    press(page, ".ballot .usa-button")
    page.wait_for_selector("#vote")
    looked_at(page, "ballot", width)
    press(page, "#vote button")
    page.wait_for_selector("#errors")
    looked_at(page, "ballot-empty", width)
    tab_to(page, "#vote_for")
    page.keyboard.press("Space")
    written(page, "#id_grounds", "One person at a time, in a case.")
    press(page, "#vote button")
    page.wait_for_selector(".life >> text=One person at a time, in a case.")
    assert not page.query_selector("#vote")
    city.votes(which, "court")

    signature = city.signature(which, "police")
    page.goto("/votes/")
    press(page, ".ballot .usa-button")
    page.wait_for_selector("#sign")
    looked_at(page, "signing", width)
    written(page, "#id_signature", "no signature")
    press(page, "#sign button")
    page.wait_for_selector("#errors")
    tab_to(page, "#id_signature")
    page.fill("#id_signature", signature)
    press(page, "#sign button")
    page.wait_for_selector("text=verified")
    looked_at(page, "signed", width)
    page.emulate_media(media="print")
    assert page.is_visible("text=What it says")


@WIDTHS
def test_one_red_button(visit, stranger, width: int) -> None:
    city = life.opened()
    number = in_force(city, stranger())
    made.user(ori=city.partner)
    identifier = queries.version(number).identifier
    page = visit(city.people["city-solicitor"], width, "/workbench/")
    press(page, ".todo a.usa-button--secondary")
    page.wait_for_selector("text=What stops, and for whom")
    assert "1 person of the agency asks under it" in page.inner_text("main")
    looked_at(page, "end", width)

    # A drill does everything and takes it back.
    press(page, "button[name=drill]")
    page.wait_for_selector("text=A drill: nothing was changed")
    looked_at(page, "end-drill", width)
    assert queries.version(number).state(city.at) == "in force"

    # Nothing happens by accident: the name must be typed, and grounds given.
    press(page, ".red .usa-button--secondary")
    page.wait_for_selector("#errors")
    looked_at(page, "end-unconfirmed", width)
    assert queries.version(number).state(city.at) == "in force"
    tab_to(page, "input[name=act]:checked")
    page.keyboard.press("ArrowDown")
    assert page.is_checked("#act_terminate")
    written(page, "#id_grounds", "Lists without a case.")
    written(page, "#id_identifier", identifier)
    press(page, ".red .usa-button--secondary")
    page.wait_for_selector("text=Terminated: ")
    assert queries.version(number).state(city.at) == "terminated"
    looked_at(page, "ended", width)


def test_a_proposal_can_be_withdrawn_until_it_is_carried_out(visit) -> None:
    city = life.opened()
    which: UUID = city.propose()
    page = visit(city.people["city-solicitor"], 1280, f"/votes/{which}/")
    press(page, "aside summary")
    written(page, "#id_grounds", "A mistake.")
    press(page, "aside form button")
    page.wait_for_selector("text=withdrawn")
    assert proposals.proposal(which, at=city.at).withdrawn_at is not None
