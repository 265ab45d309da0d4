"""Calls of the guard's functions in the life of agreements (disclosure/sql), and what their refusals mean."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from openpars.agencies.events import refusals_noted
from openpars.errors import Conflict, DatabaseUnavailable, NotEmpowered, NotFound


def call(function: str, values: list[Any]) -> tuple[Any, ...]:
    """What one of the guard's functions for people's acts answers, in a transaction of its own. `function` is our own
    text; the person who acts is the last id of its values.

    Raises NotEmpowered (and has it noted), Conflict, NotFound, DatabaseUnavailable."""
    by = next(value for value in reversed(values) if isinstance(value, UUID))
    verb = (
        values[0] if function.startswith("guard.change_") else function[len("guard.") : function.index("(")]
    )
    with refusals_noted(verb, by), refusing(), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {function}", values)  # noqa: S608 - the functions are named above
        row: tuple[Any, ...] = cursor.fetchone()
    return row


@contextmanager
def refusing() -> Iterator[None]:
    """The guard's refusals, as ours: raises as `call` does."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise DatabaseUnavailable("the database stopped answering: nothing of this was done") from None
    except DatabaseError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        words = getattr(getattr(error.__cause__, "diag", None), "message_primary", None) or ""
        if state in ("OP012", "42501"):
            raise NotEmpowered(NotEmpowered.words) from None
        if state == "OP013":
            raise Conflict(words) from None
        if state == "OP014":
            raise NotFound(words) from None
        raise
