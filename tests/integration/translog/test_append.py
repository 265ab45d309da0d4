"""Appending: with its transaction or not at all, and never undone."""

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from openpars.engine import address
from openpars.errors import BadInput
from openpars.translog import actions, queries
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs

pytestmark = pytest.mark.django_db


def test_an_entry_stands_or_falls_with_its_transaction(signer: FileSigner) -> None:
    with transaction.atomic():
        lost = actions.append(leaf=b"lost")
        transaction.set_rollback(True)
    kept = logs.append(1)
    assert logs.integrate(signer) == actions.Integrated(1, 1)
    assert queries.index_of(kept[0]) == 0
    assert queries.index_of(lost) is None


@pytest.mark.django_db(transaction=True)
def test_an_entry_apart_from_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="needs the transaction"):
        actions.append(leaf=b"x")
    assert queries.pending() == 0


@pytest.mark.parametrize("size", [0, 65_536])
def test_an_entry_that_no_bundle_can_hold_is_refused(size: int) -> None:
    with pytest.raises(BadInput, match=f"must have 1 to 65535 bytes, not {size}"):
        actions.append(leaf=bytes(size))
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("INSERT INTO translog_pending (leaf) VALUES (%s)", [bytes(size)])


def test_the_longest_entry_fits(signer: FileSigner) -> None:
    with transaction.atomic():
        number = actions.append(leaf=bytes(65_535))
    logs.integrate(signer)
    assert len(queries.receipt(number) or "") > 87_000
    assert queries.entries(0, 1) == b"\xff\xff" + bytes(65_535)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE translog_entry SET leaf = 'x' WHERE index = 0",
        "UPDATE translog_entry SET index = 99 WHERE index = 0",
        "DELETE FROM translog_entry WHERE index = 1",
        "UPDATE translog_checkpoint SET text = ''",
        "DELETE FROM translog_checkpoint",
        "UPDATE translog_pending SET leaf = 'x'",
        "DELETE FROM translog_pending",
    ],
)
def test_law_the_log_is_append_only_even_for_its_owner(signer: FileSigner, statement: str) -> None:
    logs.append(2)
    logs.integrate(signer)
    logs.append(1)
    with pytest.raises(DatabaseError, match="append-only"):
        logs.execute(statement)
    assert (logs.verified_size(signer), queries.pending()) == (2, 1)


@pytest.mark.parametrize("table", ["translog_entry", "translog_checkpoint", "translog_pending"])
def test_law_the_log_cannot_be_emptied(table: str) -> None:
    # tests/conftest.py lets this trigger rest, so that transactional tests can be cleaned up after.
    logs.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_no_truncate")
    with pytest.raises(DatabaseError, match="append-only"):
        logs.execute(f"TRUNCATE {table}")


def test_a_pending_entry_leaves_for_the_log_only_as_it_was(signer: FileSigner) -> None:
    (number,) = logs.append(1)
    insert = "INSERT INTO translog_entry (index, pending_id, leaf, recorded_at)"
    with pytest.raises(DatabaseError, match="not in the tree"):
        logs.execute(f"{insert} VALUES (0, {number}, 'other', now())", "DELETE FROM translog_pending")
    assert logs.integrate(signer).added == 1


def test_nobody_chooses_a_pending_id() -> None:
    with pytest.raises(DatabaseError, match="cannot insert"):
        logs.execute("INSERT INTO translog_pending (id, leaf) VALUES (1, 'x')")


@pytest.mark.django_db(transaction=True)
def test_the_pages_role_may_read_and_nothing_else() -> None:
    where = address.owner().as_kind("app").conninfo()
    with psycopg.connect(**where, autocommit=True) as app:  # type: ignore[arg-type]
        assert app.execute("SELECT count(*) FROM translog_pending").fetchone() == (0,)
        for statement in (
            "INSERT INTO translog_pending (leaf) VALUES ('x')",
            "INSERT INTO translog_pending (leaf, recorded_at) VALUES ('x', now())",
            "INSERT INTO translog_entry VALUES (0, 0, 'x', now())",
            "DELETE FROM translog_pending",
            "UPDATE translog_tile SET hashes = ''",
            "INSERT INTO translog_checkpoint VALUES (1, '', '', now())",
            "TRUNCATE translog_entry",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)


@pytest.mark.django_db(transaction=True)
def test_the_gateway_has_nothing_in_the_log() -> None:
    where = address.owner().as_kind("gateway").conninfo()
    with psycopg.connect(**where, autocommit=True) as gateway:  # type: ignore[arg-type]
        for table in ("pending", "entry", "tile", "checkpoint"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                gateway.execute(f"SELECT 1 FROM translog_{table}")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            gateway.execute("INSERT INTO translog_pending (leaf) VALUES ('x')")
