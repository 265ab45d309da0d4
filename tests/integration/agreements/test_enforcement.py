"""What an agreement in force is in the database: roles, schemas, views, and not one thing more."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.db import ProgrammingError, connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from openpars.agreements import actions
from openpars.agreements.deviations import deviations
from openpars.agreements.rules.compile import columns, drop_statements, schema, told
from openpars.agreements.rules.language import render
from openpars.agreements.rules.terms import Agreement, Grant, Rows
from openpars.engine import roles
from openpars.records.models import Arrest, Charge, Disposition, Incident, Person
from openpars.records.rules.dispositions import HELD_FOR_COURT
from openpars.records.rules.elements import Relation
from tests.integration.agreements.conftest import NOW, as_permit, current, database, run
from tests.strategies import agreements as some

COUNSEL = UUID("11111111-1111-4111-8111-111111111111")


def arrest(*, status: str = "approved", **changes: object) -> Arrest:
    """One invented arrest."""
    person = Person.objects.create(
        given_name="Odalys", surname="Quimby", birth_date="1990-02-03", invented=True
    )
    incident = Incident.objects.create(occurred_at=NOW, district="24")
    fields: dict[str, object] = {"arrested_at": NOW - timedelta(days=2), "district": "24", "category": "O"}
    made = Arrest.objects.create(person=person, incident=incident, **(fields | changes))
    extra = {} if status == "pending" else {"decided_at": NOW}
    Charge.objects.create(
        arrest=made, sequence=1, stage="filed", status=status, description="Simple assault", **extra
    )
    return made


def seen(number: int, position: int = 1, relation: str = "arrest") -> set[UUID]:
    """The arrests that a permit's view shows."""
    with as_permit(number, position):
        rows = run(f'SELECT arrest FROM "agreement_{number}_{position}"."{relation}"')
    return {row[0] for row in rows}


def view_columns(number: int, position: int) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for table, column in run(
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = %s"
        " ORDER BY table_name, ordinal_position",
        [f"agreement_{number}_{position}"],
    ):
        found.setdefault(str(table), []).append(str(column))
    return found


@pytest.mark.django_db
@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(made=some.agreements(texts=st.just("Words."), shortest=True))
def test_the_signed_text_is_the_enforced_text(db: None, made: Agreement) -> None:
    """Promise 5: each permit's views have exactly the columns of its granted elements, and what the database
    holds is what the text compiles to."""
    with transaction.atomic():
        made = current(made)
        number = actions.enforce(text=render(made), by="a test", at=NOW)
        for permit in made.permits:
            expected = {
                relation.value: [column.name for column in listed]
                for relation, listed in columns(made, permit).items()
            }
            if told(made, permit):
                expected["event"] = ["event", "kind", "happened_at", "arrest", "subject"]
            assert view_columns(number, permit.position) == expected
        assert deviations() == ()
        transaction.set_rollback(True)


def test_the_starter_agreement_shows_no_hidden_column(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    number = enforced(neighbor)
    found = view_columns(number, 1)
    assert found["arrest"][:2] == ["arrest", "subject"]
    assert "arrested_on" in found["arrest"]
    assert not {"arrested_at", "birth_place", "address", "language", "race"} & set(found["arrest"])
    assert "victim" not in found
    assert "witness" not in found


def test_asking_for_an_ungranted_element_is_the_databases_own_error(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    """Promise 3, at its root."""
    number = enforced(neighbor)
    with pytest.raises(ProgrammingError, match=r"column .* does not exist"), as_permit(number):
        run(f"SELECT arrest FROM agreement_{number}_1.arrest WHERE birth_place = 'x'")


@pytest.mark.parametrize(
    "table",
    [
        "records_person",
        "records_arrest",
        "walled.victim",
        "agreements_permit",
        "disclosure_disclosure",
        "auth_group",
    ],
)
def test_a_permits_role_reaches_nothing_else(
    enforced: Callable[..., int], neighbor: Agreement, table: str
) -> None:
    number = enforced(neighbor)
    with pytest.raises(ProgrammingError, match=r"permission denied"), as_permit(number):
        run(f"SELECT 1 FROM {table}")


def test_a_permits_role_reaches_no_other_permit(
    enforced: Callable[..., int], neighbor: Agreement, charter: Agreement
) -> None:
    ours, other = enforced(neighbor), enforced(charter)
    with pytest.raises(ProgrammingError, match=r"permission denied"), as_permit(ours):
        run(f"SELECT 1 FROM agreement_{other}_1.arrest")


def test_without_a_disclosure_begun_a_view_is_empty(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    arrest()
    assert seen(enforced(neighbor)) == set()


@pytest.mark.usefixtures("open_guard")
def test_rows_are_the_permits_rows(enforced: Callable[..., int], neighbor: Agreement) -> None:
    """Every row condition, alone, on the view of arrests and on a child's view."""
    plain = arrest()
    pending = arrest(status="pending")
    child, tried = arrest(juvenile=True), arrest(juvenile=True, direct_file="murder")
    sealed = arrest(limited_access_at=NOW)
    elsewhere = arrest(district="6a")
    old = arrest(arrested_at=NOW - timedelta(days=100))
    client = arrest(counsel_id=COUNSEL)
    other_client = arrest(counsel_id=uuid4())
    warrant = arrest(category="T")
    unknown = arrest(category="")
    everyone = {plain, pending, child, tried, sealed, elsewhere, old, client, other_client, warrant, unknown}
    adults = everyone - {child, tried, sealed}
    cases = [
        (Rows(), adults),
        (Rows(juveniles=True), everyone - {sealed}),
        (Rows(charged_as_adults=True), adults | {tried}),
        (Rows(limited_access=True), everyone - {child, tried}),
        (Rows(charge_status="approved"), adults - {pending}),
        (Rows(districts=frozenset({"24", "25"})), adults - {elsewhere}),
        (Rows(categories=frozenset({"on-a-warrant"})), {warrant}),
        (Rows(categories=frozenset({"on-view", "summoned"})), adults - {warrant, unknown}),
        (Rows(arrested_within_days=30), adults - {old}),
        (Rows(own_clients=True), {client}),
        (Rows(juveniles=True, limited_access=True), everyone),
    ]
    first = neighbor.permits[0]
    permits = tuple(
        replace(first, position=place, clause=f"3.{place}", rows=rows)
        for place, (rows, _) in enumerate(cases, 1)
    )
    number = enforced(neighbor, permits=permits)
    for place, (_, expected) in enumerate(cases, 1):
        wanted = {each.id for each in expected}
        assert seen(number, place) == wanted
        assert seen(number, place, "charge") == wanted


@pytest.mark.usefixtures("open_guard")
def test_victims_are_reached_through_their_own_permit_only(
    enforced: Callable[..., int], charter: Agreement
) -> None:
    """Promise 6: only the views that grant them exist, and those belong to the walled role."""
    approved, held, pending = arrest(), arrest(), arrest(status="pending")
    of_held = Charge.objects.get(arrest=held)
    Disposition.objects.create(charge=of_held, outcome=HELD_FOR_COURT, disposed_on=NOW.date())
    for one in (approved, held, pending):
        run(
            "INSERT INTO walled.victim (id, incident_id, name_sealed) VALUES (%s, %s, %s)",
            [uuid4(), one.incident_id, b"\x00" * 40],
        )
    polices, attorneys = granting = [
        permit.position
        for permit in charter.permits
        if "victim_name" in {grant.element for grant in permit.elements}
    ]
    status = {polices: "approved", attorneys: "held-for-court"}
    permits = tuple(
        replace(each, rows=replace(each.rows, charge_status=status[each.position]))
        if each.position in status
        else each
        for each in charter.permits
    )
    number = enforced(charter, permits=permits)
    assert seen(number, polices, "victim") == {approved.id, held.id}
    assert seen(number, attorneys, "victim") == {held.id}
    owners = dict(
        run("SELECT schemaname || '.' || viewname, viewowner FROM pg_views WHERE viewname = 'victim'")
    )
    assert set(owners) == {f"agreement_{number}_{position}.victim" for position in granting}
    assert set(owners.values()) == {roles.name(database(), "walled")}
    with as_permit(number, polices):
        assert len(run(f'SELECT "row", victim_name FROM agreement_{number}_{polices}.victim')) == 2


def test_a_prohibited_element_is_not_in_the_views(enforced: Callable[..., int], neighbor: Agreement) -> None:
    first = neighbor.permits[0]
    widened = replace(first, elements=(*first.elements, Grant("birth_place")))
    number = enforced(neighbor, permits=(widened,))
    assert "birth_place" not in view_columns(number, 1)["arrest"]
    assert (
        "birth_place"
        not in run("SELECT elements FROM agreements_permit WHERE agreement_id = %s", [number])[0][0]
    )


def test_only_the_gateway_may_become_a_permits_role(
    enforced: Callable[..., int], neighbor: Agreement
) -> None:
    number = enforced(neighbor)
    role = roles.name(database(), f"agreement_{number}_1")
    for kind, may in (("gateway", True), ("app", False), ("views", False), ("walled", False)):
        assert run("SELECT pg_has_role(%s, %s, 'MEMBER')", [roles.name(database(), kind), role]) == [(may,)]


TAMPERINGS = [
    ("CREATE OR REPLACE VIEW {schema}.charge AS SELECT * FROM {schema}.charge_before", "definition"),
    ("GRANT SELECT ON {schema}.arrest TO {app}", "grants"),
    ("GRANT SELECT (otn) ON {schema}.arrest TO PUBLIC", "grants"),
    ("ALTER VIEW {schema}.arrest OWNER TO {walled}", "owner"),
    ("DROP VIEW {schema}.bail", "missing"),
    ("CREATE VIEW {schema}.extra AS SELECT 1 AS one", "does not make"),
    ("GRANT USAGE ON SCHEMA {schema} TO {app}", "others than its role"),
    ("ALTER ROLE {role} LOGIN", "powers"),
    ("GRANT {role} TO {app}", "members"),
    ("GRANT {views} TO {role}", "member of other roles"),
    ("REVOKE {role} FROM {gateway}", "members"),
    ("GRANT SELECT ON records_person TO {role}", "outside its schema"),
]


@pytest.mark.parametrize(("tampering", "said"), TAMPERINGS)
def test_a_deviation_is_seen(
    enforced: Callable[..., int], neighbor: Agreement, tampering: str, said: str
) -> None:
    number = enforced(neighbor)
    assert deviations() == ()
    name = f"agreement_{number}_1"
    named = {kind: f'"{roles.name(database(), kind)}"' for kind in ("app", "views", "walled", "gateway")}
    if "charge_before" in tampering:
        definition = run("SELECT pg_get_viewdef(%s::regclass)", [f"{name}.charge"])[0][0]
        assert "NOT a.juvenile" in str(definition)
        loosened = str(definition).replace("NOT a.juvenile", "true")
        tampering = f"CREATE OR REPLACE VIEW {{schema}}.charge AS {loosened}"
    if "OWNER" in tampering:
        run(f"GRANT CREATE ON SCHEMA {name} TO {named['walled']}")
    run(tampering.format(schema=name, role=f'"{roles.name(database(), name)}"', **named))
    assert any(said in found.what and found.schema == name for found in deviations())


@pytest.mark.parametrize(
    "tampering",
    [
        "DELETE FROM agreements_power WHERE agreement_id = {number} AND position = 2",
        "UPDATE agreements_power SET verbs = verbs || '{{seal}}'::text[] WHERE agreement_id = {number}",
        "UPDATE agreements_power SET oris = '{{ZZ0099999}}' WHERE agreement_id = {number}",
        "UPDATE agreements_permit SET roles = '{{officer}}' WHERE agreement_id = {number}",
        "UPDATE agreements_permit SET results_per_request = 500 WHERE agreement_id = {number}",
    ],
)
def test_limits_and_powers_behind_the_texts_back_are_seen(
    enforced: Callable[..., int], charter: Agreement, tampering: str
) -> None:
    number = enforced(charter)
    assert deviations() == ()
    run("SET CONSTRAINTS ALL IMMEDIATE")
    for table in ("agreements_power", "agreements_permit"):
        run(f"ALTER TABLE {table} DISABLE TRIGGER USER")
    run(tampering.format(number=number))
    assert [found.what for found in deviations()] == [
        "the limits or powers that are kept differ from the text"
    ]


def test_dropping_leaves_nothing_behind(enforced: Callable[..., int], charter: Agreement) -> None:
    number = enforced(charter)
    with connection.cursor() as cursor:
        for statement in drop_statements(charter, number=number, database=database()):
            cursor.execute(statement)
    like = f"agreement\\_{number}\\_%"
    assert run("SELECT 1 FROM pg_namespace WHERE nspname LIKE %s", [like]) == []
    assert run("SELECT 1 FROM pg_roles WHERE rolname LIKE %s", [f"{database()}\\_{like}"]) == []


def test_schema_names_say_number_and_position(charter: Agreement) -> None:
    assert [schema(12, permit) for permit in charter.permits[:2]] == ["agreement_12_1", "agreement_12_2"]
    assert Relation.ARREST in columns(charter, charter.permits[2])
