"""What the columns of an arrest's view say of where it stands now: the lead charge."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars.records import actions
from openpars.records.rules import grades
from openpars.records.rules.elements import CATALOGUE
from openpars.records.rules.lifecycle import Custody
from openpars.records.rules.rows import Batch, CustodyRow
from tests.factories.records import AT, BY, charge, reported

pytestmark = pytest.mark.django_db


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
