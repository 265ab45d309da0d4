"""Looks at the log of looks, through the gateway: begun with a power or a session, read, ended with an entry.

The transaction is the disclosure's own (design section 4): nothing that is read leaves before the entry is durable.
What may be read is the guard's to say (sql/accounting.sql); this is how it is asked.
"""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from uuid import UUID, uuid4

import psycopg
from psycopg_pool import PoolTimeout

from openpars.agencies.events import refusals_noted
from openpars.disclosure import gateway
from openpars.disclosure.gateway import Connection, Row
from openpars.disclosure.rules import entry
from openpars.errors import Conflict, DatabaseUnavailable, Fault, NotEmpowered, NotFound
from openpars.translog.rules.commitment import SALT_SIZE

KINDS = {"account": "account", "client": "account_client", "own": "", "audit": "audit"}
"""Kinds of looks at the log of looks, each with the verb that it needs (empty: a session instead); the others are looks
at records."""
NO_POWER, NOT_THEIRS, MALFORMED = "OP012", "OP003", "OP007"


@dataclass
class Look:
    """A look under way. `answer` and `lines` are what is handed over, and must be set before it ends; with them it
    gets `pending_id`, by which its receipt is found."""

    opened: Connection
    disclosure: UUID
    at: str
    agency_ori: str
    answer: object = None
    lines: int = 0
    salt: bytes = b""
    pending_id: int = 0

    def rows(self, statement: str, *arguments: object) -> list[Row]:
        """What one of the guard's reads answers."""
        return self.opened.execute(statement, arguments).fetchall()


@contextmanager
def look(
    kind: str, *, asked: Mapping[str, object], asker: UUID | None = None, session: str | None = None
) -> Iterator[Look]:
    """One look of this kind, by `asker` or in a session. `asked` is what is looked at, and the protected part of it.

    Raises NotEmpowered where the charter gives no such power, NotFound where there is no such arrest or session of
    theirs, DatabaseUnavailable, Fault."""
    disclosure, salt = uuid4(), secrets.token_bytes(SALT_SIZE)
    criteria = dict(asked)
    with refusals_noted(KINDS[kind], asker or ""), _connection() as opened, opened.transaction():
        kept = criteria | ({"session": session} if session else {})
        (begun,) = opened.execute(
            "SELECT * FROM guard.begin_look(%s, %s, %s, %s, %s, %s)",
            [disclosure, kind, asker, session, json.dumps(kept), salt],
        ).fetchall()
        under_way = Look(opened, disclosure, begun["at"], begun["agency"], salt=salt)
        yield under_way
        subjects = under_way.rows("SELECT DISTINCT tag FROM guard.look_subjects()")
        leaf = entry.looked(
            disclosure=disclosure,
            at=begun["at"],
            salt=salt,
            kind=kind,
            asker=asker,
            agency_ori=begun["agency"],
            clause=begun["clause"],
            criteria=criteria,
            lines=under_way.lines,
            subjects=[row["tag"] for row in subjects],
            answer=under_way.answer,
        )
        (ended,) = under_way.rows("SELECT guard.end_look(%s) AS entry", leaf)
        under_way.pending_id = ended["entry"]


def act(verb: str, by: UUID, statement: str, *arguments: object) -> Row:
    """One of the guard's acts at the log of looks, whose function takes `by` first. A missing power is noted as an
    event. Raises as `call` does."""
    with refusals_noted(verb, by):
        (row,) = call(statement, by, *arguments)
    return row


def call(statement: str, *arguments: object) -> list[Row]:
    """One of the guard's functions, in a transaction of its own. Raises as `look` does, and Conflict where the guard
    finds that what is asked for makes no sense."""
    with _connection() as opened, opened.transaction():
        return opened.execute(statement, arguments).fetchall()


@contextmanager
def _connection() -> Iterator[Connection]:
    try:
        with gateway.pool().connection() as borrowed:
            yield borrowed
    except (psycopg.OperationalError, PoolTimeout) as error:
        raise DatabaseUnavailable(DatabaseUnavailable.words) from error
    except psycopg.Error as error:
        raise _meant(error.sqlstate) from None


def _meant(state: str | None) -> Exception:
    if state == NO_POWER:
        return NotEmpowered("Your role has no such power under the charter in force.")
    if state == NOT_THEIRS:
        return NotFound("there is no such record, or none that is yours to ask about")
    if state == MALFORMED:
        return Conflict("this cannot be done: look at what was given")
    return Fault(f"The database refused to go on (SQLSTATE {state}). Nothing was released.")
