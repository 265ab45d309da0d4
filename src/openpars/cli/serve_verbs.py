"""`openpars serve`: pages, API and events, and the log kept integrated, under one supervisor."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import click

from openpars import cli
from openpars.errors import BadInput, Fault

INTEGRATE_EVERY = 0.5
"""Seconds between two looks for entries that no checkpoint covers yet."""

STOPPING_SECONDS = 10
STARTING_SECONDS = 60
_BROKEN_LOG = 4  # the integrator's exit code where the log does not verify: starting it again would not help


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
@click.option("--port", default=8000, show_default=True, help="Port of the site; events get the next one.")
@click.option("--workers", default=2, show_default=True, help="Processes that serve pages.")
@click.option("--integrator", "only_integrator", is_flag=True, hidden=True)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object once everything answers.")
def command(host: str, port: int, workers: int, only_integrator: bool, as_json: bool) -> None:
    """Serve pages, API and events, and keep the log integrated, until Ctrl-C.

    The pages run as a database role without a privilege on any record. A part that dies is started again.
    The database must be there and up to date: `openpars db start`, or `openpars db migrate`.
    """
    if only_integrator:
        sys.exit(integrate())

    def ready(where: Addresses) -> None:
        text = f"OpenPARS answers at {where.site} (events at {where.events}). Ctrl-C stops it."
        cli.say({"site": where.site, "events": where.events, "pid": os.getpid()}, as_json=as_json, text=text)
        sys.stdout.flush()

    run(host=host, port=port, workers=workers, ready=ready)


def run(*, host: str, port: int, ready: Callable[[Addresses], None], workers: int = 2) -> None:
    """Start the parts, call `ready` once they answer, and keep them running until SIGINT or SIGTERM.

    Raises BadInput where a port is taken, Fault where the site does not begin to answer."""
    for number in (port, port + 1):
        _must_be_free(host, number)
    parts = _parts(host, port, workers)
    with _until_told_to_stop() as told:
        try:
            for part in parts:
                part.start()
            if _answers(host, port, told) and _answers(host, port + 1, told):
                ready(
                    Addresses(
                        f"http://{_printed(host)}:{port}/", f"http://{_printed(host)}:{port + 1}/events"
                    )
                )
            elif not told:
                raise Fault(f"The site did not begin to answer within {STARTING_SECONDS} s.")
            while not told:
                _restart_the_dead(parts)
                time.sleep(0.2)
        finally:
            for part in reversed(parts):
                part.stop()


def integrate() -> int:
    """Integrate the log for ever; answers the exit code. A database that is away is waited for."""
    cli.django()
    from django.db import Error, connection

    from openpars import clock
    from openpars.engine.address import state_folder
    from openpars.errors import LogBroken
    from openpars.translog import actions
    from openpars.translog.signers import FileSigner

    signer = FileSigner(state_folder() / "log.key")
    with _until_told_to_stop() as told:
        while not told:
            try:
                added = actions.integrate(signer=signer, at=clock.now()).added
            except LogBroken as error:
                click.echo(f"No more checkpoints are signed: {error}", err=True)
                return _BROKEN_LOG
            except Error:
                connection.close()
                added = 0
            if not added:
                time.sleep(INTEGRATE_EVERY)
    return 0


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
    door = [sys.executable, "-c", "from openpars.cli import main; main()", "serve", "--integrator"]
    return [
        Part("integrator", door),
        Part("events", [*uvicorn, "openpars.config.events:application"], web),
        Part("site", [*granian, "openpars.config.wsgi:application"], web),
    ]


def _restart_the_dead(parts: Sequence[Part]) -> None:
    for part in parts:
        code = part.process.poll() if part.process else None
        if code is None or (part.name == "integrator" and code == _BROKEN_LOG):
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


def _must_be_free(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, port))
        except OSError as error:
            raise BadInput.one("--port", f"{host}:{port} cannot be listened on: {error.strerror}") from None


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
