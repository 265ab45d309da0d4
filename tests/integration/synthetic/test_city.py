"""The invented city and the bulk: what is promised of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.terms import with_term
from openpars.errors import BadInput
from openpars.paper import from_data
from openpars.records import actions, queries, wall
from openpars.records.models import (
    Arrest,
    Charge,
    CustodyStatusChange,
    Delay,
    Incident,
    Paper,
    Person,
    Question,
    Trace,
    Victim,
    Witness,
)
from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.identifiers import OTN, DCNumber, Docket
from openpars.synthetic import city, staff
from openpars.synthetic.bulk import bulk
from openpars.synthetic.city import build, planned, play, run
from openpars.synthetic.order import Staff, desks
from openpars.synthetic.plan import Act
from openpars.synthetic.player import Player

pytestmark = pytest.mark.django_db
VERBS = ("report_arrest", "decide_charge", "file_charges", "hold_arraignment", "change_custody", "post_bail")
NOW = datetime(2026, 3, 1, 15, tzinfo=UTC)
CHARTER = Path(__file__).resolve().parents[3] / "examples" / "charter.toml"


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setattr(wall, "state_folder", lambda: tmp_path)
    # Printing takes as long as all else: a few hours of it are enough.
    monkeypatch.setattr(city, "PRINTED", timedelta(hours=5))


@pytest.fixture
def at_work() -> Staff:
    """The sample users, with the charter in force that gives their roles their powers."""
    at = clock.now()
    users = staff.enroll(password="a password of a test 7", by="test", at=at)
    first = at.date() - timedelta(days=1)
    charter = with_term(parse(CHARTER.read_text()), first, first + timedelta(days=30))
    agreements.enforce(text=render(charter), by="test", at=at)
    return desks(users)


def test_a_city_is_built_through_actions_and_is_fictional(at_work):
    told = []
    built = build(arrests=90, seed=1, by=at_work, now=NOW, progress=lambda done, of: told.append((done, of)))
    assert told == [(done, 90) for done in range(1, 91)]
    assert Arrest.objects.count() == built.arrests == 90
    assert not Person.objects.filter(invented=False).exists()
    assert (Victim.objects.count(), Witness.objects.count()) == (built.victims, built.witnesses)
    assert built.victims > 0 < built.witnesses
    assert Trace.objects.filter(verb="report_arrest", by=str(at_work.police)).count() == 90
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
    assert Question.objects.exclude(answer="").exists()
    assert {"in hospital", "at court"} <= set(CustodyStatusChange.objects.values_list("state", flat=True))
    assert Delay.objects.exclude(ended_at=None).count() > 5
    _papers_are_printed_since(NOW - timedelta(hours=5))


def _papers_are_printed_since(since):
    """The papers that a magistrate and counsel ask for: of whoever waits, and of who was just arraigned."""
    filed = {"charges__stage": "filed", "charges__decided_at__gte": since}
    for kind, done in (("arrest-report", {"sent_at__gte": since}), ("complaint", filed)):
        arrests = set(Arrest.objects.filter(**done).values_list("pk", flat=True))
        assert arrests
        assert set(Paper.objects.filter(kind=kind).values_list("arrest_id", flat=True)) == arrests
    assert Paper.objects.filter(kind="release-order").exists()
    assert Paper.objects.filter(kind="commitment-order").exists()
    printed = [from_data(json.loads(basis)) for basis in Paper.objects.values_list("basis", flat=True)]
    assert all(paper.issue.invented for paper in printed)


def test_the_same_seed_gives_the_same_city_and_another_seed_fits_beside_it(at_work):
    first = build(arrests=12, seed=1, by=at_work, now=NOW)
    before = queries.counts()
    build(arrests=12, seed=2, by=at_work, now=NOW)
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


def test_a_living_city_does_what_falls_due_and_stops_when_told(at_work):
    past, coming = planned(seed=4, days=2, per_day=8, until=NOW)
    player = Player(4, at_work)
    for _ in play(player, past, until=NOW):
        pass
    before, clock_of_city, waited = player.performed, [NOW], []

    def wait(seconds: float) -> bool:
        waited.append(seconds)
        clock_of_city[0] += timedelta(seconds=seconds)
        return clock_of_city[0] < NOW + timedelta(hours=12)

    told = list(run(player, past, coming, since=NOW, now=lambda: clock_of_city[0], wait=wait))
    assert player.performed == before + len(told) > before
    # Somebody who was waiting has been arraigned, and somebody new was arrested.
    assert {act for _, act in told} >= {Act.REPORT, Act.ARRAIGN}
    assert not Arrest.objects.filter(arrested_at__gt=clock_of_city[0]).exists()
    assert sum(waited) >= 12 * 3600
    users = {str(user) for user in (*at_work.counsel, at_work.police, at_work.prosecutor, at_work.magistrate)}
    users |= {str(at_work.supervisor), str(at_work.clerk), str(at_work.pretrial), str(at_work.custodian)}
    assert set(Trace.objects.filter(verb__in=VERBS).values_list("by", flat=True)) <= users


def test_a_life_is_written_whole_or_not_at_all(at_work):
    past, _ = planned(seed=6, days=4, per_day=8, until=NOW)
    life = next(life for life in past if life.arraigned_at is not None and life.arraigned_at < NOW)
    impossible = replace(life, bail=BailDecision(BailKind.MONETARY))
    with pytest.raises(BadInput, match="amount"):
        list(play(Player(6, at_work), [impossible], until=NOW))
    assert not Arrest.objects.exists()
    assert not Trace.objects.filter(verb="report_arrest").exists()
    assert list(play(Player(6, at_work), [life], until=NOW)) == [life]
    verbs = Trace.objects.filter(by__in=[str(at_work.police), str(at_work.magistrate)]).values_list(
        "verb", flat=True
    )
    assert {"report_arrest", "hold_arraignment"} <= set(verbs)
