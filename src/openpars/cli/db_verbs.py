"""`openpars db`: the database's server and its tables."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict

import click
import psycopg
from rich.console import Console

from openpars import cli
from openpars.engine import address, programs, roles, server
from openpars.errors import DatabaseUnavailable, OpenParsError

WAIT = 3
"""Seconds that `status` waits for a server that DATABASE_URL names."""

_JSON = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.group()
def command() -> None:
    """Start, stop and look at the database.

    Without DATABASE_URL this is an embedded PostgreSQL, kept in the state folder (OPENPARS_STATE, or
    .openpars); for root, in /var/lib/openpars. With DATABASE_URL only psql, migrate and status apply.
    """


@command.command()
@_JSON
def start(as_json: bool) -> None:
    """Start the embedded server and make its tables; the first time, make the server."""
    with _progress() as waiting:
        now = server.start(waiting=waiting)
        applied = _migrate(waiting)
    text = f"Running: PostgreSQL {now.version}, socket in {now.socket}."
    cli.say({**asdict(now), "migrations_applied": applied}, as_json=as_json, text=text)


@command.command()
@_JSON
def stop(as_json: bool) -> None:
    """Stop the embedded server. No data are deleted."""
    with _progress() as waiting:
        now = server.stop(waiting=waiting)
    cli.say(asdict(now), as_json=as_json, text=f"The embedded server is {now.state}.")


@command.command()
@_JSON
def status(as_json: bool) -> None:
    """Say how the database is. Exit code 1 if it is not running."""
    if os.environ.get("DATABASE_URL"):
        _foreign(as_json)
        return
    now = server.status()
    cli.say(asdict(now), as_json=as_json, text=_described(now))
    if now.state != "running":
        raise SystemExit(1)


def _foreign(as_json: bool) -> None:
    where = address.owner()
    text = f"DATABASE_URL: {where.database} on {where.host}: "
    result: dict[str, object] = {"state": "foreign", "host": where.host, "database": where.database}
    try:
        with psycopg.connect(**{**where.conninfo(), "connect_timeout": WAIT}) as asking:  # type: ignore[arg-type]
            version = asking.info.parameter_status("server_version")
    except psycopg.Error as error:
        reason = str(error).strip().partition("\n")[0]
        cli.say(result | {"version": None}, as_json=as_json, text=f"{text}no answer ({reason}).")
        raise SystemExit(1) from None
    cli.say(result | {"version": version}, as_json=as_json, text=f"{text}PostgreSQL {version}. Try `doctor`.")


@command.command()
@_JSON
def migrate(as_json: bool) -> None:
    """Bring the tables up to this version, and the log-in roles' passwords to those of the state folder."""
    with _progress() as waiting:
        applied = _migrate(waiting)
    done = f"{applied} migrations applied." if applied else "Nothing to do: the tables are of this version."
    cli.say({"migrations_applied": applied}, as_json=as_json, text=done)


@command.command(context_settings={"ignore_unknown_options": True})
@click.option(
    "--as", "kind", type=click.Choice(("owner", *roles.LOGIN)), default="owner", help="The role to log in as."
)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def psql(kind: str, arguments: tuple[str, ...]) -> None:
    """Open psql on the database; ARGUMENTS go to psql, such as -c 'SELECT 1'."""
    where = address.owner()
    if kind != "owner":
        where = where.as_kind(kind)
    names = {
        "PGHOST": where.host,
        "PGPORT": str(where.port),
        "PGDATABASE": where.database,
        "PGUSER": where.user,
    }
    more = {f"PG{name.upper()}": value for name, value in where.options if name.startswith("ssl")}
    environment = {**os.environ, **more, **names, "PGPASSWORD": where.password}
    program = psql_program()
    os.execve(program, [program, *arguments], environment)  # noqa: S606 - we become psql


def psql_program() -> str:
    """Where psql is: beside the server that runs, else on the path. Raises DatabaseUnavailable."""
    try:
        beside = programs.choose(server.data_major()).path("psql")
    except OpenParsError:
        beside = ""
    program = beside if os.access(beside, os.X_OK) else shutil.which("psql")
    if program is None:
        raise DatabaseUnavailable("This machine has no psql: install PostgreSQL's client programs.")
    return program


def _migrate(waiting: Callable[[str], None]) -> int:
    cli.django()
    from openpars.agencies import events
    from openpars.engine import prepare

    applied = prepare.migrate(telling=lambda name: waiting(f"migration {name}"))
    if applied:
        events.record("migrate", by="console", about={"applied": applied})
    return applied


def _described(now: server.Status) -> str:
    if now.state == "absent":
        return "No database yet: `openpars db start` makes one."
    facts = f"PostgreSQL {now.version}, run by {now.account}, data in {now.data}"
    place = f", socket in {now.socket}, process {now.pid}" if now.pid else ""
    return f"{now.state.capitalize()}: {facts}{place}."


@contextmanager
def _progress() -> Iterator[Callable[[str], None]]:
    # On standard error, so that --json stays clean; nothing moves where nobody watches.
    console = Console(stderr=True)
    with console.status("Looking at the database", spinner="dots") as shown:
        yield lambda words: shown.update(f"Waiting for {words}")
