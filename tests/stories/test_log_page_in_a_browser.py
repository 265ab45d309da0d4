"""`/log/` in a real browser: axe finds nothing, 320 pixels are enough, and no script is needed."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from openpars import clock
from openpars.translog import actions, signers
from tests.integration.translog import logs
from tests.integration.translog.conftest import empty_log
from tests.integration.witness import witnesses

__all__ = ["empty_log"]

CHROMIUM = Path("/usr/bin/chromium")
USWDS = Path("src/openpars/portal/static/vendor/uswds/css/uswds.min.css")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is not installed"),
    pytest.mark.skipif(not USWDS.exists(), reason="no design system: run `make env`"),
]


@pytest.fixture
def log(empty_log: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A log of some weeks, with two witnesses, one of which has never signed."""
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    signer, now = signers.configured(), clock.now()
    for day in range(30):
        logs.append(20 + day * 7 % 60)
        actions.integrate(signer=signer, at=now - timedelta(days=30 - day))
    with (
        witnesses.running(tmp_path / "1", "court", signer.vkey) as court,
        witnesses.running(tmp_path / "2", "university", signer.vkey) as university,
    ):
        court.clock.now = university.clock.now = now
        actions.set_policy(text=witnesses.policy(1, court, university), by="test", at=now)
        actions.integrate(signer=signer, at=now)
        assert actions.publish(at=now, but_not=["university"]).published
        yield


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.usefixtures("log")
def test_everybody_can_read_it(
    live_server: LiveServer, width: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from axe_playwright_python.sync_playwright import Axe
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        page = browser.new_page(viewport={"width": width, "height": 800})
        page.on("console", lambda said: faults.append(said.text))
        assert page.goto(f"{live_server.url}/log/") is not None
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.textContent") == "Skip to main content"
        page.locator("summary").click()
        found = Axe().run(page)
        page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.get_by_role("img", name="Entries in the log over time").is_visible()
        browser.close()
    assert found.violations_count == 0, found.generate_report()
    assert faults == []
