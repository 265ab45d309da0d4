"""`/log/`: the page that says what the log is, how it stands and how to check it."""

import hashlib
import re
from datetime import datetime, timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client

from openpars import clock
from openpars.public import checker, picture, views
from openpars.translog import actions, queries, signers
from openpars.translog.models import Halt
from tests.integration.translog import logs
from tests.integration.witness import witnesses

pytestmark = [pytest.mark.django_db, pytest.mark.urls("openpars.public.urls")]


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    monkeypatch.setattr(clock, "now", lambda: logs.NOON + timedelta(minutes=3))


@pytest.fixture
def page(client: Client) -> "Page":
    return Page(client)


class Page:
    """What a reader sees."""

    def __init__(self, client: Client) -> None:
        self._client = client

    @property
    def source(self) -> str:
        answer = self._client.get("/log/")
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=10"
        return answer.content.decode()

    @property
    def text(self) -> str:
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", self.source))


def grow(count: int, at: datetime = logs.NOON) -> None:
    logs.append(count)
    actions.integrate(signer=signers.configured(), at=at)


def test_before_anything_is_published_it_says_so(page: Page) -> None:
    assert "Nothing is published yet." in page.text
    assert "The log has no key yet." in page.text


def test_it_says_how_the_log_stands_and_that_nobody_witnesses(page: Page) -> None:
    grow(1234)
    text = page.text
    latest = queries.published()
    assert latest is not None
    assert "Entries 1,234" in text
    assert "Last signed 3 minutes ago November 23, 2026, 12:00 UTC" in text
    assert "Nobody but the city vouches for this log" in text
    assert views.to_base64(latest.root) in page.source


def test_it_gives_two_commands_with_the_address_and_the_key(page: Page) -> None:
    grow(1)
    key = signers.configured().vkey
    assert (
        "curl -fsSO http://testserver/log/openpars-verify.pyz\n"
        f"python3 openpars-verify.pyz log http://testserver/log --key {key}</code>"
    ) in page.source


def test_it_names_the_witnesses_and_when_each_last_signed(page: Page, tmp_path: Path) -> None:
    key = signers.configured().vkey
    with (
        witnesses.running(tmp_path / "1", "court", key) as court,
        witnesses.running(tmp_path / "2", "defender", key) as defender,
    ):
        actions.set_policy(text=witnesses.policy(1, court, defender), by="test", at=logs.NOON)
        grow(6)
        assert "Nothing is published yet." in page.text
        actions.publish(at=logs.NOON, but_not=["defender"])
        text = page.text
        assert "Witnesses wanted now 1 of court, defender" in text
        assert "What is shown here was signed by court.example/witness. Wanted now" in text
        assert "court 3 minutes ago November 23, 2026, 12:00 UTC" in text
        assert "defender never yet" in text
        grow(2)
        assert "Entries 7" in page.text
        assert "Waiting to be published 2" in page.text
        # Wanted is another from now on: it is not said to have signed what others did.
        actions.set_policy(text=witnesses.policy(1, defender), by="test", at=logs.NOON)
        text = page.text
        assert (
            "was signed by court.example/witness. Wanted now, before anything more is shown: defender."
            in text
        )
    assert page._client.get("/log/witnesses").content.decode() == queries.policy_text()


def test_it_says_that_the_log_has_halted_and_why(page: Page) -> None:
    grow(1)
    assert "signs no more" not in page.text
    Halt.objects.create(halted_at=logs.NOON, why="the witness court has cosigned 9 entries, more than our 1")
    assert "Since November 23, 2026, 12:00 UTC: the witness court has cosigned 9 entries" in page.text


def test_it_shows_the_digest_of_the_checker_that_it_hands_out(page: Page) -> None:
    grow(1)
    source = page.source
    for name in (checker.NAME, checker.WHEEL):
        assert f'href="/log/{name}"' in source
        answer = page._client.get(f"/log/{name}")
        assert answer["Content-Type"] == "application/zip"
    assert hashlib.sha256(page._client.get(f"/log/{checker.NAME}").content).hexdigest() in source


@pytest.mark.parametrize("top", [1, 2, 4, 5, 9, 10, 11, 499, 500, 501, 1_234_567])
def test_law_the_axis_has_a_few_round_numbers_within_the_picture(top: int) -> None:
    drawn = picture.draw([(logs.NOON, 0), (logs.NOON, top)])
    assert drawn is not None
    found = [tick.entries for tick in drawn.ticks]
    assert 2 <= len(found) <= picture.MOST_TICKS + 1
    assert all(str(entries).rstrip("0") in ("", "1", "2", "4", "6", "8", "5", "15", "3") for entries in found)
    assert found[0] == 0
    assert found[-1] <= top


class Balanced(HTMLParser):
    """Finds elements that are left open, and ids that labels point to."""

    VOID = ("meta", "link")

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.pointed: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name != "style", "the content policy shows no inline style"
            if name == "id":
                self.ids.append(value or "")
            if name == "aria-labelledby":
                self.pointed += (value or "").split()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_its_growth_is_a_picture_with_words_and_a_table(page: Page) -> None:
    for day in range(5):
        grow(100, logs.NOON - timedelta(days=4 - day))
    source, text = page.source, page.text
    assert f'<svg viewBox="{picture.OUTLINE}" role="img"' in source
    ticks = re.findall(r'growth__number--end"[^>]*>([^<]+)</text>', source)
    assert ticks == ["0", "200", "400", "now"]
    assert ">November 19, 2026</text>" in source
    assert "A line that rises from 100 entries on November 19, 2026, 12:00 UTC to 500 now." in text
    assert "November 23, 2026, 12:03 UTC 500" in text
    read = Balanced()
    read.feed(source)
    assert read.open == []
    assert set(read.pointed) <= set(read.ids)
    assert len(read.ids) == len(set(read.ids))


def test_growth_is_looked_up_at_even_moments() -> None:
    for day in range(5):
        grow(100, logs.NOON + timedelta(days=day))
    found = queries.growth(logs.NOON + timedelta(days=8), 9)
    assert [size for _, size in found] == [100, 200, 300, 400, 500, 500, 500, 500, 500]
    assert found[0][0] == logs.NOON
    assert queries.growth(logs.NOON - timedelta(days=1), 9) == ()


def test_a_line_needs_two_moments_and_an_entry() -> None:
    assert picture.draw([]) is None
    assert picture.draw([(logs.NOON, 5)]) is None
    assert picture.draw([(logs.NOON, 0), (logs.NOON, 0)]) is None
    drawn = picture.draw([(logs.NOON, 0), (logs.NOON + timedelta(1), 5), (logs.NOON + timedelta(2), 10)])
    assert drawn == picture.Picture(
        "0.0,240.0 320.0,120.0 640.0,0.0",
        "0,240 0.0,240.0 320.0,120.0 640.0,0.0 640,240",
        10,
        (picture.Tick(0, "240.0"), picture.Tick(5, "120.0"), picture.Tick(10, "0.0")),
    )
    assert picture.draw([(logs.NOON, 5), (logs.NOON, 5)]) is not None


@pytest.mark.parametrize(
    ("passed", "words"),
    [
        (timedelta(days=-1), "0 seconds ago"),
        (timedelta(seconds=1), "1 second ago"),
        (timedelta(seconds=59.9), "59 seconds ago"),
        (timedelta(minutes=61), "1 hour ago"),
        (timedelta(days=2, hours=23), "2 days ago"),
    ],
)
def test_ages_are_said_in_one_unit(passed: timedelta, words: str) -> None:
    assert views.ago(logs.NOON, logs.NOON + passed) == words
