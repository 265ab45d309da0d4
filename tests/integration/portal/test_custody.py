"""The custody page: every step with its owner and its reason, for those who have the power; the alarm leads there."""

import re
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.test import Client

from openpars import clock
from openpars.records import actions
from openpars.records.models import CustodyStatusChange
from openpars.records.rules.arraignment import Hearing
from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.hearings import next_date
from openpars.records.rules.lifecycle import Custody
from tests.factories import offices
from tests.factories.records import MAGISTRATE, ZONE
from tests.integration.disclosure.city import fresh_dc, fresh_otn


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


@pytest.fixture
def supervisor(city: offices.Offices) -> Client:
    return city.logged_in("police", "booking supervisor")


@pytest.fixture
def arrest() -> UUID:
    at = clock.now() - timedelta(hours=6)
    return actions.report_arrest(
        person=PersonFacts("Perpetua", "Vandersloot", birth_date=date(1979, 8, 2), invented=True),
        incident=IncidentFacts(fresh_dc(), at),
        arrest=ArrestFacts(at, fresh_otn()),
        by="test",
        at=at,
    ).arrest


def said(client: Client, arrest: UUID, **typed: str):
    page = client.get(f"/custody/{arrest}/").content.decode()
    version = re.search(r'name="version" value="(\d+)"', page)
    assert version
    return client.post(f"/custody/{arrest}/", {"version": version[1], **typed})


def steps(arrest: UUID) -> list[tuple[str, str, str]]:
    rows = CustodyStatusChange.objects.filter(arrest_id=arrest).order_by("changed_at", "id")
    return list(rows.values_list("state", "owner", "reason"))


def test_the_alarm_leads_to_the_page_and_a_confirmation_silences_it(supervisor: Client, arrest: UUID) -> None:
    board = supervisor.get("/board/").content.decode()
    alarm = re.search(rf'<a href="/custody/{arrest}/" class="alarm"[^>]*>', board)
    assert alarm
    assert "hidden" not in alarm[0]
    page = supervisor.get(f"/custody/{arrest}/").content.decode()
    assert "Still in custody: confirm it" in page
    assert said(supervisor, arrest, state="in custody").status_code == 302
    alarm = re.search(
        rf'<a href="/custody/{arrest}/" class="alarm"[^>]*>', supervisor.get("/board/").content.decode()
    )
    assert alarm
    assert "hidden" in alarm[0]


def test_each_step_has_its_owner_and_its_reason_and_none_is_overwritten(
    supervisor: Client, arrest: UUID
) -> None:
    assert (
        said(supervisor, arrest, state="in hospital", reason="Taken to an invented hospital").status_code
        == 302
    )
    assert said(supervisor, arrest, state="at court", reason="Brought to court").status_code == 302
    assert steps(arrest) == [
        ("in custody", "police", "arrest"),
        ("in hospital", "police", "Taken to an invented hospital"),
        ("at court", "court", "Brought to court"),
    ]
    page = supervisor.get(f"/custody/{arrest}/").content.decode()
    for words in ("Taken to an invented hospital", "Brought to court", "Court answers for the person"):
        assert words in page


@pytest.mark.parametrize(
    ("typed", "place"),
    [({}, "id_state"), ({"state": "on the moon"}, "id_state"), ({"state": "in hospital"}, "id_reason")],
)
def test_what_is_wrong_is_said_at_its_field(
    supervisor: Client, arrest: UUID, typed: dict[str, str], place: str
) -> None:
    answer = said(supervisor, arrest, **typed)
    assert answer.status_code == 422
    assert f'href="#{place}"' in answer.content.decode()
    assert len(steps(arrest)) == 1


def test_of_two_desks_the_second_is_told_and_nothing_is_overwritten(supervisor: Client, arrest: UUID) -> None:
    old = {"version": "1", "state": "in hospital", "reason": "Taken to hospital"}
    assert supervisor.post(f"/custody/{arrest}/", old).status_code == 302
    late = supervisor.post(f"/custody/{arrest}/", {**old, "state": "at court"})
    assert late.status_code == 409
    assert len(steps(arrest)) == 2


def test_police_let_go_before_the_hearing_and_commit_nobody(supervisor: Client, arrest: UUID) -> None:
    assert 'value="committed"' not in supervisor.get(f"/custody/{arrest}/").content.decode()
    refused = said(supervisor, arrest, state="committed", reason="So be it")
    assert refused.status_code == 409
    assert "Only a magistrate commits" in refused.content.decode()
    assert said(supervisor, arrest, state="released", reason="No charge.").status_code == 302
    # A person at liberty comes back by a change of bail or a new arrest alone.
    page = supervisor.get(f"/custody/{arrest}/").content.decode()
    assert "at liberty" in page
    assert 'name="state"' not in page
    again = {"version": "2", "state": "in hospital", "reason": "Again"}
    assert supervisor.post(f"/custody/{arrest}/", again).status_code == 409


def test_whom_a_magistrate_committed_the_court_alone_lets_go(
    city: offices.Offices, supervisor: Client, arrest: UUID
) -> None:
    at = clock.now() - timedelta(minutes=5)
    charges = [ChargeFacts("18 § 2702 §§ A", "Aggravated assault", "F1")]
    actions.file_charges(arrest=arrest, charges=charges, by="test", at=at)
    denied = BailDecision(BailKind.DENIED, conditions=())
    on = next_date(at, held=True, grade="F1", zone=ZONE).on
    decided = Hearing(MAGISTRATE, True, "F1", denied, on)
    actions.hold_arraignment(arrest=arrest, hearing=decided, by="test", at=at)
    assert "the court answers for the person" in supervisor.get(f"/custody/{arrest}/").content.decode()
    for state in Custody:
        forged = {"version": "3", "state": state, "reason": "A mistake"}
        assert supervisor.post(f"/custody/{arrest}/", forged).status_code == 409, state
    assert steps(arrest)[-1][0] == "committed"
    clerk = city.logged_in("court", "clerk")
    assert said(clerk, arrest, state="in hospital", reason="Taken to hospital").status_code == 302
    assert said(clerk, arrest, state="committed", reason="Back from hospital").status_code == 302
    assert said(clerk, arrest, state="released", reason="Order MD-1 of 2026").status_code == 302


@pytest.mark.parametrize(
    ("office", "role", "status"),
    [
        ("court", "clerk", 200),
        ("court", "magistrate", 200),
        ("police", "officer", 403),
        ("defender", "defender", 403),
    ],
)
def test_the_page_is_for_who_has_the_power(
    city: offices.Offices, arrest: UUID, office: str, role: str, status: int
) -> None:
    assert city.logged_in(office, role).get(f"/custody/{arrest}/").status_code == status
