"""What a witness remembers, in its folder: its keys, the logs it knows, every checkpoint that it has cosigned,
and evidence.

    witness.key    its private keys, one a line (mode 0600)
    witness.vkey   its public keys, to be given to the logs' keepers
    logs           the logs that it knows: a verifier key a line; # begins a comment
    memory.db      SQLite: the checkpoints that it has cosigned
    evidence/      a folder for each fork: first, second, request, and what they show in words; and, where it was none,
                   what showed that (explained)
"""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from openpars.engine import secret
from openpars.errors import Fault, FileMalformed, NotFound
from openpars.translog import keyfile
from openpars.translog.rules import checkpoint, merkle, note
from openpars.translog.rules import witness as protocol

MOST_EVIDENCE = 1_000
"""Folders of evidence that are kept: whoever signs more forks adds nothing to what is known of them."""
EXPLAINED = "explained"
"""The file in a folder of evidence that shows that there was no fork."""
_TABLE = """
CREATE TABLE IF NOT EXISTS cosigned (
  origin TEXT NOT NULL, size INTEGER NOT NULL, text TEXT NOT NULL, at INTEGER NOT NULL,
  PRIMARY KEY (origin, size)) WITHOUT ROWID
"""


@dataclass(frozen=True)
class Evidence:
    """The folder of what was kept of a fork."""

    folder: Path

    @property
    def fork(self) -> protocol.Fork:
        """Its two checkpoints, and the proof that came with the second."""
        return _fork(self.folder)

    @property
    def explained(self) -> bool:
        """Whether it was shown since to be none."""
        return (self.folder / EXPLAINED).exists()

    @property
    def words(self) -> str:
        """What it shows."""
        return (self.folder / "README.txt").read_text()


@dataclass(frozen=True)
class Seen:
    """A log as the witness last saw it. `at` is when it last cosigned, in seconds since 1970; None: never."""

    origin: str
    size: int
    at: int | None


class Memory:
    """A witness's folder. Several processes may use one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "witness.key").exists():
            raise NotFound(f"{folder} is no witness's folder: `openpars witness init` makes one.")
        self.keys = keyfile.parse((folder / "witness.key").read_text(), "witness.key")
        with self._connected() as connection:
            connection.execute(_TABLE)

    @property
    def logs(self) -> dict[str, tuple[note.VerifierKey, ...]]:
        """The keys of each log that the witness knows, by its origin, as the file `logs` says now."""
        return _parse_logs((self.folder / "logs").read_text())

    @contextmanager
    def exclusively(self) -> Iterator["Turn"]:
        """One turn at a time: what is looked up within it still holds when it is remembered."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Turn(self.logs, connection)
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def seen(self) -> tuple[Seen, ...]:
        """Every log that the witness knows, as last seen."""
        with self._connected() as connection:
            rows = connection.execute(
                "SELECT origin, max(size), max(at) FROM cosigned GROUP BY origin"
            ).fetchall()
        found = {origin: Seen(origin, size, at) for origin, size, at in rows}
        origins = dict.fromkeys([*self.logs, *found])
        return tuple(found.get(origin, Seen(origin, 0, None)) for origin in origins)

    def keep(self, fork: protocol.Fork) -> Path | None:
        """Keep the evidence of a fork, durably; where, or None where it was kept before."""
        parts = [fork.first, fork.second]
        name = hashlib.sha256(
            "\0".join(note.parse(part.encode()).body for part in parts).encode()
        ).hexdigest()[:24]
        target = self.folder / "evidence" / name
        if target.exists() or len(self.evidence()) >= MOST_EVIDENCE:
            return None
        target.parent.mkdir(exist_ok=True)
        fresh = self.folder / f".evidence-{name}-{os.getpid()}"
        fresh.mkdir(exist_ok=True)
        for file, text in zip(
            ("first", "second", "request", "README.txt"),
            (*parts, str(fork.request), protocol.explain(fork)),
            strict=True,
        ):
            _durably(fresh / file, text)
        _sync(fresh)
        try:
            fresh.rename(target)
        except OSError:
            return None
        _sync(target.parent)
        return target

    def evidence(self) -> tuple["Evidence", ...]:
        """What is kept of forks."""
        folders = sorted(path.parent for path in self.folder.glob("evidence/*/README.txt"))
        return tuple(map(Evidence, folders))

    def explain(self, request: protocol.Request) -> tuple["Evidence", ...]:
        """Take what looked like a fork, and was not proven to be one, for explained where `request`, whose checkpoint
        was cosigned here, shows that. Answers which of them were."""
        found = [one for one in self.evidence() if not one.explained and one.fork.explained_by(request)]
        for one in found:
            _durably(one.folder / EXPLAINED, str(request))
            _sync(one.folder)
        return tuple(found)

    def has_cosigned(self, text: str) -> bool:
        """Whether the witness has cosigned the checkpoint with this one's text."""
        stated = checkpoint.parse(note.parse(text.encode()).body)
        with self.exclusively() as turn:
            kept = turn.cosigned(stated.origin, stated.size)
        return kept is not None and checkpoint.parse(note.parse(kept.encode()).body) == stated

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        connection = sqlite3.connect(self.folder / "memory.db", timeout=30, isolation_level=None)
        try:
            # "The witness MUST persist the new checkpoint before responding": on the disk, not in its cache.
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA synchronous = EXTRA")
            yield connection
        except sqlite3.Error as error:
            raise Fault(f"{self.folder / 'memory.db'}: {error}") from error
        finally:
            connection.close()


class Turn:
    """A turn at a witness's memory."""

    def __init__(self, logs: dict[str, tuple[note.VerifierKey, ...]], connection: sqlite3.Connection) -> None:
        self._logs, self._connection = logs, connection

    def find(self, origin: str) -> protocol.Known | None:
        """What is known of a log; None of one that the witness does not know."""
        keys = self._logs.get(origin)
        if keys is None:
            return None
        row = self._connection.execute(
            "SELECT text FROM cosigned WHERE origin = ? ORDER BY size DESC LIMIT 1", [origin]
        ).fetchone()
        if row is None:
            return protocol.Known(keys, 0, merkle.EMPTY_ROOT, "", lambda size: None)
        last = checkpoint.parse(note.parse(row[0].encode()).body)
        return protocol.Known(keys, last.size, last.root, row[0], lambda size: self.cosigned(origin, size))

    def last_signed(self) -> int:
        """When the witness last cosigned anything, in seconds since 1970; 0 where it never has."""
        return int(self._connection.execute("SELECT coalesce(max(at), 0) FROM cosigned").fetchone()[0])

    def remember(self, origin: str, size: int, text: str, at: int) -> None:
        """Remember a checkpoint as cosigned at `at`, once the turn ends well."""
        self._connection.execute(
            "INSERT OR REPLACE INTO cosigned VALUES (?, ?, ?, ?)", [origin, size, text, at]
        )

    def cosigned(self, origin: str, size: int) -> str | None:
        """The checkpoint of that size that was cosigned; None where none was."""
        row = self._connection.execute(
            "SELECT text FROM cosigned WHERE origin = ? AND size = ?", [origin, size]
        ).fetchone()
        return None if row is None else str(row[0])


@cache
def _fork(folder: Path) -> protocol.Fork:
    """What is in a folder of evidence; it never changes."""
    first, second = ((folder / name).read_text() for name in ("first", "second"))
    origin = checkpoint.parse(note.parse(first.encode()).body).origin
    return protocol.Fork(origin, first, second, protocol.parse((folder / "request").read_bytes()))


def init(folder: Path, *, name: str, logs: tuple[str, ...], quantum_safe: bool) -> Memory:
    """Make a witness's folder where there is none yet, and let it know the `logs` (verifier keys) beside those
    that it knows. Raises FileMalformed for a name or key that is none, or where the folder is another's."""
    for vkey in logs:
        note.parse_key(vkey)
    kinds = [note.COSIGNATURE_ED25519, *([note.COSIGNATURE_MLDSA44] if quantum_safe else [])]
    made = [keyfile.fresh(name, kind) for kind in kinds]
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    text = secret.keep(folder / "witness.key", lambda: "".join(f"{one}\n" for one in made))
    kept = keyfile.parse(text, "witness.key")
    if any(one.name != name for one in kept):
        raise FileMalformed.one("--name", f"this folder is the witness {kept[0].name}")
    secret.write(folder / "witness.vkey", "".join(f"{one.key}\n" for one in kept))
    known = secret.keep(
        folder / "logs", lambda: "# The logs that this witness knows: a verifier key a line.\n"
    )
    new = [vkey for vkey in logs if vkey not in known.split()]
    secret.write(folder / "logs", known + "".join(f"{vkey}\n" for vkey in new))
    return Memory(folder)


def _parse_logs(text: str) -> dict[str, tuple[note.VerifierKey, ...]]:
    """Origin -> keys: several where a log is changing from one key to the next."""
    found: dict[str, tuple[note.VerifierKey, ...]] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.lstrip().startswith("#"):
            try:
                key = note.parse_key(line.strip())
            except FileMalformed as error:
                raise FileMalformed.one("logs", error.problems[0].what, number) from error
            found[key.name] = (*found.get(key.name, ()), key)
    return found


def _durably(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
