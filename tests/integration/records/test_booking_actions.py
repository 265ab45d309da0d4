"""The booking desk's verbs: send, amend, prints, answers, drafts, merges, and what they refuse."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection

from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import actions, deskwork, wall
from openpars.records.models import (
    Arrest,
    Charge,
    Correction,
    Draft,
    Identification,
    Incident,
    Person,
)
from openpars.records.rules.facts import ArrestFacts, ChargeChange, IncidentOf, PersonOf
from tests.factories.booking import amended, another, drafted, merged, report
from tests.factories.records import AT, BY, charge, filed, incident, person, reported

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=1)


@pytest.fixture(autouse=True)
def own_state(tmp_path, monkeypatch):
    monkeypatch.setattr(wall, "state_folder", lambda: tmp_path)


def sent(**changes):
    given = {
        "person": person(),
        "incident": incident(),
        "arrest": ArrestFacts(arrested_at=AT, otn="Z1234567", category="O"),
        "recommended": [charge()],
        "send": True,
        "by": BY,
        "at": LATER,
    }
    return actions.report_arrest(**{**given, **changes})


def test_save_and_send_is_one_verb():
    made = sent(officers=["Falk 2211"], narrative="Two lines.\nOf facts.", prints_at=LATER)
    row = Arrest.objects.get(pk=made.arrest)
    assert (row.sent_at, row.officers, row.prints_taken_at) == (LATER, ["Falk 2211"], LATER)
    assert row.narrative == "Two lines.\nOf facts."
    assert Arrest.objects.get(pk=reported().arrest).sent_at is None


def test_a_report_that_is_sent_is_checked_at_its_fields():
    with pytest.raises(BadInput) as refused:
        sent(
            person=person(birth_date=date(2027, 1, 1)),
            arrest=ArrestFacts(arrested_at=AT, otn="12", category="T"),
            recommended=[],
        )
    assert {problem.where for problem in refused.value.problems} == {
        "birth_date", "otn", "warrant", "charges"
    }  # fmt: skip
    assert not Arrest.objects.exists()


def test_a_juvenile_is_told_by_the_day_of_the_offense():
    child = person(birth_date=date(2008, 3, 2))
    young = sent(person=child)
    assert Arrest.objects.get(pk=young.arrest).juvenile
    again = sent(person=PersonOf(young.arrest), incident=incident())
    assert Arrest.objects.get(pk=again.arrest).juvenile
    grown = sent(
        person=young.person,
        incident=incident(occurred_at=AT + timedelta(days=2)),
        arrest=ArrestFacts(arrested_at=AT + timedelta(days=3), category="O"),
        at=AT + timedelta(days=4),
    )
    assert not Arrest.objects.get(pk=grown.arrest).juvenile


def test_another_arrest_of_the_incident_and_of_the_person():
    first = sent()
    other = sent(person=PersonOf(first.arrest), incident=IncidentOf(first.arrest))
    assert (other.person, other.incident) == (first.person, first.incident)
    with pytest.raises(BadInput, match="dc_number"):
        sent(incident=incident(dc_number=Incident.objects.get().dc_number))
    with pytest.raises(NotFound):
        sent(person=PersonOf(uuid4()))


def test_amending_keeps_what_was_there():
    made = reported()
    before = Person.objects.get().surname
    amended(made, changed={"person.surname", "arrest.otn", "officers"}, added=[charge(description="Fraud")])
    row = Arrest.objects.get()
    assert (Person.objects.get().surname, row.otn, row.version) == ("Keane", "Z0000001", 2)
    assert Person.objects.get().surname_folded == "keane"
    assert [c.sequence for c in Charge.objects.order_by("sequence")] == [1, 2]
    assert {"surname": before} in [kept.was for kept in Correction.objects.all()]


def test_law_of_two_desks_the_second_is_told_and_nothing_is_overwritten():
    made = reported()
    amended(made)
    with pytest.raises(Conflict, match="since you saw it"):
        amended(made, report=report(person=person(surname="Second")))
    assert Person.objects.get().surname == "Keane"


def test_nothing_is_amended_once_charges_are_filed():
    made = reported()
    filed(made)
    with pytest.raises(Conflict, match="custodian"):
        amended(made, seen=Arrest.objects.get().version)


def test_an_unsent_arrest_is_sent_by_amending_once():
    made = reported()
    amended(made, send=True, at=LATER)
    assert Arrest.objects.get().sent_at == LATER
    with pytest.raises(Conflict, match="second sending"):
        amended(made, send=True, seen=2, at=LATER)


def test_prints_and_what_they_say():
    made = reported()
    with pytest.raises(Conflict, match="earlier"):
        actions.record_prints(arrest=made.arrest, taken_at=AT - timedelta(minutes=1), by=BY, at=LATER)
    with pytest.raises(BadInput, match="prints_at"):
        actions.record_prints(arrest=made.arrest, taken_at=LATER + timedelta(minutes=1), by=BY, at=LATER)
    actions.record_identity(arrest=made.arrest, sid=" 123-45 ", by=BY, at=LATER)
    assert (Person.objects.get().sid, Person.objects.get().photo_number) == ("123-45", "")
    for wrong in ({}, {"sid": "1" * 21}, {"photo_number": "a b"}):
        with pytest.raises(BadInput):
            actions.record_identity(arrest=made.arrest, by=BY, at=LATER, **wrong)


NOBODY = UUID(int=0)


def test_law_a_recommended_charge_is_withdrawn_or_followed_and_never_overwritten():
    made = sent(recommended=[charge(), charge(description="Conspiracy", statute="18 § 903")])
    first, second = made.charges
    instead = charge(description="Simple assault", statute="18 § 2701", grade="M2")
    changes = [
        ChargeChange(first, "The injury was slight.", instead),
        ChargeChange(second, "Nobody else was there."),
    ]
    amended(made, at=LATER, changed=set(), changes=changes)
    old, gone, new = Charge.objects.filter(arrest_id=made.arrest).order_by("sequence")
    assert (old.description, old.status) == (charge().description, "withdrawn")
    assert old.reason == "withdrawn by police: The injury was slight."
    assert (gone.pk, gone.status, gone.decided_at) == (second, "withdrawn", LATER)
    assert (new.follows_id, new.description, new.status, new.sequence) == (
        first,
        "Simple assault",
        "pending",
        3,
    )
    with pytest.raises(BadInput, match="none would be left"):
        amended(made, at=LATER, seen=2, changed=set(), changes=[ChargeChange(new.pk, "So.")])
    assert Charge.objects.get(pk=new.pk).status == "pending"
    actions.decide_charge(charge=new.pk, decision="approved", by=BY, at=LATER)
    for decided in (new.pk, first, uuid4()):
        with pytest.raises(Conflict, match="prosecutor has decided"):
            amended(made, at=LATER, seen=3, changed=set(), changes=[ChargeChange(decided, "So.", instead)])


@pytest.mark.parametrize(
    ("why", "changes", "where"),
    [
        (" ", {}, "why"),
        ("x" * 5000, {}, "why"),
        ("So.", {"statute": ""}, "statute"),
        ("So.", {"grade": "F9"}, "grade"),
        ("So.", {"count": 0}, "count"),
        ("So.", {"description": "a\0b"}, "description"),
    ],
)
def test_a_changed_charge_is_checked_as_a_new_one(why, changes, where):
    made = sent()
    with pytest.raises(BadInput) as refused:
        amended(
            made, at=LATER, changed=set(), changes=[ChargeChange(made.charges[0], why, charge(**changes))]
        )
    assert [problem.where for problem in refused.value.problems] == [f"changes.{made.charges[0]}.{where}"]


def test_a_draft_is_sealed_its_authors_own_and_counted():
    draft = drafted(surname="Ibáñez", charges=[{"statute": "18 § 3921"}])
    assert b"Ib" not in bytes(Draft.objects.get().content_sealed)
    (mine,) = deskwork.own_drafts(author=NOBODY, kind="arrest")
    assert (mine.id, mine.version, mine.content["surname"]) == (draft, 1, "Ibáñez")
    assert deskwork.own_drafts(author=uuid4(), kind="arrest") == []
    kept = {"draft": draft, "kind": "arrest", "by": BY, "at": LATER}
    assert actions.keep_draft(content={"surname": "Keane"}, seen=1, **kept) == (draft, 2)
    with pytest.raises(Conflict, match="another window"):
        actions.keep_draft(content={"surname": "Third"}, seen=1, **kept)
    assert [one.content for one in deskwork.own_drafts(author=NOBODY, kind="arrest")] == [
        {"surname": "Keane"}
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user = session_user")
        assert cursor.fetchone() == (True,)


@pytest.mark.parametrize("content", [{"a": "x" * 200_001}, {"a": "\ud800"}])
def test_a_draft_has_bounds(content):
    with pytest.raises(BadInput, match="draft"):
        drafted(**content)


def test_law_a_draft_goes_with_what_it_was_sent_as_or_stays():
    draft = drafted(surname="Ibáñez")
    with pytest.raises(BadInput):
        sent(draft=(draft, 1), recommended=[])
    with pytest.raises(Conflict, match="another window"):
        sent(draft=(draft, 7))
    assert Draft.objects.exists()
    assert not Arrest.objects.exists()
    sent(draft=(draft, 1))
    assert not Draft.objects.exists()
    with pytest.raises(Conflict, match="was sent"):
        sent(draft=(draft, 1))
    assert Arrest.objects.count() == 1


def test_a_merge_moves_every_arrest_and_is_undone():
    kept, gone = reported(), reported()
    more = another(gone)
    merge = actions.merge_persons(keep=kept.arrest, other=more.arrest, rationale="One.", by=BY, at=AT)
    assert set(Arrest.objects.values_list("person_id", flat=True)) == {kept.person}
    with pytest.raises(Conflict, match="one person already"):
        actions.merge_persons(keep=kept.arrest, other=gone.arrest, rationale="Again.", by=BY, at=AT)
    actions.undo_merge(identification=merge, by=BY, at=LATER)
    assert Arrest.objects.filter(person_id=gone.person).count() == 2
    assert Identification.objects.get().undone_at == LATER
    with pytest.raises(Conflict, match="undone already"):
        actions.undo_merge(identification=merge, by=BY, at=LATER)


def test_a_split_needs_an_arrest_left_and_moves_no_more_than_it_names():
    first = reported()
    other = another(first)
    facts = {"person": person(given_name="Twin"), "rationale": "Two.", "by": BY, "at": AT}
    with pytest.raises(Conflict, match="no arrest would be left"):
        actions.split_persons(arrests=[first.arrest, other.arrest], **facts)
    split = actions.split_persons(arrests=[other.arrest], **facts)
    moved = Arrest.objects.get(pk=other.arrest)
    assert (moved.person.given_name, moved.version) == ("Twin", 2)
    actions.undo_merge(identification=split, by=BY, at=AT)
    assert Arrest.objects.filter(person_id=first.person).count() == 2


def test_a_merge_is_not_undone_under_a_later_one():
    made = reported()
    first = merged(made)
    actions.merge_persons(keep=reported().arrest, other=made.arrest, rationale="One.", by=BY, at=AT)
    with pytest.raises(Conflict, match="undo that first"):
        actions.undo_merge(identification=first, by=BY, at=AT)
    for rationale in (" ", "x" * 2001):
        with pytest.raises(BadInput, match="rationale"):
            actions.merge_persons(keep=made.arrest, other=made.arrest, rationale=rationale, by=BY, at=AT)
