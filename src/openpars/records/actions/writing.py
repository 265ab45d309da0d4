"""How verbs write rows: without reading them back, for the desk's role may not read what it writes.

What every arrest goes through is said in SQL by hand (`insert`, `touch`, `read`, `changed`): to compose such a
statement anew each time takes the ORM five times as long as asking it.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid4

from django.db import connection, models

from openpars.errors import Conflict, NotFound
from openpars.records.models import Arrest

CHANGED_MEANWHILE = "somebody else has changed this arrest since you saw it: look at it again"


def insert(model: type[models.Model], rows: Iterable[Mapping[str, Any]]) -> tuple[UUID, ...]:
    """Insert rows, given by attribute name, in one statement; what is not given is the model's default. Answers
    their ids, made here where none is given."""
    fields = _fields(model)
    given = [{"id": uuid4(), **row} for row in rows]
    if not given:
        return ()
    if unknown := {name for row in given for name in row} - set(fields):
        raise TypeError(f"{model.__name__} has no {', '.join(sorted(unknown))}")
    values = [
        field.get_db_prep_save(row[name] if name in row else field.get_default(), connection)
        for row in given
        for name, field in fields.items()
    ]
    columns = ", ".join(field.column or "" for field in fields.values())
    marks = f"({', '.join(['%s'] * len(fields))})"
    statement = f"INSERT INTO {model._meta.db_table} ({columns}) VALUES {', '.join([marks] * len(given))}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
    return tuple(row["id"] for row in given)


def touch(arrest: UUID, *, seen: int | None = None, **columns: Any) -> None:
    """Count the arrest's version up and change `columns` with it; this holds the arrest until the commit, so that
    of two desks the second sees what the first did. Raises NotFound, and Conflict where the version is not the
    one that was `seen`."""
    fields = _fields(Arrest)
    more = "".join(f", {fields[name].column} = %s" for name in columns)
    values = [fields[name].get_db_prep_save(value, connection) for name, value in columns.items()]
    held = f"UPDATE records_arrest SET version = version + 1{more} WHERE id = %s AND version = coalesce(%s, version)"  # noqa: S608
    if changed(held, *values, arrest, seen):
        return
    if Arrest.objects.filter(pk=arrest).exists():
        raise Conflict(CHANGED_MEANWHILE)
    raise NotFound("no such arrest")


def read(statement: str, *values: Any) -> list[tuple[Any, ...]]:
    """The rows that a statement of ours answers; `values` take the place of its %s."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall())


def changed(statement: str, *values: Any) -> int:
    """How many rows a statement of ours has changed; `values` take the place of its %s."""
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)


def person(by: UUID | str) -> UUID:
    """The person who writes; the nil UUID where a machine does, which is nobody."""
    return by if isinstance(by, UUID) else UUID(int=0)


@lru_cache(maxsize=64)
def _fields(model: type[models.Model]) -> "dict[str, models.Field[Any, Any]]":
    return {field.attname: field for field in model._meta.concrete_fields if not field.generated}
