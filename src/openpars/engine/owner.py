"""The role that owns the embedded server's database, and the database.

The owner is what a city's own database administrator would hand out: LOGIN, CREATEROLE, CREATEDB, not a
superuser. So nothing that works here needs more on a server elsewhere.
"""

import json
import secrets
from pathlib import Path

import psycopg
from psycopg import sql

from openpars.engine.cluster import SUPERUSER, Cluster
from openpars.engine.postmaster import LockFile

NAME = "openpars"


def ensure(ours: Cluster, running: LockFile, state: Path) -> dict[str, str | int] | None:
    """See to it that role and database exist. Answers the new content of server.json, or None where the
    present one still opens the door. Raises psycopg.OperationalError where the server lets nobody in."""
    written = state / "server.json"
    if written.exists():
        kept: dict[str, str | int] = json.loads(written.read_text())
        if (kept["host"], kept["port"]) == (running.socket, running.port) and _opens(kept):
            return None
    fresh: dict[str, str | int] = {
        "host": running.socket,
        "port": running.port,
        "database": NAME,
        "user": NAME,
        "password": secrets.token_urlsafe(24),
    }
    _create(ours, running, str(fresh["password"]))
    return fresh


def _opens(kept: dict[str, str | int]) -> bool:
    try:
        psycopg.connect(
            host=str(kept["host"]),
            port=kept["port"],
            dbname=str(kept["database"]),
            user=str(kept["user"]),
            password=str(kept["password"]),
        ).close()
    except psycopg.OperationalError:
        return False
    return True


def _create(ours: Cluster, running: LockFile, password: str) -> None:
    with psycopg.connect(
        host=running.socket,
        port=running.port,
        dbname="postgres",
        user=SUPERUSER,
        password=ours.password,
        autocommit=True,
    ) as connection:
        # The server is given a verifier, never the password.
        verifier = connection.pgconn.encrypt_password(
            password.encode(), NAME.encode(), b"scram-sha-256"
        ).decode()
        found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [NAME]).fetchone()
        statement = sql.SQL("{} ROLE {} LOGIN NOSUPERUSER CREATEROLE CREATEDB PASSWORD {}")
        verb = sql.SQL("ALTER" if found else "CREATE")
        connection.execute(statement.format(verb, sql.Identifier(NAME), sql.Literal(verifier)))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone() is None:
            create = sql.SQL("CREATE DATABASE {} OWNER {}")
            connection.execute(create.format(sql.Identifier(NAME), sql.Identifier(NAME)))
