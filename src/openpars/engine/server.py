"""Our own small supervisor of the embedded PostgreSQL: start, stop, status.

It starts what was killed, waits out a long recovery, lets only one starter work at a time, and never deletes
data.
"""

import fcntl
import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from openpars.engine import address, cluster, owner, postmaster, programs, secret, tuning
from openpars.engine.cluster import Cluster
from openpars.errors import BadInput, Conflict, Fault

Waiting = Callable[[str], None]
"""Told, in plain words, what is being waited for."""

_RECOVERY = 3600.0  # seconds: the recovery of a big database is long, and giving up would not shorten it
_LEFTOVERS = 30.0  # seconds that a dead server's children may take to notice
_LOG_LIMIT = 10 * 1024 * 1024
_TRANSIENT = ("lock file", "PID file", "shared memory block", "could not bind")


@dataclass(frozen=True)
class Status:
    """`state` is absent, stopped, starting or running; the rest is known as far as it applies."""

    state: str
    data: str = ""
    version: str = ""
    account: str = ""
    socket: str = ""
    pid: int | None = None


def start(*, waiting: Waiting = lambda words: None) -> Status:
    """See to it that the embedded server runs and its database is there; makes both at the first call.

    Afterwards `address.owner()` answers. Safe to call from several processes at once. Raises Conflict where
    DATABASE_URL names somebody's server, Fault where the server will not start."""
    _refuse_foreign()
    state = address.state_folder()
    with _only_one(state, waiting):
        ours = cluster.found(state)
        _until_answered(ours, state, waiting)
    return status()


def stop(*, waiting: Waiting = lambda words: None, within: float = 60.0) -> Status:
    """Stop the embedded server, ending open connections. Stopping what does not run is no error."""
    _refuse_foreign()
    state = address.state_folder()
    with _only_one(state, waiting):
        ours = cluster.known(state)
        running = postmaster.alive(ours.data) if ours else None
        if ours and running:
            waiting("the server to write everything and stop")
            _signal(running.pid, signal.SIGINT)
            if not _until(lambda: postmaster.alive(ours.data) is None, within):
                raise Fault(
                    f"The server (process {running.pid}) did not stop in {within:.0f} s: see {ours.log}."
                )
    return status()


def status() -> Status:
    """How the embedded server is, without touching it."""
    ours = cluster.known(address.state_folder())
    if ours is None or ours.major() is None:
        return Status("absent")
    running = postmaster.alive(ours.data)
    facts = Status("stopped", str(ours.data), str(ours.major()), ours.account.name)
    if running is None:
        return facts
    state = "running" if running.ready else "starting"
    return Status(state, facts.data, facts.version, facts.account, running.socket, running.pid)


def data_major() -> int | None:
    """The major version of the embedded server's data, if there are any."""
    ours = cluster.known(address.state_folder())
    return ours.major() if ours else None


def _refuse_foreign() -> None:
    if os.environ.get("DATABASE_URL"):
        raise Conflict("DATABASE_URL names a server that is not ours to start or stop.")


def _until_answered(ours: Cluster, state: Path, waiting: Waiting) -> None:
    # A server that was killed this moment still looks alive, so it runs only once it has let us in.
    deadline = time.monotonic() + _LEFTOVERS
    while True:
        if postmaster.alive(ours.data) is None:
            _launch(ours, waiting)
        running = _until_ready(ours, waiting)
        try:
            written = owner.ensure(ours, running, state) if running else None
        except psycopg.OperationalError as error:
            if time.monotonic() > deadline:
                raise Fault(
                    f"The embedded server runs but lets nobody in: {error} (log: {ours.log})"
                ) from None
            running = None
        if running:
            break
        time.sleep(0.1)
    if written:
        secret.write(state / "server.json", json.dumps(written))


@contextmanager
def _only_one(state: Path, waiting: Waiting) -> Iterator[None]:
    with (state / "server.lock").open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            waiting("another process that starts or stops the server")
            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _launch(ours: Cluster, waiting: Waiting) -> None:
    using = cluster.reachable(programs.choose(ours.major()), ours)
    if ours.major() is None:
        waiting(f"a new database cluster (PostgreSQL {using.version})")
        cluster.initialize(ours, using)
    _configure(ours)
    _rotate(ours)
    deadline = time.monotonic() + _LEFTOVERS
    while True:
        waiting(f"PostgreSQL {using.version} to start")
        said_before = _log_size(ours)
        # pg_ctl watches its child, so that a start that fails is known at once, and takes it out of our
        # session, so that Ctrl-C in our terminal does not reach it.
        command = [using.path("pg_ctl"), "start", "-w", "-s", "-t", str(int(_RECOVERY))]
        code, said = ours.account.run([*command, "-D", str(ours.data), "-l", str(ours.log)])
        if code == 0:
            return
        said += _log_since(ours, said_before)
        if not any(words in said for words in _TRANSIENT) or time.monotonic() > deadline:
            raise Fault(f"PostgreSQL did not start: {cluster.last_words(said)} (log: {ours.log})")
        waiting("a killed server's remains to go")
        time.sleep(0.25)
        # A number that still does not belong to the server after this will never be given back.
        postmaster.disown(ours.data)


def _configure(ours: Cluster) -> None:
    port = os.environ.get("OPENPARS_PG_PORT", "")
    if port and not (port.isdigit() and 0 < int(port) < 65536):
        raise BadInput.one(
            "OPENPARS_PG_PORT", "must be a port number, 1 to 65535; without it there is no TCP"
        )
    text = tuning.settings(
        socket=cluster.socket_folder(ours),
        port=int(port or 5432),
        tcp=bool(port),
        memory=tuning.machine_memory(),
    )
    secret.write(ours.data / "openpars.conf", text)
    ours.account.own(ours.data / "openpars.conf")


def _rotate(ours: Cluster) -> None:
    if _log_size(ours) > _LOG_LIMIT:
        ours.log.rename(ours.log.with_suffix(".log.1"))


def _until_ready(ours: Cluster, waiting: Waiting) -> postmaster.LockFile | None:
    def ready() -> bool:
        running = postmaster.alive(ours.data)
        return running is None or running.ready

    if not ready():
        waiting("PostgreSQL to recover")
    _until(ready, _RECOVERY)
    return postmaster.alive(ours.data)


def _until(met: Callable[[], bool], within: float) -> bool:
    deadline = time.monotonic() + within
    while not met():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _log_size(ours: Cluster) -> int:
    return ours.log.stat().st_size if ours.log.exists() else 0


def _log_since(ours: Cluster, size: int) -> str:
    if not ours.log.exists():
        return ""
    with ours.log.open("rb") as file:
        file.seek(size)
        return file.read().decode(errors="replace")
