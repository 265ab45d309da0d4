"""Bring a database up to this version: tables, roles, passwords of the roles that log in.

Works alike on the embedded server and on somebody's. Django must have been set up (`openpars.cli.django`).
"""

from collections.abc import Callable

from django.core.management import call_command
from django.db import OperationalError, connection, transaction
from django.db.migrations.executor import MigrationExecutor

from openpars.engine import address, roles
from openpars.errors import BadInput, DatabaseUnavailable

Telling = Callable[[str], None]
"""Told the name of each migration as it begins."""

_MIGRATING = 7300  # advisory lock: two processes never migrate one database at once


def migrate(*, telling: Telling = lambda name: None) -> int:
    """Apply what is missing of the migrations, then `set_passwords`; answers how many were missing.

    The caller's role must own the database and have CREATEROLE. Raises BadInput where it has not,
    DatabaseUnavailable where the server does not let us in."""
    try:
        connection.ensure_connection()
    except OperationalError as error:
        raise DatabaseUnavailable(f"The database cannot be reached: {str(error).splitlines()[0]}") from None
    _must_own()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s)", [_MIGRATING])
        try:
            missing = pending()
            for name in missing:
                telling(name)
            if missing:
                call_command("migrate", interactive=False, verbosity=0)
            set_passwords()
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [_MIGRATING])
    return len(missing)


def pending() -> tuple[str, ...]:
    """The migrations that this database lacks, as `app.name`, in order."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    return tuple(f"{migration.app_label}.{migration.name}" for migration, _ in plan)


def set_passwords() -> None:
    """Give the database's log-in roles the passwords of this state folder. Makes the roles if they are
    missing.

    The server is sent verifiers (SCRAM-SHA-256), so that no password reaches its log."""
    database = str(connection.settings_dict["NAME"])
    connection.ensure_connection()
    raw = connection.connection.pgconn
    verifiers = {
        kind: raw.encrypt_password(
            password.encode(), roles.name(database, kind).encode(), b"scram-sha-256"
        ).decode()
        for kind, password in address.passwords().items()
    }
    with transaction.atomic(), connection.cursor() as cursor:
        roles.ensure(cursor, database)
        roles.set_passwords(cursor, database, verifiers)


def _must_own() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_has_role(d.datdba, 'USAGE'), r.rolcreaterole OR r.rolsuper"
            " FROM pg_database d, pg_roles r"
            " WHERE d.datname = current_database() AND r.rolname = current_user"
        )
        owns, creates = cursor.fetchone() or (False, False)
    if not (owns and creates):
        raise BadInput.one(
            "DATABASE_URL", "must log in as the role that owns the database and has CREATEROLE"
        )
