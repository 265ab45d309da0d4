"""Attacks on the promises by whoever has taken over a door: each test is one, by name, and must fail.

They run on the real database, as the log-in roles themselves. What such a thief *can* do is here too, in the tests
that say `known`: SECURITY.md tells of it, and these hold its words to the truth.
"""

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import psycopg
import pytest
from django.db import connection
from psycopg import sql

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements import queries as agreement_queries
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.terms import Rows
from openpars.disclosure import actions, queries
from openpars.disclosure.models import Disclosure
from openpars.engine import address, roles
from openpars.errors import RequestMalformed
from openpars.translog.rules import canonical
from tests.integration.disclosure.city import PURPOSE, ROWS, City, permit, under
from tests.integration.disclosure.test_feed import TELLS, given, subscribed, twice

HEX = "0" * 64
A_THIEF_COMMITS = True
"""Entries whose commitments open to nothing: `log fsck` would say so."""
TYPED = "Quimby, Odalys, born 1988-04-17"


@contextmanager
def thief(kind: str = "gateway") -> Iterator[psycopg.Connection]:
    """A session of a log-in role, outside OpenPARS."""
    with psycopg.connect(**address.owner().as_kind(kind).conninfo(), autocommit=True) as opened:
        yield opened
        opened.execute("ROLLBACK")


def begin(door, asker, number: int, *, kind: str = "search") -> dict[str, object]:
    """Open a transaction and begin in it; answers the entry that would be honest for an answer of nothing."""
    disclosure = uuid.uuid4()
    door.execute("BEGIN")
    (at,) = door.execute(
        'SELECT guard.begin_disclosure(%s, %s, %s, %s, %s, \'{"case_number": "B-1"}\', %s, %s)',
        [disclosure, f"agreement_{number}_1", asker.user_id, kind, PURPOSE, bytes(32), queries.epoch()[0]],
    ).fetchone()
    return {
        "type": "openpars.disclosure/1", "disclosure": str(disclosure), "kind": kind, "outcome": "permit",
        "agency": asker.agency_ori, "purpose": PURPOSE, "permit": "3.1", "at": at, "elements": ["name"],
        "agreement": agreement_queries.version(number).text_hash, "records": 0, "subjects": [],
        "answer": HEX, "asker": HEX, "case": HEX, "criteria": HEX,
    }  # fmt: skip


def end(door, leaf: bytes, arrests=(), elements=("name",)) -> str:
    """End what was begun and commit; answers what the server says of the commit."""
    door.execute("RESET ROLE")
    door.execute(
        "SELECT guard.end_disclosure(%s, %s::uuid[], %s::text[])", [leaf, list(arrests), list(elements)]
    )
    return door.execute("COMMIT").statusmessage


def wear(door, number: int) -> str:
    """Put on the permit's role; answers the name of its view of arrests."""
    role = roles.name(door.info.dbname, f"agreement_{number}_1")
    door.execute(sql.SQL("SET ROLE {}").format(sql.Identifier(role)))
    return f"agreement_{number}_1.arrest"


def test_the_honest_entry_of_these_attacks_would_pass(city: City) -> None:
    """So that none of the refusals below is for a wrong reason."""
    asker, number = under()
    with thief() as door:
        assert end(door, canonical.encode(begin(door, asker, number))) == "COMMIT"


# -- into the public log with a name (promise 8)


@pytest.mark.parametrize("member", ["answer", "asker", "case", "criteria"])
@pytest.mark.parametrize("value", [TYPED, {"name": TYPED}, None, HEX + "\n", HEX.replace("0", "A")])
def test_text_in_place_of_a_commitment(city: City, member: str, value: object) -> None:
    asker, number = under()
    with thief() as door, pytest.raises(psycopg.Error) as refused:
        end(door, canonical.encode(begin(door, asker, number) | {member: value}))
    assert refused.value.sqlstate == "OP007"


def test_a_commitment_left_out(city: City) -> None:
    asker, number = under()
    with thief() as door:
        entry = begin(door, asker, number)
        del entry["asker"]
        with pytest.raises(psycopg.Error) as refused:
            end(door, canonical.encode(entry))
    assert refused.value.sqlstate == "OP007"


@pytest.mark.parametrize("smuggled", ["twice", "space", "escape", "order"])
def test_an_entry_that_is_not_canonical(city: City, smuggled: str) -> None:
    """A key that is said twice holds text which a reader of the last one never sees."""
    asker, number = under()
    with thief() as door:
        entry = begin(door, asker, number)
        leaf = canonical.encode(entry)
        forged = {
            "twice": b'{"agency":"' + TYPED.encode() + b'",' + leaf[1:],
            "space": leaf + b" ",
            "escape": leaf.replace(b'"search"', b'"\\u0073earch"'),
            "order": json.dumps(entry, separators=(",", ":")).encode(),
        }
        with pytest.raises(psycopg.Error) as refused:
            end(door, forged[smuggled])
    assert refused.value.sqlstate == "OP007"


def test_text_as_the_kind_of_a_disclosure(city: City) -> None:
    asker, number = under()
    with thief() as door, pytest.raises(psycopg.Error) as refused:
        begin(door, asker, number, kind=TYPED)
    assert refused.value.sqlstate == "OP007"


# -- around the day's limit: what is told to a subscription is counted against none


def test_an_event_opens_no_view_but_that_of_events(city: City) -> None:
    held = city.arrest()
    asker, number = under(TELLS)
    given(asker, held)
    subscribed(asker, held)
    twice(held)
    seen: dict[str, int] = {}
    with thief() as door:
        for kind in ("search", "event"):
            begin(door, asker, number, kind=kind)
            wear(door, number)
            for view in ("arrest", "charge", "event"):
                (rows,) = door.execute(f"SELECT count(*) FROM agreement_{number}_1.{view}").fetchone()
                seen[f"{kind} {view}"] = min(rows, 1)
            door.execute("ROLLBACK")
    assert seen == {
        "search arrest": 1, "search charge": 1, "search event": 0,
        "event arrest": 0, "event charge": 0, "event event": 1,
    }  # fmt: skip


def test_no_event_under_a_permit_that_tells_of_none(city: City) -> None:
    asker, number = under()
    with thief() as door, pytest.raises(psycopg.Error) as refused:
        begin(door, asker, number, kind="event")
    assert refused.value.sqlstate == "OP002"


def test_views_that_stood_before_look_as_those_made_today(city: City) -> None:
    """The migrations leave them the same text, owner and grants, and events to the view of events alone."""
    _, number = under(replace(TELLS, rows=replace(ROWS, own_clients=True)))
    terms = agreement_queries.agreement(number)
    schema = f"agreement_{number}_1"
    look = (
        "SELECT c.relname, pg_get_viewdef(c.oid), c.relowner, c.relacl::text FROM pg_class c"
        " WHERE c.relnamespace = %s::regnamespace ORDER BY c.relname"
    )
    asked = f"(SELECT guard.may_read('{schema}'))"
    with connection.cursor() as cursor:
        cursor.execute(look, [schema])
        today = cursor.fetchall()
        for statement in compiler.view_statements(terms, terms.permits[0], into=schema):
            # The guard stood beside the tables, among the conditions of the rows.
            before = statement.replace(compiler.APART, "").replace("SELECT seen.* FROM (", "")
            before = before.replace(") seen WHERE ", " AND ")
            before = before.replace("(SELECT asker FROM guard.begun)", "(SELECT guard.asker())")
            for event in (False, True):
                before = before.replace(compiler.begun(schema, event=event), asked)
            assert asked in before
            assert not {"guard.begun", "seen"} & set(before.replace("(", " ").split())
            cursor.execute(before.replace("CREATE VIEW", "CREATE OR REPLACE VIEW"))
        for migration in ("0014_events_alone", "0022_begun"):
            cursor.execute(import_module(f"openpars.disclosure.migrations.{migration}").VIEWS)
        apart = import_module("openpars.disclosure.migrations.0038_recompiled")
        apart.recompile(None, SimpleNamespace(connection=connection))
        cursor.execute(look, [schema])
        assert cursor.fetchall() == today
    assert {name for name, *_ in today} >= {"arrest", "event"}


@pytest.mark.parametrize("lie", [{"kind": TYPED}, {"reason": TYPED}, {"case": None}, {"more": TYPED}, {}])
def test_text_in_the_entry_of_a_refusal(city: City, lie: dict[str, object]) -> None:
    asker, _ = under()
    with thief() as door:
        stamp, at = door.execute(
            "WITH c AS MATERIALIZED (SELECT guard.now() AS at) SELECT guard.stamp(at), at FROM c"
        ).fetchone()
        disclosure = uuid.uuid4()
        entry = {
            "type": "openpars.disclosure/1", "disclosure": str(disclosure), "kind": "search", "outcome": "deny",
            "agency": asker.agency_ori, "at": stamp, "asker": HEX, "case": HEX, "criteria": HEX, "reason": HEX,
        } | lie  # fmt: skip
        arguments = [disclosure, asker.user_id, entry["kind"], "", "", "", at, "{}", bytes(32)]
        write = "SELECT guard.record_refusal(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        if not lie:
            assert door.execute(write, [*arguments, canonical.encode(entry)]).fetchone()
            return
        with pytest.raises(psycopg.Error) as refused:
            door.execute(write, [*arguments, canonical.encode(entry)])
        assert refused.value.sqlstate == "OP007"


def test_records_that_nobody_counted(city: City) -> None:
    """A null list of arrests compares as unknown, which must not pass for equal."""
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        with pytest.raises(psycopg.Error) as refused:
            door.execute("SELECT guard.end_disclosure(%s, NULL::uuid[], ARRAY['name'])", [leaf])
    assert refused.value.sqlstate == "OP007"


# -- rows without a disclosure, or with one that does not stand (promises 1 and 2)


PLANNERS = (
    "", "join_collapse_limit = 1", "from_collapse_limit = 1", "geqo_threshold = 2", "enable_nestloop = off",
    "enable_hashjoin = off", "enable_mergejoin = off", "enable_material = off", "enable_seqscan = off",
    "parallel_setup_cost = 0",
)  # fmt: skip
"""Settings by which a thief may move the planner to other orders."""


@pytest.mark.parametrize(
    "read",
    [
        "SELECT count(*) FROM {view}",
        "SELECT count(*) FROM {view} WHERE surname_folded::int = 1",
        "SELECT count(y.arrest) FROM (VALUES (1)) x LEFT JOIN {view} y ON y.surname_folded::int = 1",
        "SELECT count(y.arrest) FROM (VALUES (1)) x LEFT JOIN LATERAL (SELECT * FROM {view} OFFSET 0) y ON true",
        "SELECT count(*) FROM {view} a FULL JOIN {view} b USING (arrest) WHERE a.surname_folded::int = 1",
        "SELECT count(y.arrest) FROM {view} y RIGHT JOIN (VALUES (1)) x ON y.surname_folded::int = 1",
        "SELECT count(y.arrest) FROM (VALUES (1)) x (n) FULL JOIN {view} y ON y.surname_folded::int = x.n",
        "SELECT count(y.arrest) FROM (VALUES (1)) x LEFT JOIN {charge} y ON y.statute::int = 1",
        "SELECT count(y.arrest) FROM (VALUES (1)) x LEFT JOIN {view} y ON y.lead_charge::int = 1",
        "SELECT count(a.arrest) FROM (VALUES (1)) x LEFT JOIN ({view} a JOIN {charge} b USING (arrest))"
        " ON a.surname_folded::int = b.statute::int",
        "SELECT count(y.arrest) FROM (VALUES (1)) x (n) LEFT JOIN LATERAL"
        " (SELECT * FROM {view} WHERE surname_folded::int = x.n) y ON true",
        "SELECT count(*) FROM (VALUES (1)) x WHERE EXISTS (SELECT FROM {view} WHERE surname_folded::int = 1)",
        "SELECT 1 - count(*) FROM (VALUES (1)) x (n) WHERE NOT EXISTS"
        " (SELECT FROM {view} WHERE surname_folded::int = x.n AND otn::int = 1)",
        "SELECT count(*) FROM (SELECT surname_folded FROM {view} UNION ALL VALUES ('0')) y"
        " WHERE surname_folded::int = 1",
        "WITH y AS NOT MATERIALIZED (SELECT * FROM {view}) SELECT count(y.arrest)"
        " FROM (VALUES (1)) x LEFT JOIN y ON y.surname_folded::int = 1",
        "SELECT count(*) FROM (SELECT count(*) FROM {view} WHERE surname_folded::int = 1 GROUP BY otn) y",
        "SELECT count(*) FROM {view} WHERE query_to_xml('SELECT * FROM {view}', true, false, '')::text <> ''",
    ],
)
def test_rows_or_their_values_in_errors_without_a_disclosure(city: City, read: str) -> None:
    """The guard's answer gates the whole plan, wherever the planner is moved to: a cast that would blurt a name out in
    its error never runs."""
    city.arrest()
    _, number = under()
    with thief() as door:
        view = wear(door, number)
        asked = read.format(view=view, charge=view.replace("arrest", "charge"))
        for setting in PLANNERS:
            if setting:
                door.execute(f"SET {setting}")
            assert door.execute(asked).fetchone() == (0,), setting
            door.execute(f"RESET {setting.partition(' ')[0]}" if setting else "SELECT 1")


def test_rows_after_the_end_of_the_disclosure(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        door.execute("SELECT guard.end_disclosure(%s, '{}', ARRAY['name'])", [leaf])
        assert door.execute(f"SELECT count(*) FROM {wear(door, number)}").fetchone() == (0,)


def test_rows_by_a_cursor_opened_before_the_disclosure(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        door.execute("BEGIN")
        door.execute(f"DECLARE early CURSOR FOR SELECT * FROM {wear(door, number)}")
        door.execute("RESET ROLE")
        door.execute(
            "SELECT guard.begin_disclosure(gen_random_uuid(), %s, %s, 'search', %s,"
            " '{\"case_number\": \"B-1\"}', '\\x00', %s)",
            [f"agreement_{number}_1", asker.user_id, PURPOSE, queries.epoch()[0]],
        )
        assert door.execute("FETCH ALL FROM early").fetchall() == []


def test_an_end_that_is_taken_back(city: City) -> None:
    """The entry written inside a savepoint and rolled back: what was begun has no entry, and does not commit."""
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        door.execute("SAVEPOINT kept")
        door.execute("SELECT guard.end_disclosure(%s, '{}', ARRAY['name'])", [leaf])
        door.execute("ROLLBACK TO kept")
        with pytest.raises(psycopg.Error) as refused:
            door.execute("COMMIT")
    assert refused.value.sqlstate == "OP010"


def test_two_begun_and_one_ended(city: City) -> None:
    asker, number = under()
    with thief() as door:
        begin(door, asker, number)
        leaf = canonical.encode(begin(door, asker, number))
        with pytest.raises(psycopg.Error) as refused:
            end(door, leaf)
    assert refused.value.sqlstate == "OP010"


def test_ended_twice(city: City) -> None:
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        door.execute("SELECT guard.end_disclosure(%s, '{}', ARRAY['name'])", [leaf])
        with pytest.raises(psycopg.Error) as refused:
            end(door, leaf)
    assert refused.value.sqlstate == "OP009"


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TEMP TABLE disclosure_disclosure (id int)",
        "CREATE TABLE public.city (id int)",
        "CREATE FUNCTION public.jsonb_build_object() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE EXTENSION dblink",
        "SET session_replication_role = replica",
        "ALTER TABLE disclosure_disclosure DISABLE TRIGGER ALL",
        "SELECT guard.tag('\\x00', gen_random_uuid())",
        "SELECT guard.check_at_commit()",
        "SELECT * FROM pg_largeobject",
        "SELECT pg_read_file('PG_VERSION')",
        "COPY (SELECT 1) TO PROGRAM 'true'",
    ],
)
@pytest.mark.parametrize("kind", ["gateway", "app"])
def test_powers_that_no_door_has(city: City, kind: str, statement: str) -> None:
    with thief(kind) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(statement)


@pytest.mark.parametrize(
    ("kind", "statement"),
    [
        ("app", "INSERT INTO agreements_comment (id, proposal_id, name, words, salt, at, answer)"
                " VALUES (gen_random_uuid(), gen_random_uuid(), '', 'x', '', now(), '')"),
        ("app", "UPDATE agreements_comment SET published = true"),
        ("app", "DELETE FROM agreements_comment"),
        ("app", "SELECT * FROM guard.comment_source"),
        ("gateway", "SELECT * FROM agreements_comment"),
        ("gateway", "SELECT guard.comment(gen_random_uuid(), gen_random_uuid(), '', 'x', '', '', '192.0.2.1')"),
    ],
)  # fmt: skip
def test_a_comment_put_in_or_taken_away_past_its_function(city: City, kind: str, statement: str) -> None:
    with thief(kind) as door, pytest.raises(psycopg.errors.InsufficientPrivilege):
        door.execute(statement)


def test_statistics_of_the_tables_themselves(city: City) -> None:
    under()
    with thief() as door:
        assert door.execute("SELECT count(*) FROM pg_stats WHERE schemaname = 'public'").fetchone() == (0,)
        seen = door.execute(
            "SELECT DISTINCT query FROM pg_stat_activity WHERE usename <> current_user"
        ).fetchall()
        assert {text for (text,) in seen} <= {"<insufficient privilege>", None}


# -- an end that cannot come (promise 4)


@pytest.mark.parametrize("kind", ["gateway", "app"])
@pytest.mark.parametrize("shared", ["", "_shared"])
def test_an_agreements_lock_held_for_ever(city: City, monkeypatch, kind: str, shared: str) -> None:
    """Any role may take an advisory lock, and need not give it back: who does so is cut off, and the end comes."""
    monkeypatch.setattr(agreements, "PATIENCE_MS", 200)
    _, number = under()
    with psycopg.connect(**address.owner().as_kind(kind).conninfo(), autocommit=True) as door:
        door.execute("SET idle_in_transaction_session_timeout = 0")
        door.execute(f"SELECT pg_advisory_lock{shared}(7301, {number})")
        door.execute(f"SELECT pg_advisory_lock{shared}(7304, 0)")
        agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
        with pytest.raises(psycopg.OperationalError):
            door.execute("SELECT 1")
    assert agreement_queries.version(number).terminated_at is not None


def test_a_disclosure_kept_open_for_ever(city: City, monkeypatch) -> None:
    monkeypatch.setattr(agreements, "PATIENCE_MS", 200)
    city.arrest()
    asker, number = under()
    with psycopg.connect(**address.owner().as_kind("gateway").conninfo(), autocommit=True) as door:
        door.execute("SET idle_in_transaction_session_timeout = 0")
        leaf = canonical.encode(begin(door, asker, number))
        agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
        with pytest.raises(psycopg.OperationalError):
            end(door, leaf)
    assert not Disclosure.objects.filter(user_id=asker.user_id).exists()


def test_cutting_a_door_off_leaves_the_owner_no_new_power(city: City, monkeypatch) -> None:
    monkeypatch.setattr(agreements, "PATIENCE_MS", 100)
    _, number = under()
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        # Of this database's roles: those of another, on the same server, are made meanwhile.
        memberships = (
            "SELECT rolname, admin_option FROM pg_auth_members JOIN pg_roles role ON role.oid = roleid"
            " WHERE member = current_user::regrole AND starts_with(rolname, current_database() || '_')"
        )
        before = set(owner.execute(memberships).fetchall())
        assert before
        with psycopg.connect(**address.owner().as_kind("gateway").conninfo(), autocommit=True) as door:
            door.execute(f"SELECT pg_advisory_lock(7301, {number})")
            agreements.suspend(number=number, grounds="For a test.", by="test", at=clock.now())
        assert set(owner.execute(memberships).fetchall()) == before


# -- by asking


def test_the_days_limit_at_once(city: City) -> None:
    """Requests in the same instant do not count each other out."""
    city.arrest()
    asker, _ = under(permit(requests_per_person_per_day=3))
    outcomes: list[str] = []

    def ask() -> None:
        from django.db import connection

        try:
            actions.search(
                asker=asker, purpose=PURPOSE, case_number="1", name="Quimby, Odalys", birth_date="1988-04-17"
            )
            outcomes.append("answered")
        except Exception as error:
            outcomes.append(type(error).__name__)
        finally:
            connection.close()

    asking = [threading.Thread(target=ask) for _ in range(7)]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(timeout=30)
    assert sorted(outcomes) == ["NotPermitted"] * 4 + ["answered"] * 3


@pytest.mark.parametrize("born", ["9999-12-31", date(9999, 12, 31), date(1, 1, 1), "0001-01-01"])
def test_a_birth_at_the_edge_of_the_calendar(city: City, born: object) -> None:
    asker, _ = under()
    with pytest.raises(RequestMalformed):
        actions.search(
            asker=asker, purpose=PURPOSE, case_number="1", name="Quimby", birth_date=born, tolerance_years=1
        )


# -- what a thief of the gateway can do, and SECURITY.md says


@pytest.mark.parametrize("how", ["ROLLBACK", "ROLLBACK TO before"])
def test_known_rows_read_and_rolled_back_leave_no_entry_but_a_gap(city: City, how: str) -> None:
    city.arrest()
    asker, number = under()
    before = sum(gap.attempts for gap in queries.gaps())
    with thief() as door:
        door.execute("BEGIN")
        door.execute("SAVEPOINT before")
        begin(door, asker, number)
        assert door.execute(f"SELECT count(*) FROM {wear(door, number)}").fetchone() >= (1,)
        door.execute(how)
        door.execute("COMMIT")
    assert not Disclosure.objects.filter(user_id=asker.user_id).exists()
    assert sum(gap.attempts for gap in queries.gaps()) == before + 1


def test_the_gateway_cannot_close_the_gap(city: City) -> None:
    with thief() as door:
        for statement in (
            "setval('disclosure_disclosure_attempt_seq', 1)",
            "nextval('disclosure_disclosure_attempt_seq')",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                door.execute(f"SELECT {statement}")


def test_known_a_condition_that_fails_blurts_out_a_granted_column_of_a_hidden_row(city: City) -> None:
    """With a disclosure begun, conditions are handed down to the tables, where no row is left out yet."""
    city.arrest("Hesperia", "Thistlewick", status="pending")
    asker, number = under(permit(rows=Rows(charge_status="approved")))
    with thief() as door:
        begin(door, asker, number)
        view = wear(door, number)
        with pytest.raises(psycopg.errors.InvalidTextRepresentation):
            door.execute(f"SELECT count(*) FROM {view} WHERE surname_folded::int = 1")
        door.execute("ROLLBACK")
        with pytest.raises(psycopg.errors.UndefinedColumn):
            door.execute(f"SELECT count(*) FROM {wear(door, number)} WHERE address::int = 1")


def test_known_the_planners_estimates_tell_of_granted_columns(city: City) -> None:
    """Without a disclosure EXPLAIN still estimates from the statistics of all rows."""
    city.arrest()
    _, number = under()
    with thief() as door:
        view = wear(door, number)
        assert door.execute(f"EXPLAIN SELECT FROM {view} WHERE surname_folded < 'm'").fetchall()
        with pytest.raises(psycopg.errors.UndefinedColumn):
            door.execute(f"EXPLAIN SELECT FROM {view} WHERE address < 'm'")
