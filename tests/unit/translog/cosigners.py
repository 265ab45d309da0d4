"""Invented witnesses with fixed keys, for tests."""

from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from openpars.translog.rules import cosignature, note

TIME = 1_790_000_000


@dataclass(frozen=True)
class Cosigner:
    """A witness that signs whatever it is given."""

    name: str
    private: Ed25519PrivateKey | MLDSA44PrivateKey

    @property
    def key(self) -> note.VerifierKey:
        kinds = cosignature.KINDS
        kind = kinds[isinstance(self.private, MLDSA44PrivateKey)]
        return note.VerifierKey(self.name, self.private.public_key().public_bytes_raw(), kind)

    def line(self, body: str, time: int = TIME) -> str:
        return str(
            cosignature.line(self.key, time, self.private.sign(cosignature.message(self.key, body, time)))
        )

    def cosign(self, signed: str, time: int = TIME) -> str:
        """The signed checkpoint with one more line."""
        return signed + self.line(note.parse(signed.encode()).body, time)


def made(name: str, seed: int = 0, *, quantum_safe: bool = False) -> Cosigner:
    kept = bytes([seed]) * 32
    private = (MLDSA44PrivateKey.from_seed_bytes if quantum_safe else Ed25519PrivateKey.from_private_bytes)(
        kept
    )
    return Cosigner(name, private)


COURT = made("court.example/witness", 1)
DEFENDER = made("defender.example/witness", 2)
UNIVERSITY = made("university.example/witness", 3, quantum_safe=True)
POLICY = (
    f"log openpars.example/log+b26bb769+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4\n"
    f"witness court {COURT.key} http://127.0.0.1:9/\n"
    f"witness defender {DEFENDER.key}\n"
    f"witness university {UNIVERSITY.key}\n"
    "group two-of-three 2 court defender university\n"
    "quorum two-of-three\n"
)
