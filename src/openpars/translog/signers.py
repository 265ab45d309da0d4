"""The seam of the log's keys: keys in a file today, a key in hardware where a city has it.

A log has one key, or two while it changes from one to the next: both then sign, so that whoever knows either
can verify (docs/operating.md). Public keys are kept for ever, for the checkpoints that they have signed.
"""

import os
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from django.conf import settings

from openpars.engine import secret
from openpars.engine.address import state_folder
from openpars.errors import Conflict, FileMalformed, NotFound
from openpars.translog import hardware, keyfile
from openpars.translog.memory import Memory
from openpars.translog.rules import note

MEMORY = "OPENPARS_LOG_MEMORY"
"""Names the file of what was signed last, where it is not log.signed in the state folder."""


class Signer(Protocol):
    """Signs in the log's name."""

    @property
    def keys(self) -> tuple[note.VerifierKey, ...]:
        """Every public key that this log was ever signed with, the newest first."""

    @property
    def memory(self) -> Memory:
        """What was signed last."""

    def sign(self, body: str) -> str:
        """`body` (ending in a newline) as a signed note, by each key that is in use."""


class PrivateKey(Protocol):
    """A key that signs, wherever it is kept."""

    @property
    def key(self) -> note.VerifierKey:
        """Its public half."""

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`."""


class KeptSigner:
    """Signs with each of some keys, the newest first, and keeps every public key that ever signed in the file
    `public`, one a line; `memory` is what was signed last. Raises FileMalformed where `public` is no such file."""

    def __init__(self, private: Sequence[PrivateKey], public: Path, memory: Memory) -> None:
        self._private, self._public, self.memory = tuple(private), public, memory
        self._keys = self._with_retired()

    @property
    def key(self) -> note.VerifierKey:
        """The newest public key."""
        return self._keys[0]

    @property
    def keys(self) -> tuple[note.VerifierKey, ...]:
        """Every public key that this log was ever signed with, the newest first."""
        return self._keys

    @property
    def trusted(self) -> tuple[note.VerifierKey, ...]:
        """The keys by which whoever verifies should know this log: all but those that a thief may sign with."""
        return tuple(key for key in self._keys if str(key) not in _distrusted(self._public))

    @property
    def in_use(self) -> tuple[note.VerifierKey, ...]:
        """The keys that sign, the newest first."""
        return tuple(one.key for one in self._private)

    @property
    def vkey(self) -> str:
        """The newest public key in its published form (c2sp.org/signed-note)."""
        return str(self.key)

    def sign(self, body: str) -> str:
        """`body` (ending in a newline) as a signed note, by each key that is in use."""
        signed = [note.Signature(one.key.name, one.key.id, one.sign(body.encode())) for one in self._private]
        return str(note.Note(body, tuple(signed)))

    def distrust(self, key_id: str) -> note.VerifierKey:
        """Publish the key with this id (hex) no more: a thief has it. What it signed still verifies here.

        Raises NotFound where there is no such key, Conflict where it is in use."""
        found = [key for key in self.trusted if key.id.hex() == key_id.lower()]
        if not found:
            raise NotFound("No trusted key has this id: see `openpars log key list`.")
        if found[0] in self.in_use:
            raise Conflict("This key signs: make another, and retire it first.")
        struck = [*_distrusted(self._public), str(found[0])]
        secret.write(_distrusted_file(self._public), "".join(f"{key}\n" for key in struck))
        return found[0]

    def _with_retired(self) -> tuple[note.VerifierKey, ...]:
        """The keys in use and those of the public file; what is missing from that is put there."""
        written = note.parse_keys(self._public.read_text()) if self._public.exists() else ()
        keys = tuple(dict.fromkeys((*self.in_use, *written)))
        if keys != written:
            secret.write(self._public, "".join(f"{key}\n" for key in keys))
            self._public.chmod(0o644)
        return keys


class FileSigner(KeptSigner):
    """Ed25519 keys in a file, made at first use and readable by its owner alone (mode 0600).

    The file has a line for each key that signs, the newest first; the public file beside it has the suffix
    .vkey, the memory .signed where none is given. Raises FileMalformed where either is not such a file, or where
    a key is another log's.
    """

    def __init__(self, path: Path, *, name: str | None = None, memory: Memory | None = None) -> None:
        self._path, self._name = path, name or str(settings.LOG_ORIGIN)
        text = secret.keep(path, lambda: f"{keyfile.fresh(self._name)}\n")
        self._kept = keyfile.parse(text, path.name)
        for one in self._kept:
            if one.kind != note.ED25519:
                raise FileMalformed.one(path.name, "is not a log's key (Ed25519, type 1)")
            if one.name != self._name:
                what = f"is the key of {one.name}, but this log is {self._name}"
                raise FileMalformed.one(path.name, what)
        super().__init__(self._kept, path.with_suffix(".vkey"), memory or Memory(path.with_suffix(".signed")))

    def begin_rotation(self) -> note.VerifierKey:
        """Make a new key, which signs beside the one in use from now on. Raises Conflict where two are."""
        if len(self._kept) > 1:
            raise Conflict("Two keys sign already: retire the older one first.")
        self._keep([keyfile.fresh(self._name), *self._kept])
        return self.key

    def retire(self, key_id: str) -> note.VerifierKey:
        """Destroy the private key with this id (hex); what it signed still verifies under its public key, the answer.

        Raises NotFound where no such key is in use, Conflict where it is the only one."""
        left = [one for one in self._kept if one.key.id.hex() != key_id.lower()]
        if len(left) == len(self._kept):
            raise NotFound("No key in use has this id: see `openpars log key list`.")
        if not left:
            raise Conflict("This is the only key: begin a rotation first.")
        gone = next(one.key for one in self._kept if one not in left)
        self._keep(left)
        return gone

    def _keep(self, private: Sequence[keyfile.PrivateKey]) -> None:
        secret.write(self._path, "".join(f"{one}\n" for one in private))
        self._private = self._kept = tuple(private)
        self._keys = self._with_retired()


def configured() -> KeptSigner:
    """This log's signer: the hardware keys that `log.pkcs11` in the state folder names, one a line and the newest
    first, else the keys in `log.key` there."""
    state = state_folder()
    named, memory = state / "log.pkcs11", Memory(Path(os.environ.get(MEMORY) or state / "log.signed"))
    if named.exists():
        return KeptSigner(_hardware(named.read_text()), state / "log.vkey", memory)
    return FileSigner(state / "log.key", memory=memory)


def rotating() -> FileSigner:
    """This log's signer where its keys are in a file. Raises Conflict where they are in hardware."""
    signer = configured()
    if not isinstance(signer, FileSigner):
        raise Conflict(
            "The key is in hardware: make and destroy keys there, and name those in use in log.pkcs11."
        )
    return signer


@cache
def _hardware(text: str) -> tuple[hardware.HardwareKey, ...]:
    """The keys that a text names, each with a session that stays open."""
    return tuple(hardware.HardwareKey(line, str(settings.LOG_ORIGIN)) for line in text.split())


def published_keys() -> tuple[str, ...]:
    """This log's verifier keys as published, the newest first, the private ones untouched; none where none is
    made yet."""
    path = state_folder() / "log.vkey"
    distrusted = _distrusted(path)
    return tuple(key for key in path.read_text().split() if key not in distrusted) if path.exists() else ()


def _distrusted_file(public: Path) -> Path:
    return public.with_suffix(".distrusted")


def _distrusted(public: Path) -> tuple[str, ...]:
    """The keys that are published no more, out of the file beside the public one."""
    path = _distrusted_file(public)
    return tuple(path.read_text().split()) if path.exists() else ()
