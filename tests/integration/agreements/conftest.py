"""A database in which an agreement can be brought into force and its views be read as its role."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection, transaction

from openpars import clock
from openpars.agreements import actions, proposals
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.lifecycle import Stage
from openpars.agreements.rules.terms import Agreement, with_term
from openpars.engine import roles
from openpars.translog.rules import canonical
from tests.factories import proceedings as life

EXAMPLES = Path(__file__).resolve().parents[3] / "examples"
NOW = clock.now()


def current(agreement: Agreement) -> Agreement:
    """The agreement for a term that covers now."""
    today = NOW.date()
    return with_term(agreement, today - timedelta(days=5), today + timedelta(days=30))


@pytest.fixture
def neighbor() -> Agreement:
    """The starter agreement, with a term that covers now."""
    return current(parse((EXAMPLES / "neighbor-police.toml").read_text()))


@pytest.fixture
def charter() -> Agreement:
    """The owners' charter, with a term that covers now."""
    return current(parse((EXAMPLES / "charter.toml").read_text()))


@pytest.fixture
def enforced(db: None) -> Callable[..., int]:
    """Brings an agreement into force now, and answers its number."""

    def bring(agreement: Agreement, **changes: object) -> int:
        text = render(replace(agreement, **changes))
        return actions.enforce(text=text, by="a test", at=NOW)

    return bring


def run(statement: str, values: list[object] | None = None) -> list[tuple[object, ...]]:
    """Run one statement and fetch what it answers."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values or [])
        return cursor.fetchall() if cursor.description else []


def entries() -> list[dict[str, object]]:
    """The entries that wait for the log; each is canonical."""
    leaves = [bytes(row[0]) for row in run("SELECT leaf FROM translog_pending ORDER BY id")]
    assert all(canonical.decode(leaf) for leaf in leaves)
    return [json.loads(leaf) for leaf in leaves]


def stage(city: life.City, proposal: object) -> Stage:
    return proposals.proposal(proposal, at=city.at).stage(city.at)  # type: ignore[arg-type]


def database() -> str:
    """The test database's name, with which its roles begin."""
    return str(connection.settings_dict["NAME"])


@pytest.fixture
def open_guard(db: None) -> None:
    """Stands aside the guard for this test's transaction: whoever reads as a permit's role has a disclosure begun.
    Must come before the views are made, for they hold on to the view that they were made with."""
    views, walled = (roles.name(database(), kind) for kind in ("views", "walled"))
    run("ALTER VIEW guard.begun RENAME TO really_begun")
    run(
        "CREATE VIEW guard.begun AS SELECT p.schema, 'search'::text AS kind,"
        " '11111111-1111-4111-8111-111111111111'::uuid AS asker FROM agreements_permit p"
        " WHERE current_user = current_database() || '_' || p.schema"
    )
    run(f'GRANT SELECT ON guard.begun TO "{views}", "{walled}"')


@contextmanager
def as_permit(number: int, position: int = 1) -> Iterator[None]:
    """Within, statements run as the permit's role, as the gateway would."""
    role = roles.name(database(), f"agreement_{number}_{position}")
    with transaction.atomic():
        run(f'GRANT "{role}" TO CURRENT_USER')
        run(f'SET LOCAL ROLE "{role}"')
        yield
        run("RESET ROLE")
