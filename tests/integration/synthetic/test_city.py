"""The invented city and the bulk: what is promised of them."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.terms import with_term
from openpars.records import actions, queries, wall
from openpars.records.models import Arrest, Charge, Incident, Person, Trace, Victim, Witness
from openpars.records.rules.identifiers import OTN, DCNumber, Docket
from openpars.synthetic import staff
from openpars.synthetic.bulk import bulk
from openpars.synthetic.city import Staff, build

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 3, 1, 15, tzinfo=UTC)
STAFF = ("officer", "supervisor", "prosecutor", "magistrate")
CHARTER = Path(__file__).resolve().parents[3] / "examples" / "charter.toml"


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setattr(wall, "state_folder", lambda: tmp_path)


@pytest.fixture
def desks() -> Staff:
    """The sample users, with the charter in force that gives their roles their powers."""
    at = clock.now()
    users = staff.enroll(password="a password of a test 7", by="test", at=at)
    first = at.date() - timedelta(days=1)
    charter = with_term(parse(CHARTER.read_text()), first, first + timedelta(days=30))
    agreements.enforce(text=render(charter), by="test", at=at)
    return Staff(*(users[name] for name in STAFF), counsel=(users["defender"],))


def test_a_city_is_built_through_actions_and_is_fictional(desks):
    told = []
    built = build(arrests=90, seed=1, by=desks, now=NOW, progress=lambda done, of: told.append((done, of)))
    assert told == [(done, 90) for done in range(1, 91)]
    assert Arrest.objects.count() == built.arrests == 90
    assert not Person.objects.filter(invented=False).exists()
    assert (Victim.objects.count(), Witness.objects.count()) == (built.victims, built.witnesses)
    assert built.victims > 0 < built.witnesses
    assert Trace.objects.filter(verb="report_arrest", by=str(desks.police)).count() == 90
    for number in Incident.objects.values_list("dc_number", flat=True):
        assert str(DCNumber.parse(number)) == number
    for otn in Arrest.objects.values_list("otn", flat=True):
        assert str(OTN.parse(otn)) == otn
    for docket in Charge.objects.exclude(docket_number="").values_list("docket_number", flat=True):
        assert str(Docket.parse(docket)) == docket
    assert not Arrest.objects.filter(arrested_at__gt=NOW).exists()
    # About forty wait for arraignment at the base load, whatever the number of arrests before them.
    assert 20 <= built.awaiting <= 65
    assert all(known.person.surname for known in built.known)


def test_the_same_seed_gives_the_same_city_and_another_seed_fits_beside_it(desks):
    first = build(arrests=12, seed=1, by=desks, now=NOW)
    before = queries.counts()
    build(arrests=12, seed=2, by=desks, now=NOW)
    assert queries.counts()["arrest"] == 2 * before["arrest"]
    names = {(known.person.given_name, known.person.surname) for known in first.known}
    assert names <= set(Person.objects.values_list("given_name", "surname"))


def test_bulk_is_exact_deterministic_and_loads():
    batches = list(bulk(people=250, arrests=151, seed=3, size=100))
    assert batches == list(bulk(people=250, arrests=151, seed=3, size=100))
    assert batches != list(bulk(people=250, arrests=151, seed=4, size=100))
    for batch in batches:
        actions.load(batch=batch, by="test", at=NOW)
    counted = queries.counts()
    assert (counted["person"], counted["arrest"], counted["charge"], counted["custody"]) == (
        250,
        151,
        151,
        151,
    )
