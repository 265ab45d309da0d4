"""The lists under the charter of `examples/`: whom they show, and that nobody who is held is ever off them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from openpars import clock
from openpars.disclosure import actions
from openpars.disclosure.rules.request import Asker
from openpars.records import actions as records
from openpars.records.rules.lifecycle import HELD, Custody
from openpars.records.rules.rows import ArrestRow, Batch, CustodyRow, PersonRow, identify
from tests.factories import offices
from tests.factories.records import charge, reported

PURPOSES = {
    "police": "CrimeArrestDetention",
    "district-attorney": "CrimeProsecution",
    "court": "JudicialCaseManagement",
}


@dataclass(frozen=True)
class Desks:
    """Somebody of each role, who asks for lists under the charter."""

    city: offices.Offices
    people: dict[tuple[str, str], Asker]

    def listed(self, listing: str, office: str, role: str) -> set[str]:
        """The arrests on a list, as that role is shown it."""
        asker = self.people.get((office, role))
        if asker is None:
            made = self.city.somebody(office, role)
            asker = self.people[office, role] = Asker(made.id, self.city.oris[office], office, role)
        answer = actions.list_arrests(asker=asker, listing=listing, purpose=PURPOSES[office])
        return {str(row["arrest"]) for row in answer.results}


@pytest.fixture
def desks() -> Desks:
    return Desks(offices.opened(), {})


BOARDS = (
    ("held", "police", "officer"),
    ("held", "police", "booking supervisor"),
    ("held", "district-attorney", "charging ADA"),
    ("held", "court", "magistrate"),
    ("desk", "police", "officer"),
)


def arrested(at: datetime, **facts: object) -> UUID:
    """Somebody arrested at that moment, of whom only the arrest is reported."""
    return reported(at=at, charges=[charge()], **facts).arrest


@pytest.mark.parametrize("state", sorted(HELD))
def test_law_whoever_is_held_stays_on_the_board_and_the_desk_however_long(
    desks: Desks, state: Custody
) -> None:
    now = clock.now()
    held = [str(arrested(now - timedelta(days=days))) for days in (1, 8, 30, 400)]
    gone = str(arrested(now - timedelta(days=8)))
    for arrest in held:
        if state is not Custody.IN_CUSTODY:
            records.change_custody(arrest=UUID(arrest), state=state, reason="Moved.", by="test", at=now)
    records.change_custody(arrest=UUID(gone), state=Custody.RELEASED, reason="No charge.", by="test", at=now)
    for listing, office, role in BOARDS:
        shown = desks.listed(listing, office, role)
        assert set(held) <= shown, (listing, role)
        assert gone not in shown, (listing, role)


def test_the_lost_prisoner_is_on_the_lists_of_the_interviewer_and_of_the_court(desks: Desks) -> None:
    at = clock.now() - timedelta(days=21)
    report = reported(at=at)
    records.file_charges(arrest=report.arrest, charges=[charge()], by="test", at=at + timedelta(hours=4))
    lost = str(report.arrest)
    assert lost in desks.listed("interviews", "court", "pretrial")
    assert lost in desks.listed("hearings", "court", "clerk")
    assert lost not in desks.listed("charging", "district-attorney", "charging ADA")


def test_an_arrest_that_a_file_dates_in_the_future_is_nobodys_prisoner(desks: Desks) -> None:
    now = clock.now()
    key = now.isoformat()
    person = PersonRow(identify("lists", "person", key), "Ottoline", "", "Varga", invented=True)
    rows = {
        "to come": now + timedelta(days=13_000),
        "long ago": now - timedelta(days=9),
        "of today": now - timedelta(hours=3),
        "by a fast clock": now + timedelta(minutes=3),
    }
    arrests = tuple(
        ArrestRow(identify("lists", "arrest", f"{key} {name}"), person.id, at) for name, at in rows.items()
    )
    custody = tuple(
        CustodyRow(identify("lists", "custody", str(row.id)), row.id, "booked", row.arrested_at)
        for row in arrests
    )
    records.load(batch=Batch(persons=(person,), arrests=arrests, custody=custody), by="test", at=now)
    shown = desks.listed("held", "police", "officer")
    named = {name: str(row.id) in shown for name, row in zip(rows, arrests, strict=True)}
    assert named == {"to come": False, "long ago": False, "of today": True, "by a fast clock": True}
