"""What `openpars doctor` looks at: the machine and the database, one check at a time.

A check says what is so and, where it is not well, what to do, in one sentence each. `warn` is for what an
operator must decide on, `fail` for what breaks a promise.
"""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from psycopg.conninfo import make_conninfo

from openpars import clock
from openpars.engine import address, programs, roles, server
from openpars.engine.address import Address
from openpars.errors import DatabaseUnavailable, OpenParsError

MINIMUM = {15: 20, 16: 16, 17: 12, 18: 7}
"""The minor release of each major that carries the security fixes of 2026-11-13."""

_GIGABYTE = 1024**3
_LOOPBACK = ("localhost", "127.0.0.1", "::1")

# Ordinary privileges only: a permit's schema holds views, and its role is no log-in role.
_PRIVILEGES = """
SELECT r.rolname, count(*) FROM pg_roles r, pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE r.rolname = ANY(%s) AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
  AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND (r.rolname = %s OR n.nspname = 'walled' OR starts_with(c.relname, 'records_')
       OR starts_with(n.nspname, 'agreement_'))
  AND (has_table_privilege(r.oid, c.oid, 'SELECT,INSERT,UPDATE,DELETE,TRUNCATE,REFERENCES,TRIGGER')
       OR has_any_column_privilege(r.oid, c.oid, 'SELECT,INSERT,UPDATE,REFERENCES'))
GROUP BY r.rolname ORDER BY r.rolname
"""


@dataclass(frozen=True)
class Check:
    """One thing looked at. `state` is ok, warn or fail; `says` is what was found and what to do about it."""

    name: str
    state: str
    says: str


def everything() -> Iterator[Check]:
    """All checks, as they are made. Where the database cannot be reached, that is the last of them."""
    yield from (_programs(), _keys(), _disk("state folder", address.state_folder()))
    try:
        where = address.owner()
        connection = _connect(where)
    except (psycopg.OperationalError, DatabaseUnavailable) as error:
        remedy = "" if os.environ.get("DATABASE_URL") else " `openpars db start` starts it."
        says = f"The database cannot be reached: {str(error).splitlines()[0]}.{remedy}"
        yield Check("database", "fail", says)
        return
    with connection:
        for look in _LOOKS:
            try:
                yield look(connection, where)
            except psycopg.Error as error:
                name = look.__name__.lstrip("_").replace("_", " ")
                yield Check(name, "fail", f"The database did not answer: {str(error).splitlines()[0]}")


def _connect(where: Address) -> psycopg.Connection[Any]:
    return psycopg.connect(make_conninfo("", **where.conninfo()), autocommit=True, connect_timeout=10)


def _programs() -> Check:
    try:
        using = programs.choose(server.data_major())
    except OpenParsError as error:
        return Check("programs", "warn", f"{error} (Needed only for the embedded server.)")
    return Check("programs", "ok", f"PostgreSQL {using.version} in {using.folder} ({using.source}).")


def _keys() -> Check:
    state = address.state_folder()
    kept = [*state.glob("*.key"), *state.glob("*.json")]
    wide = sorted(path.name for path in kept if stat.S_IMODE(path.stat().st_mode) & 0o077)
    if stat.S_IMODE(state.stat().st_mode) & 0o077:
        wide.append("the folder itself")
    if wide:
        return Check("keys", "fail", f"Others may read {', '.join(wide)} in {state}: chmod go-rwx them.")
    return Check("keys", "ok", f"Only their owner may read the keys and passwords in {state}.")


def _disk(name: str, folder: Path) -> Check:
    free = shutil.disk_usage(folder).free
    state = "fail" if free < _GIGABYTE // 2 else "warn" if free < 5 * _GIGABYTE else "ok"
    advice = "" if state == "ok" else ": make room, for without space for the log entry nothing is disclosed"
    return Check(f"disk, {name}", state, f"{free / _GIGABYTE:.1f} GB free under {folder}{advice}.")


def _version(connection: psycopg.Connection[Any], where: Address) -> Check:
    major, minor = divmod(connection.info.server_version, 10000)
    running = f"The server is PostgreSQL {major}.{minor}"
    if major < programs.OLDEST_MAJOR:
        return Check("version", "fail", f"{running}: at least {programs.OLDEST_MAJOR} is needed.")
    if major not in MINIMUM:
        return Check(
            "version", "warn", f"{running}, a major that this version of OpenPARS was not tested on."
        )
    if minor < MINIMUM[major]:
        return Check(
            "version",
            "warn",
            f"{running}, which LACKS SECURITY FIXES: {major}.{MINIMUM[major]} or later is needed before real "
            "people's records go in.",
        )
    return Check("version", "ok", f"{running}.")


def _extensions(connection: psycopg.Connection[Any], where: Address) -> Check:
    found = connection.execute(
        "SELECT name FROM pg_available_extensions WHERE name = ANY(%s)", [list(programs.EXTENSIONS)]
    )
    missing = sorted(set(programs.EXTENSIONS) - {name for (name,) in found})
    if missing:
        return Check(
            "extensions", "fail", f"{', '.join(missing)} missing: install PostgreSQL's contrib package."
        )
    return Check("extensions", "ok", f"{', '.join(programs.EXTENSIONS)} can be had.")


def _roles(connection: psycopg.Connection[Any], where: Address) -> Check:
    wanted = {roles.name(where.database, kind): kind in roles.LOGIN for kind in roles.KINDS}
    rows = connection.execute(
        "SELECT rolname, rolcanlogin, rolinherit, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication"
        " OR rolbypassrls FROM pg_roles WHERE rolname = ANY(%s)",
        [list(wanted)],
    ).fetchall()
    missing = sorted(set(wanted) - {row[0] for row in rows})
    if missing:
        return Check("roles", "fail", f"{', '.join(missing)} missing: run `openpars db migrate`.")
    wrong = sorted(
        name
        for name, can_login, inherits, mighty in rows
        if mighty or can_login != wanted[name] or (can_login and inherits)
    )
    if wrong:
        return Check(
            "roles", "fail", f"{', '.join(wrong)} may do more or less than it should: see ALTER ROLE."
        )
    return Check("roles", "ok", f"{', '.join(sorted(wanted))} are as they should be.")


def _privileges(connection: psycopg.Connection[Any], where: Address) -> Check:
    names = [roles.name(where.database, kind) for kind in roles.LOGIN]
    rows = connection.execute(_PRIVILEGES, [names, roles.name(where.database, "gateway")]).fetchall()
    if rows:
        found = ", ".join(f"{role} on {count}" for role, count in rows)
        return Check("privileges", "fail", f"Privileges that must not be: {found} relation(s). REVOKE them.")
    return Check("privileges", "ok", "The log-in roles hold no privilege on a record.")


def _log_in(connection: psycopg.Connection[Any], where: Address) -> Check:
    for kind in roles.LOGIN:
        door = where.as_kind(kind)
        try:
            _connect(door).close()
        except psycopg.OperationalError:
            return Check("log-in", "fail", f"{door.user} cannot log in: run `openpars db migrate`.")
    return Check("log-in", "ok", "Both log-in roles get in with the passwords of the state folder.")


def _clock(connection: psycopg.Connection[Any], where: Address) -> Check:
    before = clock.now()
    row = connection.execute("SELECT clock_timestamp()").fetchone()
    after = clock.now()
    theirs = row[0] if row else before
    offset = max(before - theirs, theirs - after, timedelta()).total_seconds()
    state = "fail" if offset > 60 else "warn" if offset > 1 else "ok"
    advice = "" if state == "ok" else ": set both clocks by NTP, for agreements end by the server's"
    return Check("clock", state, f"The server's clock and this machine's differ by {offset:.3f} s{advice}.")


def _demonstration_clock(connection: psycopg.Connection[Any], where: Address) -> Check:
    name = "demonstration clock"
    row = connection.execute("SELECT to_regprocedure('guard.now()') IS NOT NULL").fetchone()
    if not (row and row[0]):
        return Check(name, "warn", "The database has no guard yet: run `openpars db migrate`.")
    told = connection.execute("SELECT extract(epoch FROM guard.now() - clock_timestamp())::float8").fetchone()
    offset = told[0] if told else 0.0
    if abs(offset) > 1:
        return Check(
            name,
            "warn",
            f"This is a demonstration database, {offset:.0f} s away from now: never for real records.",
        )
    return Check(name, "ok", "The database lives in the present.")


def _tls(connection: psycopg.Connection[Any], where: Address) -> Check:
    if where.host.startswith("/") or where.host in _LOOPBACK:
        return Check("TLS", "ok", "The server is on this machine.")
    if not connection.pgconn.ssl_in_use:
        return Check(
            "TLS", "fail", "Records cross the network in the clear: add sslmode=verify-full to DATABASE_URL."
        )
    if dict(where.options).get("sslmode") != "verify-full":
        return Check("TLS", "warn", "Encrypted, but to whom? Add sslmode=verify-full to DATABASE_URL.")
    return Check("TLS", "ok", "The server is elsewhere; the line is encrypted and its certificate checked.")


def _checksums(connection: psycopg.Connection[Any], where: Address) -> Check:
    if connection.execute("SHOW data_checksums").fetchone() == ("on",):
        return Check("checksums", "ok", "Damaged pages are noticed.")
    return Check(
        "checksums", "warn", "Damaged pages go unnoticed: stop the server and run pg_checksums --enable."
    )


def _durability(connection: psycopg.Connection[Any], where: Address) -> Check:
    off = [
        name
        for name, value in connection.execute(
            "SELECT name, setting FROM pg_settings"
            " WHERE name IN ('fsync', 'full_page_writes', 'synchronous_commit')"
        )
        if value == "off"
    ]
    if off:
        return Check(
            "durability", "fail", f"{', '.join(off)} off: a disclosure could outlive its log entry. Turn on."
        )
    return Check("durability", "ok", "A commit that is answered is on the disk.")


def _data_disk(connection: psycopg.Connection[Any], where: Address) -> Check:
    now = server.status()
    if where.host != now.socket:
        return Check("disk, database", "ok", "The database's disk is its administrator's to watch.")
    return _disk("database", Path(now.data))


_LOOKS: tuple[Callable[[psycopg.Connection[Any], Address], Check], ...] = (
    _version,
    _extensions,
    _roles,
    _privileges,
    _log_in,
    _clock,
    _demonstration_clock,
    _tls,
    _checksums,
    _durability,
    _data_disk,
)
