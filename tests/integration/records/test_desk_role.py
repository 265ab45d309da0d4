"""The desk's role (promise 10): writes nothing that no trace stands for, and cannot read what it writes."""

from uuid import uuid4

import pytest
from django.db import connection, transaction

from openpars.engine import roles
from openpars.records.models import Correction
from tests.factories.records import AT, reported

pytestmark = pytest.mark.django_db


def as_desk(statement: str, *, verb: str | None = None) -> str | None:
    """The SQLSTATE with which the desk's role is refused, or None."""
    desk = roles.name(str(connection.settings_dict["NAME"]), "desk")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            if verb:
                cursor.execute("SELECT records_begin(%s, 'test', %s, 'arrest', 1, '{}', NULL)", [verb, AT])
            cursor.execute(f'SET LOCAL ROLE "{desk}"')
            cursor.execute(statement)
            transaction.set_rollback(True)
    except Exception as error:
        return error.__cause__.sqlstate
    return None


PERSONAL = [
    ("records_person", "given_name"),
    ("records_person", "birth_date"),
    ("records_person", "commitment_key"),
    ("records_person", "surname_sound"),
    ("records_incident", "location"),
    ("records_arrest", "narrative"),
    ("records_arrest", "warrant"),
    ("records_charge", "statute"),
    ("records_bailinterview", "residence"),
    ("records_question", "text"),
    ("records_paper", "pdf"),
    ("records_paper", "basis"),
    ("records_identification", "rationale"),
    ("records_correction", "was"),
    ("walled.victim", "name_sealed"),
    ("walled.witness", "account_sealed"),
]


@pytest.mark.parametrize(("table", "column"), PERSONAL)
def test_the_desk_cannot_read_a_personal_value(table, column):
    reported()
    assert as_desk(f"SELECT {column} FROM {table}") == "42501"
    assert as_desk(f"SELECT {column} FROM {table}", verb="report_arrest") == "42501"


def tables_it_may_write() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
            " WHERE c.relkind IN ('r', 'p') AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            " AND has_table_privilege(current_database() || '_desk', c.oid, 'INSERT')"
        )
        return sorted(table for (table,) in cursor.fetchall() if table != "records_trace")


def test_law_no_trace_no_write_for_tables_not_yet_written_too():
    found = tables_it_may_write()
    assert len(found) > 18
    for table in found:
        # The statement's trigger speaks before any column is looked at.
        assert as_desk(f"INSERT INTO {table} (id) VALUES ('{uuid4()}')") == "OP011", table


@pytest.mark.parametrize(
    ("table", "verb"),
    [("records_bail", "keep_draft"), ("records_charge", "note_delay"), ("walled.victim", "report_arrest")],
)
def test_a_trace_of_another_verb_opens_nothing(table, verb):
    assert as_desk(f"INSERT INTO {table} (id) VALUES ('{uuid4()}')", verb=verb) == "OP011"


def test_no_desk_commits_anybody_by_saying_so():
    arrest = reported().arrest
    committed = (
        "INSERT INTO records_custodystatuschange (id, arrest_id, state, changed_at, by_agency_ori, reason, owner)"
        f" VALUES ('{uuid4()}', '{arrest}', 'committed', now(), '', '', 'court')"
    )
    assert as_desk(committed, verb="change_custody") == "OP011"
    assert as_desk(committed, verb="set_bail") is None


def test_a_trace_that_this_transaction_did_not_leave_opens_nothing():
    report = reported()
    with transaction.atomic():
        with connection.cursor() as cursor:
            # As if it had been left before: nobody else may say so.
            cursor.execute(
                "INSERT INTO records_trace (verb, by, at, subject, count, detail, xact)"
                " VALUES ('amend_arrest', 'test', now(), 'arrest', 1, '{}', 1) RETURNING id"
            )
            (earlier,) = cursor.fetchone()
            cursor.execute("SELECT set_config('records.trace', %s, true)", [str(earlier)])
        assert as_desk(f"UPDATE records_arrest SET version = 9 WHERE id = '{report.arrest}'") == "OP011"
        # (It has no entry, and so could not stay.)
        transaction.set_rollback(True)


def test_nothing_can_be_deleted_by_the_desk():
    for table in tables_it_may_write():
        wanted = None if table == "records_draft" else "42501"
        assert as_desk(f"DELETE FROM {table}", verb="drop_draft") == wanted, table


def test_what_a_row_said_before_is_kept_whoever_changes_it():
    report = reported()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL records.why = 'typed wrong'")
        cursor.execute("UPDATE records_person SET surname = 'Keane' WHERE id = %s", [report.person])
    kept = Correction.objects.get()
    assert (kept.relation, kept.row, kept.person_id, kept.why) == (
        "person",
        report.person,
        report.person,
        "typed wrong",
    )
    assert (kept.was, kept.became) == ({"surname": "Ibáñez-Keane"}, {"surname": "Keane"})
