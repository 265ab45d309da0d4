"""`openpars serve`: pages, API and events, and the log kept integrated, under one supervisor."""

import contextlib
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import click

from openpars import cli
from openpars.cli.keeping import BROKEN_LOG
from openpars.errors import BadInput, Conflict, DatabaseUnavailable, Fault, OpenParsError

PORT = click.IntRange(1, 65_534)
"""What `--port` takes: the events get the port after it."""

LOOK_EVERY = 2.0
"""Seconds between two looks at the embedded server."""

STOPPING_SECONDS = 10
STARTING_SECONDS = 60


@dataclass(frozen=True)
class Addresses:
    """Where the parts answer."""

    site: str
    events: str


@dataclass
class Part:
    """One supervised process. `role` is the database role kind it runs as, None for the owner."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    process: "subprocess.Popen[bytes] | None" = None
    started_at: float = 0.0
    starts: int = 0
    begin_after: float = 0.0

    def start(self) -> None:
        """Start the process, in a session of its own: the supervisor alone tells it to stop."""
        self.process = subprocess.Popen(
            self.command,
            env={**os.environ, **self.environment},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.starts += 1

    def stop(self) -> None:
        """Ask it to stop, and make it stop."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOPPING_SECONDS)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="Port of the site; events get the next one."
)
@click.option(
    "--workers", type=click.IntRange(1, 64), default=2, show_default=True, help="Processes that serve pages."
)
@click.option("--part", type=click.Choice(["integrator", "publisher", "keeper", "poster"]), hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object once everything answers.")
def command(host: str, port: int, workers: int, part: str | None, as_json: bool) -> None:
    """Serve pages, API and events, and keep the log integrated, until Ctrl-C.

    The pages run as a database role without a privilege on any record. A part that dies is started again.
    The database must be there and up to date: `openpars db start`, or `openpars db migrate`.
    """
    if part is not None:
        from openpars.cli import keeping, posters

        runs = {"integrator": keeping.integrate, "publisher": keeping.publish, "keeper": keeping.keep}
        runs["poster"] = posters.run
        with _until_told_to_stop() as told:
            sys.exit(runs[part](told))

    def ready(where: Addresses) -> None:
        text = f"OpenPARS answers at {where.site} (events at {where.events}). Ctrl-C stops it."
        cli.say({"site": where.site, "events": where.events, "pid": os.getpid()}, as_json=as_json, text=text)
        sys.stdout.flush()

    run(host=host, port=port, workers=workers, ready=ready)


def run(*, host: str, port: int, ready: Callable[[Addresses], None], workers: int = 2) -> None:
    """Start the parts, call `ready` once they answer, and keep them running until SIGINT or SIGTERM.

    Raises BadInput where the host is none of this machine's or a port is taken, DatabaseUnavailable and Conflict where
    the database is not there or not up to date, Fault where the site does not begin to answer."""
    address = numeric(host)
    must_be_free(address, port)
    if _demonstrates():
        os.environ["OPENPARS_DEMONSTRATION"] = "1"
    parts = _parts(address, port, workers)
    with _until_told_to_stop() as told:
        try:
            for part in parts:
                part.start()
            if _answers(address, port, told) and _answers(address, port + 1, told):
                ready(
                    Addresses(
                        f"http://{_printed(host)}:{port}/", f"http://{_printed(host)}:{port + 1}/events"
                    )
                )
            elif not told:
                raise Fault(f"The site did not begin to answer within {STARTING_SECONDS} s.")
            looked_at = time.monotonic()
            while not told:
                _restart_the_dead(parts)
                if time.monotonic() - looked_at > LOOK_EVERY:
                    _restart_a_killed_server()
                    looked_at = time.monotonic()
                time.sleep(0.2)
        finally:
            for part in reversed(parts):
                part.stop()


def _demonstrates() -> bool:
    """Whether the database holds invented people only: each page then says so. Raises DatabaseUnavailable where
    it is not there, Conflict where it is not up to date."""
    cli.django()
    from django.db import OperationalError, connection

    from openpars.engine import prepare

    try:
        if prepare.pending():
            raise Conflict("The database is not up to date: run `openpars db migrate`.")
        with connection.cursor() as cursor:
            cursor.execute("SELECT demonstration FROM guard.city")
            return bool(cursor.fetchone()[0])
    except OperationalError as error:
        raise DatabaseUnavailable("The database does not answer: run `openpars db start`.") from error
    finally:
        connection.close()


def _restart_a_killed_server() -> None:
    """Start the embedded server again where it was killed: its lock file is there, and it is not. One that was
    stopped in order stays stopped, and a server that DATABASE_URL names is not ours."""
    if os.environ.get("DATABASE_URL"):
        return
    from openpars.engine import server

    found = server.status()
    if found.state == "stopped" and (Path(found.data) / "postmaster.pid").exists():
        click.echo("The database server was killed; it is started again.", err=True)
        try:
            server.start()
        except OpenParsError as error:
            click.echo(str(error), err=True)


def _parts(host: str, port: int, workers: int) -> list[Part]:
    web = {
        "OPENPARS_ROLE": "app",
        "OPENPARS_EVENTS_PORT": str(port + 1),
        "DJANGO_SETTINGS_MODULE": "openpars.config.settings",
    }
    granian = [sys.executable, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port)]
    granian += ["--workers", str(workers), "--blocking-threads", "4", "--no-log", "--respawn-failed-workers"]
    uvicorn = [sys.executable, "-m", "uvicorn", "--host", host, "--port", str(port + 1), "--no-access-log"]
    uvicorn += ["--log-level", "error", "--timeout-graceful-shutdown", "2"]
    # Whose word on addresses is taken, settings.FORWARDED says, here as for the pages.
    uvicorn += ["--no-proxy-headers"]
    door = [sys.executable, "-c", "from openpars.cli import main; main()", "serve", "--part"]
    return [
        Part("integrator", [*door, "integrator"]),
        Part("publisher", [*door, "publisher"]),
        Part("keeper", [*door, "keeper"]),
        Part("poster", [*door, "poster"], web),
        Part("events", [*uvicorn, "openpars.config.events:application"], web),
        Part("site", [*granian, "openpars.config.wsgi:application"], web),
    ]


def _restart_the_dead(parts: Sequence[Part]) -> None:
    for part in parts:
        code = part.process.poll() if part.process else None
        if code is None or (part.name == "integrator" and code == BROKEN_LOG):
            continue
        now = time.monotonic()
        if part.begin_after < part.started_at:
            # One that dies young is given time: 1, 2, 4 ... at most 30 seconds.
            young = now - part.started_at < STOPPING_SECONDS
            wait = min(30.0, 2.0 ** min(part.starts - 1, 5)) if young else 0.0
            part.begin_after = now + wait
            click.echo(f"The {part.name} died (exit code {code}); it is started again.", err=True)
        if now >= part.begin_after:
            part.start()


def numeric(host: str) -> str:
    """The address in numbers that a host's name or address means, which is what the servers take. Raises BadInput."""
    try:
        # An empty name would mean every address of the machine: who wants that says 0.0.0.0.
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM) if host.strip() else []
    except (OSError, UnicodeError):
        found = []
    for _, _, _, _, address in sorted(found, key=lambda one: one[0] != socket.AF_INET):
        scope = address[3] if len(address) > 3 else 0
        if not scope:  # an address of one wire alone, which granian does not take
            return str(address[0])
    raise BadInput.one("--host", "is no address, and no name of one: give one such as 127.0.0.1 or 0.0.0.0")


def must_be_free(address: str, port: int) -> None:
    """Raise BadInput where the site's port, or the events' after it, cannot be listened on."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    for number in (port, port + 1):
        with socket.socket(family) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind((address, number))
            except OSError as error:
                if error.errno == errno.EADDRNOTAVAIL:
                    raise BadInput.one("--host", f"{address} is no address of this machine") from None
                what = f"{address}:{number} cannot be listened on: {error.strerror}. Give another with --port"
                raise BadInput.one("--port", what) from None


def _answers(host: str, port: int, told: Sequence[int]) -> bool:
    """Whether somebody accepts connections there, waiting for it."""
    until = time.monotonic() + STARTING_SECONDS
    target = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    while time.monotonic() < until and not told:
        with contextlib.suppress(OSError), socket.create_connection((target, port), timeout=1):
            return True
        time.sleep(0.1)
    return False


def _printed(host: str) -> str:
    return f"[{host}]" if ":" in host else host


@contextlib.contextmanager
def _until_told_to_stop() -> Iterator[list[int]]:
    """A list that stays empty until SIGINT or SIGTERM comes."""
    told: list[int] = []
    kept = {
        number: signal.signal(number, lambda got, _: told.append(got))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield told
    finally:
        for number, handler in kept.items():
            signal.signal(number, handler)
