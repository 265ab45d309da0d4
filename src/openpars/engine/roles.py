"""The database's own people: which PostgreSQL roles there are, and what each is for.

Role names belong to the whole cluster, so each is prefixed with its database's name: two databases of one
cluster (a city's and its tests') never share a role.

    <db>_app      log-in role of the pages and the API: sessions, people who use the system, agreements;
                  not one privilege on a record
    <db>_gateway  log-in role of the one door: no privilege on any table; runs the guard's functions and may
                  SET ROLE to the roles of permits in force
    <db>_views    owns the views of permits; may read records, but nothing behind the wall
    <db>_walled   owns the tables behind the wall and the views of permits that name victims or witnesses
    <db>_desk     put on for the length of one verb of the owners' people: may write records, and read of them
                  ids, states and times, never a name; writes nothing that no trace stands for
"""

from collections.abc import Mapping
from typing import Any, Protocol

from psycopg import sql

from openpars.errors import BadInput

LOGIN = ("app", "gateway")
OWNING = ("views", "walled")
WRITING = ("desk",)
KINDS = LOGIN + OWNING + WRITING
MOST_CONNECTIONS = 40
"""How many sessions a log-in role may have at once; PostgreSQL takes 100 of all roles unless told otherwise."""
LONGEST_DATABASE_NAME = 40
"""PostgreSQL cuts names at 63 bytes: a longer database name would make two roles one."""


class Cursor(Protocol):
    """What is needed of a database cursor, Django's or psycopg's."""

    def execute(self, query: Any, params: Any = None, /) -> Any: ...
    def fetchone(self) -> Any: ...


def name(database: str, kind: str) -> str:
    """The role of `kind` (or a permit's suffix, such as `agreement_3_1`) in `database`.

    >>> name("city", "gateway")
    'city_gateway'
    """
    return f"{database}_{kind}"


def ensure(cursor: Cursor, database: str) -> None:
    """Create the roles of `database` where they are missing. The caller becomes a member of the owning two, so
    that it can hand views over to them, and of the writing one, as does the pages' role: it writes in no other
    way. Needs CREATEROLE. Log-in roles have no password yet: see `set_passwords`."""
    if len(database.encode()) > LONGEST_DATABASE_NAME:
        raise BadInput.one("database", f"its name must have at most {LONGEST_DATABASE_NAME} bytes")
    for kind in KINDS:
        role = name(database, kind)
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role])
        if cursor.fetchone() is None:
            can_login = "LOGIN NOINHERIT" if kind in LOGIN else "NOLOGIN"
            cursor.execute(f'CREATE ROLE "{role}" {can_login}')
        if kind not in LOGIN:
            cursor.execute(f'GRANT "{role}" TO CURRENT_USER')
        else:
            # A log-in role may change its own defaults and take every connection: neither lasts, nor locks out
            # whoever comes to suspend it.
            cursor.execute(f'ALTER ROLE "{role}" RESET ALL')
            cursor.execute(f'ALTER ROLE "{role}" CONNECTION LIMIT {MOST_CONNECTIONS}')
    cursor.execute(f'GRANT "{name(database, "desk")}" TO "{name(database, "app")}"')
    gateway = name(database, "gateway")
    # A lock held by a request that hangs would hold up the end of an agreement: the server cuts it short.
    cursor.execute(f"ALTER ROLE \"{gateway}\" SET idle_in_transaction_session_timeout = '5s'")
    cursor.execute(f"ALTER ROLE \"{gateway}\" SET statement_timeout = '10s'")
    # The door's statements are few and their plans never depend on the values: planning each anew doubled them.
    cursor.execute(f"ALTER ROLE \"{gateway}\" SET plan_cache_mode = 'force_generic_plan'")
    cursor.execute(f'ALTER ROLE "{gateway}" SET jit = off')


def set_passwords(cursor: Cursor, database: str, passwords: Mapping[str, str]) -> None:
    """Give the log-in roles of `database` their passwords: kind -> password."""
    for kind in LOGIN:
        role, password = name(database, kind), passwords[kind]
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        cursor.execute(statement.as_string(None))
