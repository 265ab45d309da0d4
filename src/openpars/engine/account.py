"""As whom the server runs: PostgreSQL refuses to run as root, and rightly.

An ordinary user runs it as themselves. Root runs it as `openpars-db`, a system user made for it who owns
nothing else; where no user can be made, as one that exists already.
"""

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import Fault

NAME = "openpars-db"
_SUBSTITUTES = ("postgres", "nobody")


@dataclass(frozen=True)
class Account:
    """A user of the machine. `switch` says whether we must change over to it."""

    name: str
    uid: int
    gid: int
    switch: bool

    def own(self, path: Path) -> None:
        """Hand `path` to this account."""
        if self.switch:
            os.chown(path, self.uid, self.gid)

    def popen(self, command: Sequence[str], **more: str) -> subprocess.Popen[str]:
        """Start `command` as this account, from the root folder, with none of the caller's PG* variables;
        `more` are further variables. What it says, on either channel, can be read from `stdout`."""
        return subprocess.Popen(
            command,
            cwd="/",
            env=_environment() | more,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            user=self.uid if self.switch else None,
            group=self.gid if self.switch else None,
            extra_groups=[] if self.switch else None,
        )

    def run(self, command: Sequence[str]) -> tuple[int, str]:
        """Run `command` as this account; its exit code and what it said. Raises OSError where it cannot
        start."""
        with self.popen(command) as process:
            said = process.communicate()[0]
        return process.returncode, said


def mine() -> Account:
    """Whoever runs this process."""
    return of(os.geteuid())


def of(uid: int) -> Account:
    """The account with this number, such as the owner of data that exist already."""
    try:
        entry = pwd.getpwuid(uid)
        name, gid = entry.pw_name, entry.pw_gid
    except KeyError:  # containers run under numbers that no file knows
        name, gid = str(uid), os.getegid()
    return Account(name, uid, gid, switch=uid != os.geteuid())


def unprivileged() -> Account:
    """The account for a new server: ourselves, or, for root, one without privileges, made if need be."""
    if os.geteuid() != 0:
        return mine()
    if not _exists(NAME):
        _make()
    for name in (NAME, *_SUBSTITUTES):
        if _exists(name):
            return of(pwd.getpwnam(name).pw_uid)
    raise Fault(
        f"PostgreSQL does not run as root, and no user {NAME} could be made: run as an ordinary user."
    )


def _make() -> None:
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return
    options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/var/lib/openpars"]
    # Another starter may make it first, or the machine may forbid it: what counts is whether it exists then.
    subprocess.run(
        [useradd, *options, "--shell", "/usr/sbin/nologin", NAME], capture_output=True, check=False
    )


def _exists(name: str) -> bool:
    try:
        pwd.getpwnam(name)
    except KeyError:
        return False
    return True


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "OPENPARS"))}
    secret = ("DATABASE_URL", "LANG", "LANGUAGE", "HOME")
    return {key: value for key, value in kept.items() if key not in secret} | {"LC_ALL": "C", "HOME": "/"}
