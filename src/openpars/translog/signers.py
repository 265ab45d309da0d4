"""The seam of the log's key: a key in a file today, a key in hardware where a city has it."""

import os
import tempfile
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.conf import settings

from openpars.engine.address import state_folder
from openpars.errors import FileMalformed
from openpars.translog.rules import note
from openpars.translog.rules.encoding import from_base64, to_base64

_PREFIX = "PRIVATE+KEY"


class Signer(Protocol):
    """Signs in the log's name."""

    @property
    def key(self) -> note.VerifierKey:
        """The public key, as others verify with it."""

    def sign(self, body: str) -> str:
        """`body` (ending in a newline) as a signed note."""


class FileSigner:
    """An Ed25519 key in a file, made at first use and readable by its owner alone (mode 0600).

    The file has one line in the form of Go's note package: `PRIVATE+KEY+<name>+<key id>+<base64>`. Beside it
    lies the verifier key, with the suffix .vkey, to be published. Raises FileMalformed where the file is not
    such a line, or where it is the key of another log.
    """

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self._path = path
        name = name or str(settings.LOG_ORIGIN)
        if not path.exists():
            _write_once(path, _fresh(name))
        self._private, self._key = _parse(path.read_text())
        if self._key.name != name:
            raise FileMalformed.one(path.name, f"is the key of {self._key.name}, but this log is {name}")
        public = path.with_suffix(".vkey")
        if not public.exists():
            _write_once(public, f"{self.vkey}\n", mode=0o644)

    @property
    def key(self) -> note.VerifierKey:
        """The public key, as others verify with it."""
        return self._key

    @property
    def vkey(self) -> str:
        """The public key in its published form (c2sp.org/signed-note)."""
        return str(self._key)

    def sign(self, body: str) -> str:
        """`body` (ending in a newline) as a signed note."""
        blob = self._private.sign(body.encode())
        return str(note.Note(body, (note.Signature(self._key.name, self._key.id, blob),)))


def configured() -> FileSigner:
    """This log's signer: `log.key` in the state folder."""
    return FileSigner(state_folder() / "log.key")


def published_key() -> str | None:
    """This log's verifier key as published, the private one untouched; None where it is not made yet."""
    path = state_folder() / "log.vkey"
    return path.read_text().strip() if path.exists() else None


def _fresh(name: str) -> str:
    private = Ed25519PrivateKey.generate()
    key = note.VerifierKey(name, private.public_key().public_bytes_raw())
    seed = to_base64(bytes([note.ED25519]) + private.private_bytes_raw())
    return f"{_PREFIX}+{name}+{key.id.hex()}+{seed}\n"


def _parse(text: str) -> tuple[Ed25519PrivateKey, note.VerifierKey]:
    parts = text.strip().removeprefix(f"{_PREFIX}+").split("+", 2)
    raw = from_base64(parts[2], "log key") if len(parts) == 3 else b""
    if raw[:1] != bytes([note.ED25519]) or len(raw) != 33:
        raise FileMalformed.one("log key", "is not of the form PRIVATE+KEY+name+id+base64, Ed25519")
    private = Ed25519PrivateKey.from_private_bytes(raw[1:])
    key = note.VerifierKey(parts[0], private.public_key().public_bytes_raw())
    if key.id.hex() != parts[1]:
        raise FileMalformed.one("log key", "has an id that is not that of its name and key")
    return private, key


def _write_once(path: Path, text: str, mode: int = 0o600) -> None:
    # Linked under its name only once complete and durable: a killed or a second process never leaves or sees
    # half a key. mkstemp makes files of mode 0600.
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    Path(temporary).chmod(mode)
    try:
        os.link(temporary, path)
    except FileExistsError:
        pass
    finally:
        os.unlink(temporary)
