"""The page of an arrest's delays: noted, ended, refused at the field, and only by those whom the charter lets."""

import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from openpars import clock
from openpars.records.models import Delay
from tests.factories import offices, records

CITY = ZoneInfo("America/New_York")


@pytest.fixture
def town() -> offices.Offices:
    return offices.opened()


def typed(moment) -> str:
    return moment.astimezone(CITY).strftime("%Y-%m-%dT%H:%M")


def test_a_delay_is_noted_and_ended(town: offices.Offices) -> None:
    at = clock.now()
    arrest = records.reported(at=at - timedelta(hours=5)).arrest
    client = town.logged_in("police", "officer")
    address = f"/delays/{arrest}/"
    assert "No delay is noted" in client.get(address).content.decode()
    given = {"reason": "other", "words": "", "began_at": typed(at - timedelta(hours=3)), "ended_at": ""}
    wrong = client.post(address, given)
    page = wrong.content.decode()
    assert wrong.status_code == 422
    assert 'href="#id_words"' in page
    assert "Must say what the other reason was" in page
    assert given["began_at"] in page, "what was typed is kept"
    assert client.post(address, {**given, "words": "A flood."}).status_code == 302
    page = client.get(address).content.decode()
    assert "A flood." in page
    assert "other: 3 h 0" in page
    assert "no reason given: 2 h" in page or "no reason given: 1 h 59" in page
    (end,) = re.findall(r'name="end" value="([0-9a-f-]{36})"', page)
    assert client.post(address, {"end": end}).status_code == 302
    assert Delay.objects.get(arrest_id=arrest).ended_at is not None
    again = client.post(address, {"end": end})
    assert again.status_code == 409
    assert "ended already" in again.content.decode()
    assert client.post(address, {"end": "x"}).status_code == 409


def test_what_is_no_moment_is_said(town: offices.Offices) -> None:
    arrest = records.reported(at=clock.now() - timedelta(hours=5)).arrest
    client = town.logged_in("district-attorney", "charging ADA")
    answer = client.post(f"/delays/{arrest}/", {"reason": "", "began_at": "x"})
    assert answer.status_code == 422
    for words in ("Choose the reason", "Enter a day and a time that exist"):
        assert words in answer.content.decode()


def test_a_magistrate_notes_none(town: offices.Offices) -> None:
    arrest = records.reported(at=clock.now() - timedelta(hours=5)).arrest
    assert town.logged_in("court", "magistrate").get(f"/delays/{arrest}/").status_code == 403
