"""Roles and powers, held against the real database: who may read under a permit of roles, who may act at all."""

import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from psycopg import sql

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agencies.rules import ROLES
from openpars.agreements import actions as agreements
from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.terms import Agreement, Owner, Power, Term
from openpars.agreements.rules.vocabulary import VERBS
from openpars.disclosure import actions
from openpars.disclosure.rules.request import Asker
from openpars.engine import address, roles
from openpars.errors import NotPermitted
from tests.integration.disclosure.city import (
    PURPOSE,
    City,
    agreement,
    enforce,
    fresh_ori,
    outsider,
    permit,
)

FEW = settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)
offices = st.sampled_from(list(ROLES))


def some_roles(office: str) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(ROLES[office]), min_size=1)


def charter(*owners: tuple[str, str], **changes: object) -> Agreement:
    """A charter between these agencies (ORI, office), a year from yesterday, unless changed."""
    named = tuple(Owner("Owner of a test", ori, office, True, "Chief") for ori, office in owners)
    terms = {"kind": "charter", "receiver": None, "owners": named, "votes_needed": 1}
    return agreement("", permit(office=named[0].office), **{**terms, **changes})


@pytest.fixture
def desk() -> str:
    """The role that writes for people."""
    return roles.name(str(connection.settings_dict["NAME"]), "desk")


def write_trace(
    owner: psycopg.Connection, desk: str | None, verb: str, by: object, *, isolation: str = "READ COMMITTED"
) -> None:
    """One trace, as the desk, in a transaction that stays open."""
    owner.execute(f"BEGIN ISOLATION LEVEL {isolation}")
    if desk is not None:
        owner.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(desk)))
    owner.execute(
        "INSERT INTO records_trace (verb, by, at, subject, count, detail, xact)"
        " VALUES (%s, %s, now(), 'a test', 1, '{}', pg_current_xact_id()::text::bigint)",
        [verb, str(by)],
    )


def enter_trace(owner: psycopg.Connection, verb: str, by: object, times: int = 1) -> None:
    """Enter the trace that was left last in the log."""
    for _ in range(times):
        owner.execute(
            "SELECT guard.record_event(gen_random_uuid(), 'write', 'pages', 'done', %s, NULL, jsonb_build_object("
            " 'verb', %s::text, 'trace', currval('records_trace_id_seq')), %s, repeat('a', 64), repeat('b', 64),"
            " repeat('c', 64))",
            [str(by), verb, bytes(32)],
        )


def may(desk: str, verb: str, by: object) -> bool:
    """Whether the database lets `by` write the trace of `verb`; nothing is kept."""
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        try:
            write_trace(owner, desk, verb, by)
        except psycopg.Error as error:
            assert error.sqlstate == "OP012"
            assert str(by) not in str(error) or not str(by)
            return False
        finally:
            owner.execute("ROLLBACK")
    return True


@st.composite
def powers(draw: st.DrawFn) -> Power:
    office = draw(offices)
    verbs = draw(st.lists(st.sampled_from(["expunge", "set_bail", "report_arrest"]), min_size=1, unique=True))
    return Power("12.1", office, draw(some_roles(office)), tuple(verbs))


@FEW
@given(
    given_powers=st.lists(powers(), max_size=3),
    office=offices,
    data=st.data(),
    verb=st.sampled_from(["expunge", "set_bail", "report_arrest"]),
    state=st.sampled_from(
        ["in force", "in force", "in force", "suspended", "terminated", "lapsed", "to come"]
    ),
    standing=st.sampled_from([None, None, None, "screened_until", "trained_until", "suspended"]),
    an_owner=st.integers(0, 4),
)
def test_no_power_no_write(
    desk: str,
    given_powers: list[Power],
    office: str,
    data: st.DataObject,
    verb: str,
    state: str,
    standing: str | None,
    an_owner: int,
) -> None:
    """An act's trace is written if, and only if, somebody in standing, of an owner's agency, has a role to which a
    charter in force gives the act."""
    role = data.draw(st.sampled_from(ROLES[office]))
    lapsed = {standing: date(2020, 1, 1)} if standing in ("screened_until", "trained_until") else {}
    actor = outsider(office=office, role=role, **lapsed)
    if standing == "suspended":
        agencies.suspend_user(user=actor.user_id, by="test", at=clock.now())
    ours = actor.agency_ori if an_owner else fresh_ori()
    others = [(fresh_ori(), other) for other in ROLES if other != office]
    now = clock.now()
    shift = {"lapsed": -100, "to come": 100}.get(state, 0)
    day = now.date() + timedelta(days=shift)
    terms = charter(
        (ours, office),
        *others,
        powers=tuple(replace(power, clause=f"12.{place}") for place, power in enumerate(given_powers, 1)),
        term=Term(day - timedelta(days=5), day + timedelta(days=5), "America/New_York"),
    )
    number = enforce(terms, at=now + timedelta(days=shift))
    if state in ("suspended", "terminated"):
        end = agreements.suspend if state == "suspended" else agreements.terminate
        end(number=number, grounds="For a test.", by="test", at=clock.now())
    expected = (
        state == "in force"
        and standing is None
        and an_owner > 0
        and any(p.office == office and role in p.roles and verb in p.verbs for p in given_powers)
    )
    assert may(desk, verb, actor.user_id) == expected


def test_nobody_who_is_not_known_has_a_power(desk: str) -> None:
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police", tuple(VERBS)),)))
    assert may(desk, "expunge", actor.user_id)
    for by in (uuid.uuid4(), "import", "", f"{actor.user_id} ", str(actor.user_id).upper(), "Quimby, Odalys"):
        assert not may(desk, "expunge", by)
    assert not may(desk, "sealing", actor.user_id)


def test_the_owner_at_the_console_asks_nobody() -> None:
    """The trigger binds whoever writes as the desk; machines write as the owner, and no door can."""
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        write_trace(owner, None, "load", "import")
        owner.execute("ROLLBACK")


def test_an_act_runs_at_read_committed(desk: str) -> None:
    """Otherwise it would not see an end that it waited for."""
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police"),)))
    with (
        psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner,
        pytest.raises(psycopg.Error) as refused,
    ):
        write_trace(owner, desk, "expunge", actor.user_id, isolation="REPEATABLE READ")
    assert refused.value.sqlstate == "OP009"


def power_of(office: str, verbs: tuple[str, ...] = ("expunge",)) -> Power:
    return Power("12.1", office, frozenset(ROLES[office]), verbs)


def waits_for_a_lock() -> bool:
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as looking:
        found = looking.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = 7301 AND NOT granted"
        ).fetchone()
    return bool(found and found[0])


@pytest.mark.parametrize("how", ["terminated", "superseded"])
def test_an_end_is_an_end_for_acts_too(desk: str, how: str) -> None:
    """An act that waited for the end of its charter is refused, unless the charter's next version gives the power."""
    actor = outsider(office="police")
    first = charter((actor.agency_ori, "police"), powers=(power_of("police"),))
    number = enforce(first)
    allowed: list[bool] = []
    with transaction.atomic():
        if how == "terminated":
            agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
        else:
            enforce(replace(first, version=2))
        acting = threading.Thread(target=lambda: allowed.append(may(desk, "expunge", actor.user_id)))
        acting.start()
        while not waits_for_a_lock():
            assert acting.is_alive(), "the act did not wait"
    acting.join(timeout=30)
    assert allowed == [how == "superseded"]


def test_an_end_waits_for_acts_under_way(desk: str) -> None:
    actor = outsider(office="police")
    number = enforce(charter((actor.agency_ori, "police"), powers=(power_of("police"),)))
    ending = threading.Thread(target=_terminate, args=[number])
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        write_trace(owner, desk, "expunge", actor.user_id)
        ending.start()
        while not waits_for_a_lock():
            assert ending.is_alive(), "the end did not wait"
        owner.execute("ROLLBACK")
    ending.join(timeout=30)
    assert not may(desk, "expunge", actor.user_id)


@pytest.mark.parametrize("late", [True, False])
def test_law_no_act_commits_after_its_charters_last_instant(desk: str, late: bool) -> None:
    """An act that began in time and takes longer than the charter lasts is not done."""
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police"),)))
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        write_trace(owner, desk, "expunge", actor.user_id)
        enter_trace(owner, "expunge", actor.user_id)
        with moved_on(timedelta(days=800 if late else 0)):
            if late:
                with pytest.raises(psycopg.Error) as refused:
                    owner.execute("COMMIT")
                assert refused.value.sqlstate == "OP012"
            else:
                owner.execute("COMMIT")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM records_trace WHERE by = %s", [str(actor.user_id)])
        assert cursor.fetchone()[0] == (0 if late else 1)


@pytest.mark.parametrize("times", [0, 2])
@pytest.mark.parametrize("as_desk", [True, False])
def test_law_no_act_on_records_commits_without_its_one_entry(desk: str, as_desk: bool, times: int) -> None:
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police"),)))
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        write_trace(owner, desk if as_desk else None, "expunge", actor.user_id)
        enter_trace(owner, "expunge", actor.user_id, times)
        with pytest.raises(psycopg.Error) as refused:
            owner.execute("COMMIT")
        assert refused.value.sqlstate == "OP010"


@pytest.mark.parametrize("changed", [{"verb": "set_bail"}, {"by": "somebody else"}])
def test_an_entry_stands_for_its_own_trace_alone(desk: str, changed: dict[str, str]) -> None:
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police"),)))
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        write_trace(owner, desk, "expunge", actor.user_id)
        with pytest.raises(psycopg.Error) as refused:
            enter_trace(owner, **{"verb": "expunge", "by": actor.user_id, **changed})
        assert refused.value.sqlstate == "OP007"
        owner.execute("ROLLBACK")


@pytest.mark.parametrize("late", [True, False])
def test_law_no_act_on_agreements_commits_after_its_charters_last_instant(late: bool) -> None:
    """Each act on agreements, a vote too, leaves its trace by guard.act."""
    actor = outsider(office="police")
    enforce(charter((actor.agency_ori, "police"), powers=(power_of("police", ("vote",)),)))
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        owner.execute("BEGIN")
        owner.execute("SELECT guard.act('vote', %s, 'a proposal', 'Yes.', NULL)", [actor.user_id])
        with moved_on(timedelta(days=800 if late else 0)):
            if late:
                with pytest.raises(psycopg.Error) as refused:
                    owner.execute("COMMIT")
                assert refused.value.sqlstate == "OP012"
            else:
                owner.execute("COMMIT")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM agreements_act WHERE by = %s", [str(actor.user_id)])
        assert cursor.fetchone()[0] == (0 if late else 1)


@contextmanager
def moved_on(by: timedelta) -> Iterator[None]:
    """The city's clock, so much later for everybody."""
    with psycopg.connect(**address.owner().conninfo(), autocommit=True) as owner:
        owner.execute("UPDATE guard.city SET demonstration = true, clock_offset = %s", [by])
        try:
            yield
        finally:
            owner.execute("UPDATE guard.city SET demonstration = false, clock_offset = '0'")


def _terminate(number: int) -> None:
    try:
        agreements.terminate(number=number, grounds="For a test.", by="test", at=clock.now())
    finally:
        connection.close()


# -- roles of permits


@FEW
@given(office=offices, other=offices, data=st.data())
def test_the_guard_asks_for_the_permits_roles_as_the_decision_does(
    office: str, other: str, data: st.DataObject
) -> None:
    """begin_disclosure lets in whom decide lets in, whatever office and role they are of."""
    named = data.draw(st.none() | some_roles(office))
    role = data.draw(st.sampled_from(ROLES[other]))
    asker = outsider(office=other, role=role)
    ori = asker.agency_ori if other == office else fresh_ori()
    terms = charter((ori, office))
    terms = replace(terms, permits=(replace(terms.permits[0], roles=named),))
    number = enforce(terms)
    asked = Request("open", asker.agency_ori, asker.office, PURPOSE, "N-1", role=asker.role)
    with psycopg.connect(**address.owner().as_kind("gateway").conninfo(), autocommit=True) as door:
        door.execute("BEGIN")
        begun = True
        try:
            epoch = _epoch()
            door.execute(
                "SELECT guard.begin_disclosure(gen_random_uuid(), %s, %s, 'open', %s,"
                " '{\"case_number\": \"N-1\"}', '\\x00', %s)",
                [f"agreement_{number}_1", asker.user_id, PURPOSE, epoch],
            )
        except psycopg.Error as error:
            assert error.sqlstate == "OP003"
            begun = False
        door.execute("ROLLBACK")
    assert begun == decide(asked, [InForce(number, terms)]).permitted


def _epoch() -> int:
    with psycopg.connect(**address.owner().conninfo()) as owner:
        return owner.execute("SELECT guard.epoch()").fetchone()[0]


def test_the_door_lets_in_the_permits_roles_only(city: City) -> None:
    held = city.arrest()
    clerk = outsider(office="court", role="clerk")
    magistrate = outsider(clerk.agency_ori, office="court", role="magistrate")
    terms = charter((clerk.agency_ori, "court"))
    enforce(replace(terms, permits=(replace(terms.permits[0], roles=frozenset({"magistrate"})),)))

    def opened(asker: Asker) -> int:
        answer = actions.open_arrest(asker=asker, purpose=PURPOSE, case_number="N-1", arrest=held.arrest.id)
        return len(answer.results)

    assert opened(magistrate) == 1
    with pytest.raises(NotPermitted):
        opened(clerk)
    # Whoever claims a role at the door that the register does not know of is told no by the database.
    with pytest.raises(NotPermitted):
        opened(replace(clerk, role="magistrate"))
