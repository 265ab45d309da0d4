"""The gateway: the one way to the records, as a role that can do nothing by itself.

A pool of connections as `<db>_gateway`, which has no privilege on any table. The disclosure transaction
(design section 4) takes two or three round trips: what can travel together does, in a pipeline.
"""

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from django.conf import settings
from django.db import connection as django_connection
from psycopg.rows import dict_row
from psycopg_pool import ConnectionPool, PoolTimeout

from openpars.engine import address, roles
from openpars.errors import DatabaseUnavailable, Fault

Row = dict[str, Any]
Connection = psycopg.Connection[Row]
Parameters = Sequence[object] | Mapping[str, object]

REASONS = {
    "OP002": "not-in-force",
    "OP003": "no-standing",
    "OP004": "purpose-not-permitted",
    "OP005": "limit-reached",
    "OP006": "stale",
    "OP020": "not-to-be-subscribed",
    "OP021": "outside-hours",
    "OP022": "case-unknown",
    "OP023": "approval-missing",
    "OP024": "too-many-people",
    "OP025": "case-number-missing",
}
"""What the guard's SQLSTATEs mean. Anything else is a fault, and releases nothing."""

ATTEMPTS = 3
"""How often a request is begun anew when agreements changed under it, or a server had been restarted."""

SIMILAR = 0.3
"""From which similarity on names are alike, unless a look says otherwise: pg_trgm's own."""

_pools: dict[str, ConnectionPool[Connection]] = {}
_pools_lock = threading.Lock()


class GuardRefused(Exception):
    """The database itself refused; `reason` is a word of REASONS. Never leaves this package."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


def pool() -> ConnectionPool[Connection]:
    """This process's pool for the current database."""
    where = django_connection.settings_dict
    database = str(where["NAME"])
    with _pools_lock:
        if database not in _pools:
            _pools[database] = ConnectionPool(
                kwargs={
                    "host": where["HOST"],
                    "port": where["PORT"],
                    "dbname": database,
                    "user": roles.name(database, "gateway"),
                    "password": address.passwords()["gateway"],
                    "autocommit": True,
                    "row_factory": dict_row,
                    "prepare_threshold": 2,
                    "connect_timeout": 5,
                },
                min_size=0,
                max_size=settings.GATEWAY_CONNECTIONS,
                timeout=5,
                open=True,
                name=f"gateway of {database}",
            )
        return _pools[database]


def close() -> None:
    """Close this process's pools; the next request opens new ones."""
    with _pools_lock:
        for opened in _pools.values():
            opened.close()
        _pools.clear()


class ConnectionLost(Exception):
    """The connection broke before a disclosure was begun, and nothing happened; or around a refusal, which may be
    entered. Never leaves this package."""


class AlreadyEntered(Exception):
    """The refusal was entered by a try whose connection broke. Never leaves this package."""


@contextmanager
def connection() -> Iterator[Connection]:
    """A connection of the gateway, idle before and after: whatever went wrong, nothing stays open.

    Raises DatabaseUnavailable when the database cannot be reached or goes away, GuardRefused when the guard
    says no, Fault for anything else that the database says."""
    try:
        with pool().connection() as borrowed:
            try:
                yield borrowed
            finally:
                _abandon(borrowed)
    except (PoolTimeout, psycopg.OperationalError) as error:
        raise DatabaseUnavailable(DatabaseUnavailable.words) from error
    except psycopg.Error as error:
        if error.sqlstate in REASONS:
            raise GuardRefused(REASONS[error.sqlstate]) from error
        raise Fault(
            f"The database refused to go on (SQLSTATE {error.sqlstate}). Nothing was released."
        ) from error


def _abandon(borrowed: Connection) -> None:
    if not borrowed.closed and borrowed.info.transaction_status != psycopg.pq.TransactionStatus.IDLE:
        borrowed.rollback()


@contextmanager
def noticing_loss(opened: Connection) -> Iterator[None]:
    """Raises ConnectionLost where the connection turns out to be gone, as a pooled one is after a server's restart."""
    try:
        yield
    except psycopg.OperationalError as error:
        if opened.closed:
            raise ConnectionLost from error
        raise


def begin(
    opened: Connection,
    *,
    disclosure: UUID,
    schema: str,
    asker: UUID,
    kind: str,
    purpose: str,
    asked: Mapping[str, object],
    salt: bytes,
    epoch: int,
    reads: Sequence[tuple[bytes, Parameters]],
) -> tuple[str, list[list[Row]]]:
    """Begin the disclosure, put on the permit's role and read, in one round trip.

    Answers the disclosure's stamp and the rows of each read. If the guard refuses, no read runs."""
    role = roles.name(opened.info.dbname, schema)
    arguments = [disclosure, schema, asker, kind, purpose, json.dumps(asked), salt, epoch, role]
    with noticing_loss(opened):
        return _begin(opened, arguments, reads)


def _begin(
    opened: Connection,
    arguments: Sequence[object],
    reads: Sequence[tuple[bytes, Parameters]],
) -> tuple[str, list[list[Row]]]:
    with opened.pipeline():
        opened.execute("BEGIN")
        began = opened.execute(
            # The same as SET LOCAL ROLE, without a statement of its own.
            "SELECT guard.begin_disclosure(%s, %s, %s, %s, %s, %s, %s, %s) AS at, set_config('role', %s, true)",
            arguments,
        )
        cursors = [opened.execute(query, parameters) for query, parameters in reads]
    stamp = began.fetchone()
    rows = [cursor.fetchall() for cursor in cursors]
    if stamp is None:
        raise Fault("The guard did not answer. Nothing was released.")
    return str(stamp["at"]), rows


def read(opened: Connection, query: bytes, parameters: Parameters) -> list[Row]:
    """One more read under the permit's role, in the disclosure that was begun."""
    return opened.execute(query, parameters).fetchall()


def look_wider(opened: Connection, query: bytes, parameters: Parameters, *, alike: float) -> list[Row]:
    """A read by names that are alike, from the similarity `alike` on (pg_trgm). It is planned with its values: a plan
    for all values takes a hundredth of all people to be alike, and reads every arrest to join them."""
    with opened.pipeline():
        opened.execute(
            "SELECT set_config('plan_cache_mode', 'force_custom_plan', true),"
            " set_config('pg_trgm.similarity_threshold', %s, true)",
            [str(alike)],
        )
        found = opened.execute(query, parameters)
        opened.execute("SET LOCAL plan_cache_mode TO DEFAULT")
    return found.fetchall()


def write(opened: Connection, query: str, parameters: Sequence[object]) -> None:
    """Call a function of the guard within the disclosure that was begun, without the permit's role."""
    with opened.pipeline():
        opened.execute("RESET ROLE")
        opened.execute(query, parameters)


def end(opened: Connection, *, leaf: bytes, arrests: Sequence[UUID], elements: Sequence[str]) -> int:
    """Write the entry and commit, in one round trip. Only when this returns may anything be handed over.

    Answers the entry's number among the pending ones."""
    with opened.pipeline():
        opened.execute("RESET ROLE")
        ended = opened.execute(
            "SELECT guard.end_disclosure(%s, %s, %s) AS entry", [leaf, list(arrests), list(elements)]
        )
        committed = opened.execute("COMMIT")
    row = ended.fetchone()
    # PostgreSQL answers COMMIT with ROLLBACK, and no error, where the transaction had failed before.
    if row is None or committed.statusmessage != "COMMIT":
        raise Fault("The entry was not written. Nothing was released.")
    return int(row["entry"])


def now(opened: Connection) -> tuple[str, datetime]:
    """The guard's clock: as a stamp for an entry, and as a moment."""
    row = opened.execute(
        "WITH clock AS MATERIALIZED (SELECT guard.now() AS at) SELECT at, guard.stamp(at) AS stamp FROM clock"
    ).fetchone()
    if row is None:
        raise Fault("The guard's clock did not answer.")
    return str(row["stamp"]), row["at"]


def refuse(
    opened: Connection,
    *,
    disclosure: UUID,
    asker: UUID,
    kind: str,
    purpose: str,
    reason: str,
    clause: str,
    at: datetime,
    asked: Mapping[str, object],
    salt: bytes,
    leaf: bytes,
) -> int:
    """Write down a refusal, durably once its transaction commits. Answers its entry's number among the pending ones.

    Raises AlreadyEntered where there is one of this id, which only an earlier try can have entered."""
    try:
        row = opened.execute(
            "SELECT guard.record_refusal(%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) AS entry",
            [disclosure, asker, kind, purpose, reason, clause, at, json.dumps(asked), salt, leaf],
        ).fetchone()
    except psycopg.errors.UniqueViolation as error:
        raise AlreadyEntered from error
    if row is None:
        raise Fault("The refusal was not written.")
    return int(row["entry"])
