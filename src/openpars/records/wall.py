"""The key of the wall: victims' and witnesses' particulars are sealed before they reach the database.

AES-256-GCM under the state folder's `walled.key`; the associated data name the place
("relation:row:column"), so a sealed value that is moved to another row or column does not open. First
byte: version; then 12 bytes of nonce.
"""

import os
import secrets
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from openpars.engine.address import state_folder
from openpars.errors import Fault

_VERSION = b"\x01"
_NONCE = 12


def seal(text: str, *, relation: str, row: UUID, column: str) -> bytes:
    """`text` as ciphertext for that place only. Sealing twice never gives the same bytes."""
    nonce = secrets.token_bytes(_NONCE)
    return _VERSION + nonce + _cipher().encrypt(nonce, text.encode(), _place(relation, row, column))


def unseal(sealed: bytes, *, relation: str, row: UUID, column: str) -> str:
    """The text that was sealed for that place. Raises Fault when it was damaged, moved, or sealed under
    another key."""
    data = bytes(sealed)
    if data[:1] != _VERSION:
        raise Fault(f"a sealed value of {relation} is of a version that is not known")
    nonce, body = data[1 : 1 + _NONCE], data[1 + _NONCE :]
    try:
        return _cipher().decrypt(nonce, body, _place(relation, row, column)).decode()
    except (InvalidTag, ValueError):
        raise Fault(
            f"a sealed value of {relation} does not open: damaged, moved or under another key"
        ) from None


def _place(relation: str, row: UUID, column: str) -> bytes:
    return f"{relation}:{row}:{column}".encode()


def _cipher() -> AESGCM:
    return AESGCM(_key(state_folder() / "walled.key"))


@lru_cache(maxsize=8)
def _key(path: Path) -> bytes:
    if not path.exists():
        # Written whole under another name first: nobody ever reads half a key, and the first one made stays.
        fresh = path.with_name(f"{path.name}.{os.getpid()}")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(32))
            file.flush()
            os.fsync(file.fileno())
        try:
            os.link(fresh, path)
        except FileExistsError:
            pass
        finally:
            fresh.unlink()
    key = path.read_bytes()
    if len(key) != 32:
        raise Fault("walled.key is damaged: it must hold 32 bytes")
    return key
