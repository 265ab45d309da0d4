"""The promises as laws, held against the real database (design section 2). Each test bears its law's name."""

import itertools
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements import queries as agreement_queries
from openpars.agreements.deviations import deviations
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules import language
from openpars.agreements.rules.terms import Grant, Rows
from openpars.disclosure import actions, gateway, queries
from openpars.disclosure.models import Disclosure
from openpars.engine import address, roles
from openpars.errors import NotPermitted, OpenParsError
from openpars.records.rules.elements import ASK_BY, CATALOGUE, WALLED, Relation
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, outsider, permit, under

FEW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
NAMED = {"name": "Quimby, Odalys", "birth_date": "1988-04-17"}


def search(asker, **question):
    return actions.search(asker=asker, purpose=PURPOSE, case_number="N-2031-17", **(question or NAMED))


def as_role(kind: str) -> psycopg.Connection:
    return psycopg.connect(**address.owner().as_kind(kind).conninfo(), autocommit=True)


def tables() -> list[tuple[str, str]]:
    with psycopg.connect(**address.owner().conninfo()) as owner:
        return owner.execute(
            "SELECT schemaname, relname FROM pg_stat_user_tables UNION SELECT schemaname, viewname FROM pg_views"
            " WHERE schemaname NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()


# -- promise 1


def test_no_agreement_no_data_for_an_outside_agency(city: City) -> None:
    city.arrest()
    with pytest.raises(NotPermitted):
        search(outsider())


def test_no_charter_no_data_for_an_owner(city: City) -> None:
    """Not even an owner's officer reads a row without the charter: here, one whose office it does not bind."""
    city.arrest()
    with pytest.raises(NotPermitted):
        search(outsider(office="police"))


def test_the_gateway_reads_no_table_and_no_view(city: City) -> None:
    under()
    with as_role("gateway") as door:
        for schema, table in tables():
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                door.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(schema, table)))


def test_the_pages_role_reads_no_record(city: City) -> None:
    under()
    records = [
        t
        for t in tables()
        if t[1].startswith("records_") or t[0] == "walled" or t[0].startswith("agreement_")
    ]
    assert len(records) > 10
    with as_role("app") as pages:
        for schema, table in records:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                pages.execute(sql.SQL("SELECT 1 FROM {}").format(sql.Identifier(schema, table)))


def test_a_permits_role_alone_sees_no_row(city: City) -> None:
    """Putting on the role without beginning a disclosure shows the view, and nothing in it."""
    city.arrest()
    _, number = under()
    with as_role("gateway") as door:
        role = roles.name(door.info.dbname, f"agreement_{number}_1")
        door.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
        assert door.execute(f"SELECT count(*) FROM agreement_{number}_1.arrest").fetchone() == (0,)


def test_a_forged_mark_opens_nothing(city: City) -> None:
    """The transaction's mark is a setting that anyone may set; it counts only with this transaction's own row."""
    city.arrest()
    asker, number = under()
    real = search(asker)
    with as_role("gateway") as door, door.transaction():
        door.execute("SELECT set_config('guard.disclosure', %s, true)", [str(real.disclosure)])
        role = roles.name(door.info.dbname, f"agreement_{number}_1")
        door.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        assert door.execute(f"SELECT count(*) FROM agreement_{number}_1.arrest").fetchone() == (0,)


def test_a_disclosure_under_one_permit_opens_no_other(city: City) -> None:
    city.arrest()
    asker, mine = under()
    _, other = under()
    with gateway.connection() as door:
        door.execute("BEGIN")
        epoch = queries.epoch()[0]
        door.execute(
            "SELECT guard.begin_disclosure(gen_random_uuid(), %s, %s, 'search', %s,"
            " '{\"case_number\": \"B-1\"}', '\\x00', %s)",
            [f"agreement_{mine}_1", asker.user_id, PURPOSE, epoch],
        )
        role = roles.name(door.info.dbname, f"agreement_{other}_1")
        door.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(role)))
        assert door.execute(f"SELECT count(*) AS n FROM agreement_{other}_1.arrest").fetchone() == {"n": 0}
        door.execute("ROLLBACK")


@pytest.mark.parametrize("days", ["screened_until", "trained_until"])
def test_no_standing_no_data(city: City, days: str) -> None:
    city.arrest()
    asker, _ = under()
    lapsed = outsider(asker.agency_ori, **{days: date(2020, 1, 1)})
    with pytest.raises(NotPermitted):
        search(lapsed)
    assert Disclosure.objects.get(user_id=lapsed.user_id).reason == "no-standing"


# -- promise 3

WHOLE = [name for name, element in CATALOGUE.items() if element.relation not in WALLED]


@FEW
@given(data=st.data())
def test_what_you_may_not_see_you_may_not_ask_about(city: City, data: st.DataObject) -> None:
    """For any set of granted elements, asking by one that is not granted whole, or for one that is not granted,
    is refused in the same words, and its column does not exist."""
    granted = data.draw(st.sets(st.sampled_from(WHOLE), min_size=1, max_size=8))
    keys = [frozenset({key}) for key, element in ASK_BY.items() if element in granted]
    elements = tuple(Grant(name) for name in CATALOGUE if name in granted)
    rule = permit(elements=elements, ask_by=tuple(keys), tolerance_years=0)
    asker, number = under(rule)
    hidden = data.draw(st.sampled_from([name for name in WHOLE if name not in granted] + ["no_such_element"]))
    questions = {
        "name": {"name": "Quimby, Odalys"},
        "birth_date": {"birth_date": "1988-04-17"},
        "otn": {"number": "Z1234567"},
        "dc_number": {"number": "31-24-123456"},
        "docket_number": {"number": "MC-51-CR-0001234-2031"},
        "sid": {"number": "123-45-67"},
    }
    refusals = set()
    for key, element in ASK_BY.items():
        if element not in granted:
            with pytest.raises(NotPermitted) as refused:
                search(asker, **questions[key])
            refusals.add(str(refused.value).replace(refused.value.reference, ""))
    if keys:
        with pytest.raises(NotPermitted) as refused:
            search(asker, **questions[next(iter(keys[0]))], elements=[hidden])
        refusals.add(str(refused.value).replace(refused.value.reference, ""))
    assert len(refusals) <= 1
    if hidden in CATALOGUE and CATALOGUE[hidden].relation is Relation.ARREST:
        columns = [column.name for column in CATALOGUE[hidden].columns]
        query = sql.SQL("SELECT 1 FROM {} WHERE {} IS NULL").format(
            sql.Identifier(f"agreement_{number}_1", "arrest"), sql.Identifier(columns[0])
        )
        with as_role("gateway") as door:
            role = roles.name(door.info.dbname, f"agreement_{number}_1")
            door.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
            with pytest.raises(psycopg.errors.UndefinedColumn):
                door.execute(query)


def test_an_unknown_element_and_a_hidden_one_are_refused_alike(city: City) -> None:
    asker, _ = under()
    reasons = []
    for element in ("birth_place", "no_such_element", "victim_name"):
        with pytest.raises(NotPermitted):
            search(asker, **NAMED, elements=[element])
        newest = Disclosure.objects.filter(user_id=asker.user_id).latest("begun_at")
        reasons.append((newest.reason, newest.outcome))
    assert len(set(reasons)) == 1


# -- promise 4


@pytest.mark.parametrize("how", ["suspend", "terminate"])
def test_an_end_is_an_end(city: City, how: str) -> None:
    city.arrest()
    asker, number = under()
    assert search(asker).results
    getattr(agreements, how)(number=number, grounds="For a test.", by="test", at=clock.now())
    with pytest.raises(NotPermitted):
        search(asker)
    assert Disclosure.objects.filter(user_id=asker.user_id, outcome="begun").count() == 0


def test_a_suspension_that_is_lifted_lets_in_again(city: City) -> None:
    city.arrest()
    asker, number = under()
    agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
    with pytest.raises(NotPermitted):
        search(asker)
    agreements.resume(number=number, grounds="For a test.", by="test", at=clock.now())
    assert search(asker).results


# -- promise 5


def test_the_signed_text_is_the_enforced_text(city: City) -> None:
    terms = agreement(outsider().agency_ori)
    number = enforce(terms)
    text = agreement_queries.text_of(number)
    assert language.parse(text) == terms
    assert agreement_queries.version(number).text_hash == language.text_hash(text)
    assert not [d for d in deviations() if f"agreement_{number}_" in str(d)]


def test_a_view_changed_behind_the_texts_back_is_found(city: City) -> None:
    number = enforce(agreement(outsider().agency_ori))
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        schema = f"agreement_{number}_1"
        body = (
            owner.execute("SELECT pg_get_viewdef(%s::regclass)", [f"{schema}.arrest"])
            .fetchone()[0]
            .rstrip(";")
        )
        owner.execute(f"CREATE OR REPLACE VIEW {schema}.arrest AS {body} AND true OR seen.arrest IS NOT NULL")
    assert [d for d in deviations() if f"agreement_{number}_" in str(d)]
    # As where an element's SQL has changed since: views that stand are made anew from their texts.
    recompile = import_module("openpars.disclosure.migrations.0038_recompiled").recompile
    recompile(None, SimpleNamespace(connection=connection))
    assert not [d for d in deviations() if f"agreement_{number}_" in str(d)]


# -- promise 6


def test_victims_are_walled_off_by_construction(city: City) -> None:
    """The owner of ordinary views cannot read behind the wall, nor can any log-in role."""
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        database = owner.info.dbname
        for kind, relation in itertools.product(("views", "app", "gateway"), ("victim", "witness")):
            readable = owner.execute(
                "SELECT has_table_privilege(%s, %s, 'SELECT') OR has_any_column_privilege(%s, %s, 'SELECT')",
                [roles.name(database, kind), f"walled.{relation}"] * 2,
            ).fetchone()
            assert readable == (False,), (kind, relation)


def test_nothing_points_behind_the_wall(city: City) -> None:
    with psycopg.connect(**address.owner().conninfo()) as owner:
        pointing = owner.execute(
            "SELECT conrelid::regclass FROM pg_constraint WHERE contype = 'f'"
            " AND confrelid IN ('walled.victim'::regclass, 'walled.witness'::regclass)"
        ).fetchall()
    assert pointing == []


@FEW
@given(granted=st.sets(st.sampled_from(WHOLE), min_size=1, max_size=6))
def test_a_permit_that_names_no_victim_has_no_path_to_one(granted: set[str]) -> None:
    terms = agreement(
        "ZZ0099999", permit(elements=tuple(Grant(n) for n in CATALOGUE if n in granted), ask_by=())
    )
    made = compiler.statements(terms, number=1, database="d")
    assert not [s for s in made if "walled." in s]


# -- promise 8


def test_an_entry_holds_nothing_about_a_person(city: City) -> None:
    held = city.arrest("Wilhelmina", "Zarzamora", date(1977, 8, 9))
    asker, _ = under()
    answer = search(asker, name="Zarzamora, Wilhelmina", birth_date="1977-08-09")
    assert answer.results
    with psycopg.connect(**address.owner().conninfo()) as owner:
        (leaf,) = owner.execute(
            "SELECT leaf FROM translog_pending WHERE id = %s", [answer.pending_id]
        ).fetchone() or (
            owner.execute(
                "SELECT leaf FROM translog_entry WHERE pending_id = %s", [answer.pending_id]
            ).fetchone()
        )
    text = bytes(leaf).decode().lower()
    for value in ("zarzamora", "wilhelmina", "1977-08-09", held.arrest.otn.lower(), str(held.person.id),
                  str(held.arrest.id), str(asker.user_id), "n-2031-17"):  # fmt: skip
        assert value not in text


# -- the guard against the door's own mistakes


@pytest.mark.parametrize(
    ("lie", "sqlstate"),
    [
        ({"elements": ["name", "birth_place"]}, "OP008"),
        ({"purpose": "Other"}, "OP007"),
        ({"agency": "ZZ0000000"}, "OP007"),
        ({"records": 0}, "OP007"),
        ({"subjects": []}, "OP007"),
        ({"extra": "word"}, "OP007"),
    ],
)
def test_an_entry_that_lies_does_not_commit(city: City, monkeypatch, lie, sqlstate: str) -> None:
    import json

    from openpars.disclosure.rules import entry

    city.arrest()
    asker, _ = under()
    honest = entry.permitted

    def lying(**facts):
        return json.dumps(json.loads(honest(**facts)) | lie).encode()

    monkeypatch.setattr(entry, "permitted", lying)
    if "elements" in lie:
        monkeypatch.setattr(
            "openpars.disclosure.reading.Plan.elements", property(lambda plan: lie["elements"])
        )
    with pytest.raises(OpenParsError, match=sqlstate):
        search(asker)
    assert not Disclosure.objects.filter(user_id=asker.user_id).exists()


def test_more_records_than_the_permit_allows_do_not_commit(city: City, monkeypatch) -> None:
    for _ in range(3):
        city.arrest("Aurelio", "Pangborn", date(1993, 3, 3))
    asker, _ = under(permit(results_per_request=2))
    assert len(search(asker, name="Pangborn, Aurelio", birth_date="1993-03-03").results) == 2
    from openpars.disclosure.reading import Plan

    honest = Plan.of.__func__

    def greedy(cls, *arguments):
        plan = honest(cls, *arguments)
        object.__setattr__(plan, "limit", 50)
        return plan

    monkeypatch.setattr(Plan, "of", classmethod(greedy))
    with pytest.raises(OpenParsError, match="OP008"):
        search(asker, name="Pangborn, Aurelio", birth_date="1993-03-03")


def test_the_charter_binds_rows_by_case(city: City) -> None:
    """A defender sees own clients only: the permit's rows name the asker."""
    mine, others = outsider(), city.arrest()
    terms = agreement(mine.agency_ori, permit(rows=Rows(own_clients=True)))
    enforce(terms)
    own = city.arrest(counsel_id=mine.user_id)
    seen = [
        actions.open_arrest(asker=mine, purpose=PURPOSE, case_number="1", arrest=held.arrest.id).results
        for held in (own, others)
    ]
    assert [len(results) for results in seen] == [1, 0]
