"""A correction makes no record worse: the whole report is read with it, and the order of what happened."""

from datetime import timedelta
from uuid import UUID

import pytest

from openpars.errors import BadInput
from openpars.records import actions, queries
from openpars.records.models import Arrest, Charge, CustodyStatusChange
from openpars.records.rules.lifecycle import impossible
from tests.factories.records import AT, BY, corrected, filed, hearing, person, reported

pytestmark = pytest.mark.django_db
DECIDED = AT + timedelta(hours=9)
LATER = AT + timedelta(days=30)


@pytest.fixture
def arrest() -> UUID:
    """An arrest that is arraigned and whose charge has ended."""
    report = reported(who=person())
    (charge,) = filed(report)
    actions.hold_arraignment(arrest=report.arrest, hearing=hearing(DECIDED), by=BY, at=DECIDED)
    day = AT + timedelta(days=20)
    actions.dispose(charge=charge, outcome="Guilty", disposed_on=day.date(), by=BY, at=day)
    return report.arrest


@pytest.mark.parametrize(
    ("relation", "column", "value", "said"),
    [
        ("arrest", "arrested_at", "2026-03-13 12:00", "cannot be earlier than the arrest"),
        ("arrest", "arrested_at", "1980-03-13 12:00", "must not be before the birth"),
        ("arrest", "category", "T", "warrant number must be the warrant's number"),
        ("incident", "occurred_at", "2026-03-01 12:20", "must not be after the arrest"),
        ("person", "birth_date", "2020-01-01", "a child who was under 10"),
        ("person", "birth_date", "1840-01-01", "must not be more than 120 years"),
        ("person", "surname", "", "must not be empty"),
        ("person", "sex", "spaceship", "must be female, male, other"),
        ("person", "language", "x" * 501, "at most 500 characters"),
        ("charge", "grade", "ZZZ", "must be one of H1"),
        ("charge", "statute", "", "must not be empty"),
        ("charge", "count", "1000", "from 1 to 999"),
        ("disposition", "disposed_on", "2020-01-01", "a disposition cannot be earlier than the"),
    ],
)
def test_what_makes_the_record_worse_is_refused_at_the_value(
    arrest: UUID, relation: str, column: str, value: str, said: str
) -> None:
    charge = Charge.objects.get(arrest_id=arrest, stage="filed")
    which = {
        "charge": {"charge": charge.pk},
        "disposition": {"disposition": charge.dispositions.get().pk},
    }.get(relation, {})
    with pytest.raises(BadInput) as refused:
        corrected(arrest, relation, column, value, at=LATER, **which)
    assert {problem.where for problem in refused.value.problems} == {"value"}
    assert said in str(refused.value)
    assert "tables of records" not in str(refused.value)


def test_the_warrant_and_the_kind_of_arrest_are_corrected_one_after_the_other(arrest: UUID) -> None:
    corrected(arrest, "arrest", "warrant", "W-0000007", at=LATER)
    corrected(arrest, "arrest", "category", "T", at=LATER)
    corrected(arrest, "arrest", "warrant", "", at=LATER)
    corrected(arrest, "arrest", "category", "O", at=LATER)
    row = Arrest.objects.get(pk=arrest)
    assert (row.category, row.warrant) == ("O", "")


def test_what_is_wrong_besides_stands_in_no_corrections_way(arrest: UUID) -> None:
    Arrest.objects.filter(pk=arrest).update(otn="nothing like one")
    corrected(arrest, "person", "address", "2 Nowhere Street", at=LATER)
    corrected(arrest, "arrest", "arrested_at", "2026-03-01 07:30", at=LATER)
    assert not impossible(queries.course(arrest))
    # The first step of custody is the arrest itself, and has its time.
    first = CustodyStatusChange.objects.filter(arrest_id=arrest).earliest("changed_at")
    assert (first.changed_at, first.reason) == (AT + timedelta(minutes=30), "arrest")


def test_a_number_of_another_incident_is_refused_at_the_value(arrest: UUID) -> None:
    other = reported()
    number = Arrest.objects.get(pk=other.arrest).incident.dc_number
    with pytest.raises(BadInput, match="value: is another incident's on record"):
        corrected(arrest, "incident", "dc_number", number, at=LATER)
