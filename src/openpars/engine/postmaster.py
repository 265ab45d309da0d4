"""The server's lock file, `postmaster.pid`, and whether the process that it names really is that server.

PostgreSQL asks only whether the process number is taken. After a kill -9 the number may belong to a zombie
that nobody buries (a container's first process often does not), or, after a restart of a container, to
somebody else: then it refuses to start for ever. We look at the process itself.
"""

import os
from dataclasses import dataclass
from pathlib import Path

_NOBODY = 2**30  # more than any kernel gives out


@dataclass(frozen=True)
class LockFile:
    """What the lock file says. `ready` means that it takes log-ins."""

    pid: int
    socket: str
    port: int
    ready: bool


def read(data: Path) -> LockFile | None:
    """The lock file of the data folder; None where there is none or it is half written."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except FileNotFoundError:
        return None
    if len(lines) < 5 or not lines[0].strip().isdigit():
        return None
    ready = len(lines) > 7 and lines[7].strip() == "ready"
    return LockFile(int(lines[0]), lines[4].strip(), int(lines[3]), ready)


def alive(data: Path) -> LockFile | None:
    """The lock file, if the server that wrote it lives: not a zombie, not another process with its number."""
    written = read(data)
    return written if written and _is_postmaster(written.pid, data) else None


def disown(data: Path) -> bool:
    """Where the lock file names a process that is not the server, make it name nobody; answers whether it
    did.

    The other lines stay: by the shared memory's key that they hold, PostgreSQL still finds out whether
    children of the dead server live, and waits for them. Deleting the file would take that protection
    away."""
    path = data / "postmaster.pid"
    if (
        path.exists() and path.stat().st_size == 0
    ):  # the disk was full, or the machine died, at its first byte
        path.unlink()
        return True
    written = read(data)
    if written is None or _is_postmaster(written.pid, data) or not _taken(written.pid):
        return False
    lines = path.read_text().splitlines(keepends=True)
    lines[0] = f"{_NOBODY}\n"
    with path.open("r+") as file:  # in place: the file keeps its owner
        file.write("".join(lines))
        file.truncate()
    socket_lock = Path(written.socket) / f".s.PGSQL.{written.port}.lock"
    socket_lock.unlink(missing_ok=True)
    return True


def _is_postmaster(pid: int, data: Path) -> bool:
    process = Path("/proc") / str(pid)
    if not process.parent.joinpath("self").exists():  # no /proc: all that can be asked is whether it is there
        return _taken(pid)
    try:
        facts = (process / "stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    name, _, rest = facts.partition("(")[2].rpartition(")")
    if rest.split()[0] in ("Z", "X", "x"):
        return False
    try:
        # The server works in its data folder; nobody else does.
        return Path(os.readlink(process / "cwd")) == data.resolve()
    except OSError:
        return name in ("postgres", "postmaster")


def _taken(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
