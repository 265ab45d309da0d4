"""Private keys as lines of a file, in the form of Go's note package: `PRIVATE+KEY+<name>+<key id>+<base64>`.

The base64 holds the signature type and the 32-byte seed. The log's keys are kept so, and a witness's.
"""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openpars.errors import FileMalformed
from openpars.translog.rules import note
from openpars.translog.rules.encoding import from_base64, to_base64

_PREFIX = "PRIVATE+KEY+"
_SEED = 32


@dataclass(frozen=True)
class PrivateKey:
    """A private key with its name and signature type."""

    name: str
    kind: int
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @property
    def key(self) -> note.VerifierKey:
        """The public key, as others verify with it."""
        return note.VerifierKey(self.name, self.private.public_key().public_bytes_raw(), self.kind)

    def sign(self, message: bytes) -> bytes:
        """The signature over `message`, by the key's own algorithm."""
        return self.private.sign(message)

    def __str__(self) -> str:
        """The line, without its newline. It is the secret."""
        seed = to_base64(bytes([self.kind]) + self.private.private_bytes_raw())
        return f"{_PREFIX}{self.name}+{self.key.id.hex()}+{seed}"

    def __repr__(self) -> str:
        """Says which key it is, never the key."""
        return f"PrivateKey({self.name!r}, {self.key.id.hex()})"


def fresh(name: str, kind: int = note.ED25519) -> PrivateKey:
    """A new key. Raises FileMalformed for a name that no key may have."""
    private = MLDSA44PrivateKey if kind == note.COSIGNATURE_MLDSA44 else Ed25519PrivateKey
    made = PrivateKey(name, kind, private.generate())
    note.parse_key(str(made.key), [kind])
    return made


def parse(text: str, where: str) -> tuple[PrivateKey, ...]:
    """The keys of a file named `where`, one a line, at least one. Raises FileMalformed, showing nothing of it."""
    lines = text.strip().splitlines() or [""]
    return tuple(_line(line.strip(), number, where) for number, line in enumerate(lines, start=1))


def _line(line: str, number: int, where: str) -> PrivateKey:
    parts = line.removeprefix(_PREFIX).split("+", 2)
    raw = from_base64(parts[2], where, number) if len(parts) == 3 and line.startswith(_PREFIX) else b""
    if raw[:1] not in [bytes([kind]) for kind in note.KEY_SIZES] or len(raw) != 1 + _SEED:
        raise FileMalformed.one(where, "is not of the form PRIVATE+KEY+name+id+base64", number)
    kind, seed = raw[0], raw[1:]
    private: Ed25519PrivateKey | MLDSA44PrivateKey
    if kind == note.COSIGNATURE_MLDSA44:
        private = MLDSA44PrivateKey.from_seed_bytes(seed)
    else:
        private = Ed25519PrivateKey.from_private_bytes(seed)
    read = PrivateKey(parts[0], kind, private)
    if read.key.id.hex() != parts[1]:
        raise FileMalformed.one(where, "has an id that is not that of its name and key", number)
    return read
