"""The one command-line door: `openpars VERB …`.

Each group of verbs is a module of this package with a click command named `command`; a module is imported
only when its verb is called, so that verbs which need no database do not load one.

Exit codes: 0 done; 1 a refusal (a rule said no); 2 bad input; 3 a fault (something broke).
"""

import importlib
import json
import os
import sys

import click

from openpars.errors import BadInput, DatabaseUnavailable, Fault, OpenParsError, Refusal

VERBS = {
    "demo": "Show the whole path in the terminal, then serve the site.",
    "city": "Build an invented city of a chosen size, beside a real one's figures; keep it going.",
    "db": "Start, stop and look at the database.",
    "doctor": "Check this machine and its database.",
    "serve": "Serve pages, API and events, and keep the log integrated.",
    "import": "Load public records from a file.",
    "unlock": "Release a username that wrong passwords have locked.",
    "agreement": "Check, explain, enforce, suspend, terminate, list agreements.",
    "search": "Ask for a person's arrests under an agreement.",
    "feed": "Look at subscriptions, what was told and dropped, and the key that signs posted events.",
    "log": "Look at the log, sign a checkpoint, verify everything.",
    "witness": "Run a witness of logs, apart from any of them.",
}


class Door(click.Group):
    """Loads a verb's module when the verb is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in VERBS:
            return None
        module = importlib.import_module(f"openpars.cli.{cmd_name}_verbs")
        command: click.Command = module.command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Verbs"):
            formatter.write_dl(list(VERBS.items()))


@click.command(cls=Door)
def door() -> None:
    """OpenPARS: arrest records that are read only under agreements which the database enforces."""


def django() -> None:
    """Load Django, for verbs that need the database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "openpars.config.settings")
    import django as framework

    framework.setup()


def say(result: dict[str, object], *, as_json: bool, text: str) -> None:
    """Print a verb's result: one JSON object, or its text."""
    click.echo(json.dumps(result, default=str) if as_json else text)


def complain(error: OpenParsError, *, as_json: bool) -> int:
    """Print an error, as JSON on request, and answer the exit code that means it."""
    code = 2 if isinstance(error, BadInput) else 1 if isinstance(error, Refusal) else 3
    if as_json:
        body: dict[str, object] = {"error": {"code": type(error).__name__, "message": str(error)}}
        if isinstance(error, BadInput):
            body["error"] = {
                "code": type(error).__name__,
                "problems": [{"where": p.where, "line": p.line, "what": p.what} for p in error.problems],
            }
        click.echo(json.dumps(body))
    elif isinstance(error, BadInput):
        for problem in error.problems:
            click.echo(f"{problem}", err=True)
    else:
        click.echo(str(error), err=True)
    ours = not os.environ.get("DATABASE_URL")
    if ours and isinstance(error, DatabaseUnavailable) and "db start" not in str(error):
        click.echo("`openpars db start` starts the embedded server.", err=True)
    return code


def main() -> None:
    """Run the command line. Never ends in a traceback for an error that OpenPARS raises on purpose."""
    as_json = "--json" in sys.argv
    try:
        door(standalone_mode=False)
    except click.ClickException as error:
        if as_json:
            body = {"code": "BadInput", "message": error.format_message()}
            click.echo(json.dumps({"error": body}))
        else:
            error.show()
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        click.echo("Stopped.", err=True)
        sys.exit(130)
    except OpenParsError as error:
        sys.exit(complain(error, as_json=as_json))
    except _lost_connection() as error:
        fault = DatabaseUnavailable(DatabaseUnavailable.words)
        fault.__cause__ = error
        sys.exit(complain(fault, as_json=as_json))
    except _other_tables() as error:
        lacks = str(error).partition("\n")[0]
        other = Fault(
            f"The tables are not those of this version ({lacks}): `openpars db migrate` brings them up."
        )
        other.__cause__ = error
        sys.exit(complain(other, as_json=as_json))
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        sys.exit(complain(Fault(f"{where}{error.strerror or error}"), as_json=as_json))


def _other_tables() -> tuple[type[Exception], ...]:
    """What the drivers raise where a table, a column or a function is not there; nothing where no driver was loaded."""
    drivers = [sys.modules.get("psycopg"), sys.modules.get("django.db.utils")]
    return tuple(driver.ProgrammingError for driver in drivers if driver is not None)


def _lost_connection() -> tuple[type[Exception], ...]:
    """What the drivers raise when the database is not there; nothing where no driver was loaded."""
    drivers = [sys.modules.get("psycopg"), sys.modules.get("django.db.utils")]
    return tuple(driver.OperationalError for driver in drivers if driver is not None)
