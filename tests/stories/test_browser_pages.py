"""The three pages in a real browser, served as a city serves them: axe finds nothing, the keyboard is enough,
320 pixels are enough, reading needs no script, and the board is live."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from openpars import clock
from openpars.agreements.rules.parties import Owner
from openpars.agreements.rules.terms import Grant
from tests.factories import agencies as made
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, move, permit
from tests.integration.disclosure.conftest import closed_pools, transactional_db

__all__ = ["closed_pools", "transactional_db"]

CHROMIUM = Path("/usr/bin/chromium")
USWDS = Path("src/openpars/portal/static/vendor/uswds/css/uswds.min.css")
FLAGS = (
    *("--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason=f"no browser: {CHROMIUM} is not installed"),
    pytest.mark.skipif(not USWDS.exists(), reason="no design system: run `make env`"),
]

LISTED = ("name", "otn", "arrested_at", "lead_charge", "custody_state", "custody_since", "arraigned_at")


def _free_pair() -> int:
    """A port that is free together with the next one."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture(scope="module")
def site(django_db_setup: None) -> Iterator[str]:
    """`openpars serve` on the test database; answers the site's address."""
    command = [sys.executable, "-c", "from openpars.cli import main; main()"]
    command += ["serve", "--port", str(_free_pair()), "--workers", "1", "--json"]
    environment = {**os.environ, "OPENPARS_DEMONSTRATION": "1"}
    serving = subprocess.Popen(command, stdout=subprocess.PIPE, env=environment)
    try:
        assert serving.stdout is not None
        yield json.loads(serving.stdout.readline())["site"].rstrip("/")
    finally:
        serving.send_signal(signal.SIGTERM)
        assert serving.wait(30) == 0
        serving.stdout.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    """The system's Chromium."""
    from playwright.sync_api import sync_playwright

    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        # Playwright runs an event loop in this thread, in which Django would refuse to be asked anything.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        opened = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def visit(site: str, browser) -> Iterator[Callable]:
    """A page on which somebody has just logged in; every fault in the page's console fails the test."""
    contexts, faults = [], []

    def open_page(somebody: made.Enrolled, width: int = 1280, to: str = "", **options: object):
        context = browser.new_context(
            viewport={"width": width, "height": 800}, reduced_motion="reduce", base_url=site, **options
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(str(error)))
        page.on("console", lambda said: faults.append(said.text) if "Content Security" in said.text else None)
        page.goto("/log-in/")
        page.fill("#id_username", somebody.username)
        page.fill("#id_password", made.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_selector(".who")
        if to:
            page.goto(to)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert faults == []


@pytest.fixture(scope="module")
def detective(django_db_setup: None, django_db_blocker) -> made.Enrolled:
    """Somebody of an outside agency, with an agreement in force and one person to find."""
    with django_db_blocker.unblock():
        somebody = made.user()
        grants = tuple(map(Grant, ("name", "birth_date", "otn", "lead_charge", "statute", "grade")))
        enforce(agreement(somebody.ori, permit(elements=(*grants, Grant("arrested_at", "day")))))
        City().arrest("Odalys", "Quimby", date(1988, 4, 17))
        return somebody


@pytest.fixture(scope="module")
def desk(django_db_setup: None, django_db_blocker) -> made.Enrolled:
    """Somebody of the police, whose charter lists who is held."""
    with django_db_blocker.unblock():
        somebody = made.user("police")
        lists = permit(
            elements=(*map(Grant, LISTED), Grant("arrest_location", "district")),
            purposes=("CrimeArrestDetention",),
            office="police",
            ask_by=(),
            tolerance_years=0,
            lists=True,
            requires=frozenset(),
            results_per_request=500,
        )
        owner = Owner("Police of a test", somebody.ori, "police", True, "Commissioner")
        enforce(agreement("", lists, kind="charter", receiver=None, owners=(owner,), votes_needed=1))
        at = clock.now() - timedelta(hours=37)
        City().arrest("Ilse", "Brandt", date(1970, 1, 1), arrested_at=at)
        return somebody


def ask(page) -> None:
    page.check(f"input[value={PURPOSE}]", force=True)
    page.fill("#id_case_number", "N-1")
    page.fill("#id_name", "Quimby, Odalys")
    page.select_option("#id_birth_month", "4")
    page.fill("#id_birth_day", "17")
    page.fill("#id_birth_year", "1988")
    page.click("text=Ask. This is recorded.")


STICKS_OUT = """() => [...document.querySelectorAll("main *")]
  .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth)
  .map(each => each.outerHTML.slice(0, 80))"""


def assert_well_made(page, name: str) -> None:
    """Axe finds nothing, and nothing has to be scrolled sideways."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page).response["violations"]
    assert [(fault["id"], [node["html"] for node in fault["nodes"]]) for fault in found] == [], name
    wider = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wider <= 0, (name, page.evaluate(STICKS_OUT))


@pytest.mark.parametrize("width", [1280, 320])
def test_pages_are_without_fault_at_any_width(visit, detective, desk, width: int) -> None:
    page = visit(detective, width)
    assert_well_made(page, "search")
    page.click("text=Ask. This is recorded.")
    assert_well_made(page, "errors")
    ask(page)
    page.wait_for_selector(".results")
    assert_well_made(page, "results")
    page.click("text=Open. This is recorded.")
    page.wait_for_selector(".fields--record")
    assert_well_made(page, "record")
    page.goto("/agreements/")
    assert_well_made(page, "agreements")
    page.click(".register a >> nth=0")
    assert_well_made(page, "agreement")
    board = visit(desk, width, to="/board/")
    board.wait_for_selector(".board")
    assert_well_made(board, "board")
    page.context.clear_cookies()
    page.goto("/log-in/")
    assert_well_made(page, "log-in")


def test_a_search_needs_nothing_but_the_keyboard(visit, detective) -> None:
    page = visit(detective)
    page.wait_for_load_state("networkidle")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "id_name"
    page.keyboard.type("Quimby, Odalys")
    page.keyboard.press("Tab")
    page.keyboard.type("April")
    page.keyboard.press("Tab")
    page.keyboard.type("17")
    page.keyboard.press("Tab")
    page.keyboard.type("1988")
    for _ in range(4):
        page.keyboard.press("Shift+Tab")
    page.keyboard.type("N-1")
    page.keyboard.press("Enter")
    page.wait_for_selector(".results")
    assert page.evaluate("document.activeElement.id") == "answer"
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").startswith("Open. This is recorded."):
            break
    page.keyboard.press("Enter")
    page.wait_for_selector(".fields--record")


def test_reading_needs_no_script(visit, detective, desk) -> None:
    page = visit(detective, java_script_enabled=False)
    ask(page)
    assert page.locator(".results h3").first.inner_text() == "Quimby, Odalys"
    board = visit(desk, java_script_enabled=False, to="/board/")
    assert "in custody" in board.locator("#count").inner_text()
    assert board.locator("#f-apply").is_visible()


def test_the_board_shows_an_arrest_as_soon_as_it_is_reported(visit, desk) -> None:
    page = visit(desk, to="/board/")
    page.wait_for_selector("text=Live")
    arrested = City().arrest("Otto", "Wren", date(1971, 1, 1))
    row = page.wait_for_selector(f"[id='a-{arrested.arrest.id}']")
    assert "new" in row.inner_text()
    page.wait_for_selector("text=/Live, last change \\d+ s ago/")


@pytest.fixture
def events_process(site: str) -> Iterator[int]:
    """The process that serves events; whatever a test does to it, it goes on afterwards."""
    port = f"--port {int(site.rpartition(':')[2]) + 1} ".encode()
    (found,) = (pid for pid, line in _command_lines() if b"uvicorn" in line and port in line)
    yield found
    with contextlib.suppress(ProcessLookupError):
        os.kill(found, signal.SIGCONT)


def _command_lines() -> Iterator[tuple[int, bytes]]:
    """Every process that lives while it is read, once: another may end at any moment."""
    for each in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):
            yield int(each.parent.name), each.read_bytes().replace(b"\0", b" ")


def test_a_change_in_one_browser_changes_the_row_in_the_other_and_a_release_takes_it_away(
    visit, desk
) -> None:
    pages = [visit(desk, to="/board/"), visit(desk, to="/board/")]
    for page in pages:
        page.wait_for_selector("text=Live")
        page.evaluate("window.here = true")
    city = City()
    arrested = city.arrest("Otto", "Wren", date(1971, 1, 1))
    row = f"[id='a-{arrested.arrest.id}']"
    for page in pages:
        page.wait_for_selector(row)
    move(arrested, "in hospital")
    for page in pages:
        page.wait_for_selector(f"{row} >> text=now in hospital")
    move(arrested, "released")
    for page in pages:
        page.wait_for_selector(row, state="detached")
        assert page.evaluate("window.here"), "the page was not loaded again"
        order = page.eval_on_selector_all(
            "tr[data-arrested]", "rows => rows.map(row => row.dataset.arrested)"
        )
        assert order == sorted(order)


def test_a_board_without_its_stream_says_so_and_catches_up(visit, desk, events_process: int) -> None:
    page = visit(desk, to="/board/")
    page.clock.install()
    page.goto("/board/")
    page.wait_for_selector("text=Live")
    os.kill(events_process, signal.SIGSTOP)
    arrested = City().arrest("Otto", "Wren", date(1971, 1, 1))
    row = f"[id='a-{arrested.arrest.id}']"
    page.clock.fast_forward(30_000)
    page.wait_for_selector("#out-of-touch:not([hidden]) >> text=/as of \\d+:\\d\\d/")
    assert "Not live. As of" in page.locator("#live").inner_text()
    assert not page.locator(row).count()
    assert_well_made(page, "board out of touch")
    os.kill(events_process, signal.SIGCONT)
    page.wait_for_selector(row)
    page.wait_for_selector("#out-of-touch", state="hidden")


def test_a_board_whose_stream_was_cut_catches_up(visit, desk, events_process: int) -> None:
    page = visit(desk, to="/board/")
    page.wait_for_selector("text=Live")
    os.kill(events_process, signal.SIGKILL)
    arrested = City().arrest("Otto", "Wren", date(1971, 1, 1))
    page.wait_for_selector(f"[id='a-{arrested.arrest.id}']")


def test_a_receipt_can_be_downloaded(visit, detective) -> None:
    page = visit(detective)
    ask(page)
    page.wait_for_selector(".proof")
    address = page.get_attribute("text=Download the receipt", "href")
    for _ in range(40):
        answer = page.request.get(address)
        if answer.status == 200:
            break
        page.wait_for_timeout(250)
    assert answer.status == 200
    assert "c2sp.org/tlog-proof" in answer.text()
