"""What the tables of records refuse by themselves, who may read them, and what they generate."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from openpars.engine import roles
from openpars.records.models import Arrest, Bail, Charge, Disposition, Incident, Person, Victim, Witness
from tests.factories.records import AT, reported

pytestmark = pytest.mark.django_db


def _person(**facts):
    return Person.objects.create(**{"given_name": "Søren", "given_folded": "soren", **facts})


@pytest.mark.parametrize(
    ("rule", "make"),
    [
        (
            "arrest_category_known",
            lambda: Arrest.objects.create(person=_person(), arrested_at=AT, category="X"),
        ),
        (
            "arrest_precision_known",
            lambda: Arrest.objects.create(person=_person(), arrested_at=AT, arrested_at_precision="about"),
        ),
        (
            "arrest_not_before_birth",
            lambda: Arrest.objects.create(person=_person(birth_date=date(2027, 1, 1)), arrested_at=AT),
        ),
        ("person_born_in_living_memory", lambda: _person(birth_date=date(1066, 10, 14))),
        (
            "person_once_per_source",
            lambda: [_person(source="file", source_key="1"), _person(source="file", source_key="1")],
        ),
        ("incident_dc_number_not_blank", lambda: Incident.objects.create(dc_number="")),
        (
            "charge_stage_known",
            lambda: Charge.objects.create(arrest_id=reported().arrest, sequence=9, stage="rumored"),
        ),
        (
            "charge_sequence_once_per_docket",
            lambda: Charge.objects.create(arrest_id=reported().arrest, sequence=1, stage="recommended"),
        ),
        (
            "charge_count_positive",
            lambda: Charge.objects.create(arrest_id=reported().arrest, sequence=9, stage="filed", count=0),
        ),
        ("charge_follows_another", lambda: _charge_that_follows_itself()),
        ("charge_ends_once", lambda: _disposed("Guilty", "Dismissed")),
        ("charge_held_for_court_once", lambda: _disposed("Held for court", "Held for court")),
        (
            "bail_amount_not_negative",
            lambda: Bail.objects.create(arrest_id=reported().arrest, at=AT, amount=Decimal(-1)),
        ),
        (
            "bail_percent_a_share",
            lambda: Bail.objects.create(arrest_id=reported().arrest, at=AT, percent=Decimal(101)),
        ),
    ],
)
def test_the_tables_refuse(rule, make):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    assert caught.value.__cause__.diag.constraint_name == rule


def _charge_that_follows_itself():
    (charge, *_) = reported().charges
    Charge.objects.filter(pk=charge).update(follows_id=charge)


def _disposed(*outcomes):
    (charge, *_) = reported().charges
    for outcome in outcomes:
        Disposition.objects.create(charge_id=charge, outcome=outcome)


def test_a_birth_date_cannot_be_moved_past_an_arrest():
    report = reported()
    with pytest.raises(IntegrityError, match="cannot be earlier"), transaction.atomic():
        Person.objects.filter(pk=report.person).update(birth_date=date(2026, 3, 2))


def test_what_is_sought_by_is_generated():
    row = _person(surname_folded="fairbourne keane", birth_date=date(1980, 2, 3))
    row.refresh_from_db()
    assert (row.name_text, row.surname_head, row.birth_year) == ("soren fairbourne keane", "fai", 1980)
    assert row.given_sound == "SRN"
    assert len(bytes(row.commitment_key)) == 32


def test_commitment_keys_are_each_ones_own():
    assert bytes(_person().commitment_key) != bytes(_person().commitment_key)


def test_law_no_relation_points_behind_the_wall():
    """Promise 6: sweep every model and every foreign key of the database, those not yet written included."""
    for model in apps.get_models():
        for column in model._meta.get_fields():
            if column.is_relation and column.related_model in (Victim, Witness):
                pytest.fail(f"{model.__name__}.{column.name} points behind the wall")
    for model in (Victim, Witness):
        assert not [column for column in model._meta.get_fields() if isinstance(column, models.ForeignKey)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'f'"
            " AND 'walled'::regnamespace IN"
            " (SELECT relnamespace FROM pg_class WHERE oid IN (conrelid, confrelid))"
        )
        assert cursor.fetchall() == []


@pytest.mark.parametrize("kind", ["app", "gateway", "views"])
@pytest.mark.parametrize("privilege", ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES"])
def test_law_no_role_of_the_doors_has_a_privilege_behind_the_wall(kind, privilege):
    with connection.cursor() as cursor:
        role = roles.name(str(connection.settings_dict["NAME"]), kind)
        cursor.execute(
            "SELECT bool_or(has_table_privilege(%s::text, c.oid, %s)),"
            " has_schema_privilege(%s::text, 'walled', 'USAGE')"
            " FROM pg_class c WHERE c.relnamespace = 'walled'::regnamespace AND c.relkind IN ('r', 'v')",
            [role, privilege, role],
        )
        assert cursor.fetchone() == (False, False)


@pytest.mark.parametrize("kind", ["app", "gateway"])
def test_law_no_log_in_role_has_a_privilege_on_a_record(kind):
    with connection.cursor() as cursor:
        role = roles.name(str(connection.settings_dict["NAME"]), kind)
        cursor.execute(
            "SELECT c.relname FROM pg_class c WHERE c.relname LIKE 'records\\_%%' AND c.relkind = 'r' AND ("
            " has_any_column_privilege(%s::text, c.oid, 'SELECT, INSERT, UPDATE')"
            " OR has_table_privilege(%s::text, c.oid, 'DELETE, TRUNCATE'))",
            [role, role],
        )
        assert cursor.fetchall() == []


def test_the_owner_of_walled_views_reads_no_more_of_a_person_than_a_pseudonym_needs():
    with connection.cursor() as cursor:
        role = roles.name(str(connection.settings_dict["NAME"]), "walled")
        cursor.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = 'records_person'::regclass AND attnum > 0"
            " AND has_column_privilege(%s::text, attrelid, attnum, 'SELECT') ORDER BY 1",
            [role],
        )
        assert [name for (name,) in cursor.fetchall()] == ["commitment_key", "id", "invented"]


def test_no_repr_shows_a_person():
    report = reported(at=datetime(2026, 3, 1, tzinfo=UTC))
    assert "Marisol" not in f"{Person.objects.get(pk=report.person)!r}"
