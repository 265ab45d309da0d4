"""No entry, no data (promise 2), at its hinge: what makes a view believe that a disclosure was begun.

Whoever has taken over the gateway sets what settings they like, in whatever order, and sees nothing by them.
"""

import uuid

import psycopg
import pytest

from openpars.translog.rules import canonical
from tests.integration.disclosure.city import City, under
from tests.integration.disclosure.test_attacks import begin, end, thief, wear

A_THIEF_COMMITS = True
"""Entries whose commitments open to nothing: `log fsck` would say so."""
SETTINGS = ("guard.disclosure", "guard.place")


def marks(door) -> list[str]:
    """What this transaction's settings say of the disclosure that was begun in it."""
    return [door.execute("SELECT current_setting(%s)", [name]).fetchone()[0] for name in SETTINGS]


def forge(door, said: list[str]) -> None:
    """Say the same in this transaction."""
    for name, value in zip(SETTINGS, said, strict=True):
        door.execute("SELECT set_config(%s, %s, true)", [name, value])


def seen(door, number: int) -> int:
    """How many arrests the permit's view shows in this transaction."""
    (rows,) = door.execute(f"SELECT count(*) FROM {wear(door, number)}").fetchone()
    door.execute("RESET ROLE")
    return rows


def test_what_was_begun_is_seen_and_once_it_is_ended_no_more(city: City) -> None:
    """So that none of the emptinesses below is for a wrong reason."""
    city.arrest()
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        kept = marks(door)
        assert seen(door, number) > 0
        door.execute("SELECT guard.end_disclosure(%s, '{}', ARRAY['name'])", [leaf])
        forge(door, kept)
        assert seen(door, number) == 0


def test_the_marks_of_a_transaction_that_committed(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        leaf = canonical.encode(begin(door, asker, number))
        kept = marks(door)
        end(door, leaf)
        assert seen(door, number) == 0
        door.execute("BEGIN")
        assert seen(door, number) == 0
        forge(door, kept)
        assert seen(door, number) == 0
        door.execute("SELECT pg_current_xact_id()")
        assert seen(door, number) == 0


def test_the_marks_of_a_transaction_that_was_rolled_back(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        begin(door, asker, number)
        kept = marks(door)
        door.execute("ROLLBACK")
        door.execute("BEGIN")
        forge(door, kept)
        door.execute("SELECT pg_current_xact_id()")
        assert seen(door, number) == 0


def test_the_marks_of_a_savepoint_that_was_rolled_back(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        door.execute("BEGIN")
        door.execute("SELECT pg_current_xact_id()")
        door.execute("SAVEPOINT before")
        # (A second BEGIN is a warning: the same transaction goes on.)
        begin(door, asker, number)
        kept = marks(door)
        assert seen(door, number) > 0
        door.execute("ROLLBACK TO before")
        assert seen(door, number) == 0
        forge(door, kept)
        assert seen(door, number) == 0


def test_the_marks_of_somebody_elses_disclosure_under_way(city: City) -> None:
    city.arrest()
    asker, number = under()
    with thief() as other, thief() as door:
        begin(other, asker, number)
        door.execute("BEGIN")
        forge(door, marks(other))
        door.execute("SELECT pg_current_xact_id()")
        assert seen(door, number) == 0


def test_the_marks_of_a_disclosure_under_another_permit(city: City) -> None:
    city.arrest()
    asker, number = under()
    _, other = under()
    with thief() as door:
        begin(door, asker, number)
        assert seen(door, other) == 0
        assert seen(door, number) > 0


@pytest.mark.parametrize("value", ["", "(0,1)", "(9999,1)"])
@pytest.mark.parametrize("begun", [True, False])
def test_a_place_where_nothing_was_begun(city: City, value: str, begun: bool) -> None:
    city.arrest()
    asker, number = under()
    with thief() as door:
        door.execute("BEGIN")
        if begun:
            begin(door, asker, number)
        forge(door, [str(uuid.uuid4()), value])
        assert seen(door, number) == 0


@pytest.mark.parametrize("kind", ["gateway", "app", "permit"])
def test_nobody_but_the_views_owners_looks(city: City, kind: str) -> None:
    asker, number = under()
    with thief("app" if kind == "app" else "gateway") as door:
        if kind != "app":
            begin(door, asker, number)
        if kind == "permit":
            wear(door, number)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            door.execute("SELECT * FROM guard.begun")
