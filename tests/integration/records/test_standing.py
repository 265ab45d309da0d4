"""What stands on an arrest and follows from what else is known: lead charge, custody state, whether a juvenile."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars.records import actions
from openpars.records.models import Arrest, Incident, Person
from openpars.records.rules import grades
from openpars.records.rules.booking import age
from openpars.records.rules.elements import CATALOGUE
from openpars.records.rules.lifecycle import Custody
from openpars.records.rules.rows import Batch, CustodyRow
from tests.factories.records import AT, BY, ZONE, charge, corrected, incident, person, reported

pytestmark = pytest.mark.django_db
CHILD, GROWN = date(2012, 5, 17), date(1990, 5, 17)


def shown(arrest: UUID, element: str) -> object:
    """The element of an arrest, as the catalogue's own SQL gives it."""
    (column,) = CATALOGUE[element].columns
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {column.sql} FROM records_arrest a JOIN records_person p ON p.id = a.person_id WHERE a.id = %s",
            [arrest],
        )
        return cursor.fetchone()[0]


@given(st.lists(st.sampled_from([*grades.GRADES, ""]), min_size=1, max_size=5))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_the_lead_charge_is_the_gravest_of_those_that_stand(db: None, drawn: list[str]) -> None:
    report = reported(charges=[charge(description=f"{n}", grade=grade) for n, grade in enumerate(drawn)])
    lead = grades.lead(drawn)
    assert shown(report.arrest, "lead_charge") == str(lead)
    assert shown(report.arrest, "lead_grade") == drawn[lead]
    if len(drawn) > 1:
        # What the prosecutor declines no longer leads, while another stands.
        actions.decide_charge(charge=report.charges[lead], decision="declined", reason="No.", by=BY, at=AT)
        left = [(n, grade) for n, grade in enumerate(drawn) if n != lead]
        expected = left[grades.lead([grade for _, grade in left])][0]
        assert shown(report.arrest, "lead_charge") == str(expected)
    filed = [charge(description="filed", grade="S"), charge(description="filed too", grade="M3")]
    actions.file_charges(arrest=report.arrest, charges=filed, by=BY, at=AT)
    assert shown(report.arrest, "lead_charge") == "filed too"


@given(st.lists(st.tuples(st.integers(0, 9), st.sampled_from([*Custody, "booked"])), max_size=4))
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_the_custody_state_is_the_latest_step_of_its_history(
    db: None, steps: list[tuple[int, str]]
) -> None:
    arrest = reported().arrest
    rows = tuple(CustodyRow(uuid4(), arrest, state, AT + timedelta(hours=hour)) for hour, state in steps)
    # In any order, one batch or several: a file need not tell its history in order.
    for batch in (rows[:2], rows[2:]):
        actions.load(batch=Batch(custody=batch), by=BY, at=AT)
    latest = max(rows, key=lambda row: (row.changed_at, row.id), default=None)
    if latest is None or latest.changed_at > AT:
        assert shown(arrest, "custody_state") == (latest.state if latest else "in custody")


def juvenile(arrest: UUID) -> bool:
    return Arrest.objects.get(pk=arrest).juvenile


def by_the_day(born: date | None, occurred_at: datetime | None, arrested_at: datetime) -> bool:
    """The plain oracle: whether the eighteenth birthday comes after the day of the offense."""
    return born is not None and age(born, (occurred_at or arrested_at).astimezone(ZONE).date()) < 18


BIRTHS = st.none() | st.dates(date(2006, 1, 1), date(2010, 12, 31))
MOMENTS = st.datetimes(datetime(2026, 1, 1), datetime(2026, 2, 28)).map(lambda at: at.replace(tzinfo=ZONE))


@given(BIRTHS, st.none() | MOMENTS, MOMENTS, st.dates(date(2006, 1, 1), date(2010, 12, 31)), MOMENTS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_law_a_juvenile_is_one_whose_eighteenth_birthday_comes_after_the_offense(
    db: None, born: date | None, occurred: datetime | None, arrested: datetime, later: date, then: datetime
) -> None:
    made = reported(who=person(birth_date=born), where=incident(occurred_at=occurred), at=arrested)
    assert juvenile(made.arrest) == by_the_day(born, occurred, arrested)
    Person.objects.filter(pk=made.person).update(birth_date=later)
    assert juvenile(made.arrest) == by_the_day(later, occurred, arrested)
    Incident.objects.filter(pk=made.incident).update(occurred_at=None)
    Arrest.objects.filter(pk=made.arrest).update(arrested_at=then)
    assert juvenile(made.arrest) == by_the_day(later, None, then)


def test_a_child_is_one_on_every_arrest_whichever_verb_shows_the_birth() -> None:
    made = reported()
    other = reported(who=person(birth_date=CHILD))
    assert (juvenile(made.arrest), juvenile(other.arrest)) == (False, True)
    merge = actions.merge_persons(keep=other.arrest, other=made.arrest, rationale="One.", by=BY, at=AT)
    assert juvenile(made.arrest)
    actions.undo_merge(identification=merge, by=BY, at=AT)
    assert not juvenile(made.arrest)
    corrected(made.arrest, "person", "birth_date", f"{CHILD}")
    assert juvenile(made.arrest)
    corrected(made.arrest, "person", "birth_date", f"{GROWN}")
    assert not juvenile(made.arrest)


def test_what_a_file_tells_of_a_juvenile_whose_birth_is_unknown_stands() -> None:
    made = reported(who=person(birth_date=None), juvenile=True)
    assert juvenile(made.arrest)
    Arrest.objects.filter(pk=made.arrest).update(arrested_at=AT - timedelta(days=1))
    assert juvenile(made.arrest)


def test_what_follows_a_whole_statement_is_planned_for_as_many_rows_as_it_has() -> None:
    """A plan kept from one row would be run for a file's, and walk every row for each of it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT p.proname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgnewtable IS NOT NULL AND starts_with(p.proname, 'records_')"
            " AND NOT coalesce('plan_cache_mode=force_custom_plan' = ANY (p.proconfig), false)"
        )
        assert cursor.fetchall() == []
