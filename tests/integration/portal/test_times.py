"""The page of times: what it counts, over whom, and that it reads times and districts alone."""

from datetime import timedelta

import pytest

from openpars import clock
from openpars.disclosure import queries
from openpars.records import actions
from tests.factories import offices, records

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("office", "role", "clause"),
    [
        ("police", "officer", "3.6"),
        ("district-attorney", "DA supervisor", "4.4"),
        ("court", "magistrate", "5.3"),
    ],
)
def test_times_are_counted_over_whom_the_charter_lets_count(office: str, role: str, clause: str) -> None:
    town = offices.opened()
    somebody = town.somebody(office, role)
    client = offices.logged_in(somebody)
    begun = clock.now()
    assert "30 days" in client.get("/times/").content.decode()
    for number in range(3):
        at = begun - (30 - number) * HOUR
        report = records.reported(at=at, district="24")
        records.filed(report, at=at + 5 * HOUR)
        held = at + 13 * HOUR
        actions.hold_arraignment(arrest=report.arrest, hearing=records.hearing(held), by="test", at=held)
    page = client.get("/times/").content.decode()
    for words in ("By district", "By shift of the arrest", "By stage", "charging", "<desc", "13 h 00 min"):
        assert words in page
    assert f"clause {clause} lets you count" in page
    assert "the first of " in page
    assert "Ibáñez" not in page
    assert queries.counted(user=somebody.id, since=begun).disclosures == 2


def test_a_defender_is_shown_none() -> None:
    assert offices.opened().logged_in("defender", "defender").get("/times/").status_code == 403
