"""An agreement's tabs in a real browser: axe finds nothing, and 320 pixels are enough."""

from dataclasses import replace
from pathlib import Path

import pytest

from openpars.agreements.rules import language
from openpars.agreements.rules.terms import Grant
from tests.factories import agencies as made
from tests.integration.disclosure.city import agreement, enforce
from tests.integration.disclosure.conftest import closed_pools, transactional_db
from tests.stories.test_browser_pages import assert_well_made, browser, pytestmark, site, visit

__all__ = ["browser", "closed_pools", "pytestmark", "site", "transactional_db", "visit"]

EXAMPLE = Path(__file__).parents[2] / "examples" / "neighbor-police.toml"


@pytest.fixture(scope="module")
def amended(django_db_setup: None, django_db_blocker) -> tuple[made.Enrolled, int]:
    """Somebody of the receiver, and the number of the example's second version."""
    with django_db_blocker.unblock():
        somebody = made.user()
        example = language.parse(EXAMPLE.read_text())
        term = agreement(somebody.ori).term
        receiver = replace(example.receiver, ori=somebody.ori)
        old = replace(example, identifier=f"tabs-{somebody.ori.lower()}", receiver=receiver, term=term)
        enforce(old)
        first = old.permits[0]
        wider = replace(first, elements=(*first.elements, Grant("race")))
        return somebody, enforce(replace(old, version=2, permits=(wider,), duties=old.duties[1:]))


@pytest.mark.parametrize("width", [1280, 320])
def test_an_agreements_tabs(visit, amended: tuple[made.Enrolled, int], width: int) -> None:
    somebody, number = amended
    page = visit(somebody, width, f"/agreements/{number}/")
    assert_well_made(page, "text")
    page.click("text=What they see")
    assert_well_made(page, "what they see")
    page.select_option("#of", "juvenile")
    page.click("button:text-is('Show')")
    assert "Nothing of this record is shown" in page.inner_text("main")
    assert_well_made(page, "nothing of it")
    page.click(".tabs >> text=Changes")
    assert "this version widens" in page.inner_text("main")
    assert_well_made(page, "changes")
    page.click(".tabs >> text=Use")
    assert_well_made(page, "use")
