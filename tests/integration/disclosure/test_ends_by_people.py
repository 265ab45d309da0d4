"""An end that a person commands, against requests under way: the end is a point in the order of commits."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest

from openpars.agreements import queries
from openpars.disclosure import actions as disclosure
from openpars.engine import address
from openpars.errors import NotPermitted
from tests.factories import proceedings as life
from tests.integration.disclosure.city import City, outsider


@contextmanager
def connected(kind: str) -> Iterator["psycopg.Connection[tuple[Any, ...]]"]:
    """A session of a log-in role."""
    where = address.owner().as_kind(kind)
    with psycopg.connect(
        host=where.host, port=where.port, dbname=where.database, user=where.user, password=where.password
    ) as opened:
        yield opened


def waits_for_the_agreement(number: int) -> bool:
    """Whether somebody waits for the agreement's lock."""
    with connected("app") as opened:
        row = opened.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
            " AND classid = 7301 AND objid = %s)",
            [number],
        ).fetchone()
    return bool(row and row[0])


def test_an_end_waits_for_the_request_under_way_and_stops_the_next(city: City) -> None:
    held = city.arrest()
    owners = life.opened()
    asker = outsider(owners.partner)
    number = owners.in_force()
    asked = {
        "asker": asker,
        "purpose": "CrimeInvestigation",
        "case_number": held.arrest.otn,
        "number": held.arrest.otn,
    }
    assert len(disclosure.search(**asked).results) == 1  # type: ignore[arg-type]
    ended: list[object] = []

    def end() -> None:
        with connected("app") as opened:
            said = [number, owners.solicitor]
            row = opened.execute(
                "SELECT moment FROM guard.change_access('terminate_access', %s, 'Now.', %s, false)", said
            ).fetchone()
            opened.commit()
            ended.append(row)

    with connected("gateway") as under_way:
        under_way.execute("SELECT pg_advisory_xact_lock_shared(7301, %s)", [number])
        ending = threading.Thread(target=end)
        ending.start()
        while not waits_for_the_agreement(number):
            assert ending.is_alive()
        assert not ended
        under_way.commit()
    ending.join()
    assert ended
    assert queries.version(number).terminated_at is not None
    with pytest.raises(NotPermitted):
        disclosure.search(**asked)  # type: ignore[arg-type]


def test_a_drill_gives_up_rather_than_hold_anybody_up(city: City) -> None:
    owners = life.opened()
    number = owners.in_force()
    with connected("gateway") as under_way, connected("app") as drilling:
        under_way.execute("SELECT pg_advisory_xact_lock_shared(7301, %s)", [number])
        with pytest.raises(psycopg.Error, match="Somebody else is changing agreements"):
            drilling.execute(
                "SELECT guard.change_access('terminate_access', %s, 'A drill.', %s, true)",
                [number, owners.solicitor],
            )
        assert under_way.execute("SELECT 1").fetchone() == (1,)
    assert queries.version(number).terminated_at is None


def test_one_person_suspended_asks_no_more_and_the_others_do(city: City) -> None:
    held = city.arrest()
    owners = life.opened()
    one, other = outsider(owners.partner), outsider(owners.partner)
    owners.in_force()

    def reads(asker: object) -> bool:
        asked = {
            "asker": asker,
            "purpose": "CrimeInvestigation",
            "case_number": held.arrest.otn,
            "number": held.arrest.otn,
        }
        try:
            return bool(disclosure.search(**asked).results)  # type: ignore[arg-type]
        except NotPermitted:
            return False

    assert reads(one)
    with connected("app") as opened:
        opened.execute(
            "SELECT * FROM guard.change_people('suspend_people', %s, %s, '{}', 'A shared log-in.', %s, false)",
            [owners.partner, [one.user_id], owners.solicitor],
        )
    assert not reads(one)
    assert reads(other)
