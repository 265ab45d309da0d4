"""A database of a measurement's own: made before, dropped after, with its roles."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import psycopg
from psycopg import sql

from openpars.engine import address, roles, server


@contextmanager
def own(name: str, *, keep: bool = False) -> Iterator[address.Address]:
    """A fresh database `<database>_<name>` on the embedded server or the one that DATABASE_URL names, and
    DATABASE_URL meaning it; `keep` leaves it there. Django is not set up yet."""
    if "DATABASE_URL" not in os.environ:
        server.start()
    home = address.owner()
    made = replace(home, database=f"{home.database}_{name}")
    drop(home, made)
    with psycopg.connect(**home.conninfo(), autocommit=True) as owner:
        owner.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(made.database)))
    os.environ["DATABASE_URL"] = made.url()
    # Nor is what its log signs to be taken for what the checkout's own has signed.
    os.environ["OPENPARS_LOG_MEMORY"] = str(Path(tempfile.mkdtemp(prefix="openpars-bench-")) / "log.signed")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    os.environ.setdefault("OPENPARS_GATEWAY_CONNECTIONS", "1")
    try:
        yield made
    finally:
        if not keep:
            drop(home, made)


PATIENCE = 12
"""How often a drop is tried: each try waits five seconds for who is in the database."""


def drop(home: address.Address, made: address.Address) -> None:
    """Drop the database and its roles, whoever of ours is still in it: a run that broke leaves its sessions."""
    with psycopg.connect(**home.conninfo(), autocommit=True) as owner:
        leftover = owner.execute(
            "SELECT rolname FROM pg_roles WHERE rolname = ANY (%s) OR starts_with(rolname, %s)",
            [
                [roles.name(made.database, kind) for kind in (*roles.KINDS, "plain")],
                f"{made.database}_agreement_",
            ],
        ).fetchall()
        for (role,) in leftover:
            # Only a member of a role may end the sessions that a broken run has left.
            owner.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(sql.Identifier(role)))
        # Not WITH (FORCE), which would end the vacuum worker too and may not: without it, the drop waits for that one.
        for left in reversed(range(PATIENCE)):
            owner.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = %s AND backend_type = 'client backend'",
                [made.database],
            )
            try:
                owner.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(made.database)))
                break
            except psycopg.errors.ObjectInUse:
                if not left:
                    raise
        for (role,) in leftover:
            owner.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier(role)))
