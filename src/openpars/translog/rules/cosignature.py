"""c2sp.org/tlog-cosignature: a witness's statement that, at a time, a checkpoint continued all that it had seen.

A cosignature is one more signature line under a checkpoint. Which witnesses must have signed is said by a
policy (`policy`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, note, signature

KINDS = (note.COSIGNATURE_ED25519, note.COSIGNATURE_MLDSA44)
"""Section "Format": signature types 0x04 (Ed25519) and 0x06 (ML-DSA-44)."""
_SIZES = {note.COSIGNATURE_ED25519: 64, note.COSIGNATURE_MLDSA44: 2420}
_LATEST = 2**63 - 1
_LABEL = b"subtree/v1\n\x00"


@dataclass(frozen=True)
class Cosignature:
    """A cosignature that fits: whose, and the time it states, in seconds since 1970."""

    key: note.VerifierKey
    time: int


def parse_key(vkey: str) -> note.VerifierKey:
    """A witness's key. Raises FileMalformed, as where it is a log's key."""
    return note.parse_key(vkey, KINDS)


def message(key: note.VerifierKey, body: str, time: int) -> bytes:
    """What the witness of `key` signs for a checkpoint's note text `body` at `time`."""
    if key.kind == note.COSIGNATURE_ED25519:
        # Section "Ed25519 signed message": header line, timestamp line, "the whole note body".
        return f"cosignature/v1\ntime {time}\n{body}".encode()
    # Section "ML-DSA-44 signed message": cosigned_message, "if signing a checkpoint", start is zero.
    stated = checkpoint.parse(body)
    return (
        _LABEL
        + _short(key.name)
        + time.to_bytes(8, "big")
        + _short(stated.origin)
        + (0).to_bytes(8, "big")
        + stated.size.to_bytes(8, "big")
        + stated.root
    )


def line(key: note.VerifierKey, time: int, signed: bytes) -> note.Signature:
    """The signature line of `signed`, which is over `message`: a timestamped_signature, big-endian."""
    return note.Signature(key.name, key.id, time.to_bytes(8, "big") + signed)


def verify(signed: note.Note, keys: Sequence[note.VerifierKey]) -> tuple[Cosignature, ...]:
    """The cosignatures by `keys` on a checkpoint, in the order of its lines; none where none is there.

    Signatures of other keys are ignored. Raises note.Unverified, naming the witness, where one of `keys` is
    there and does not fit, or states no time; FileMalformed where `signed` is no checkpoint.
    """
    known = {(key.name, key.id): key for key in keys}
    found = []
    for one in signed.signatures:
        key = known.get((one.name, one.key_id))
        if key is not None:
            found.append(Cosignature(key, _check(key, one.blob, signed.body)))
    return tuple(found)


def parse_lines(data: bytes) -> tuple[note.Signature, ...]:
    """The signature lines that a witness answered with (c2sp.org/tlog-witness). Raises FileMalformed."""
    return note.parse(b"-\n\n" + data).signatures


def _check(key: note.VerifierKey, blob: bytes, body: str) -> int:
    time, raw = int.from_bytes(blob[:8], "big"), blob[8:]
    if len(raw) != _SIZES[key.kind] or time > _LATEST:
        raise note.Unverified.one("cosignature", f"of {key.name} is not a time and a signature of its type")
    if time == 0:
        # c2sp.org/tlog-witness: "The cosignature MUST NOT omit the timestamp".
        raise note.Unverified.one("cosignature", f"of {key.name} states no time")
    check = signature.ed25519_fits if key.kind == note.COSIGNATURE_ED25519 else signature.mldsa44_fits
    fits = check(key.public, raw, message(key, body, time))
    if fits is None:
        raise FileMalformed.one(
            "cosignature", f"of {key.name} is ML-DSA-44: install `cryptography` to check it"
        )
    if not fits:
        raise note.Unverified.one("cosignature", f"of {key.name} does not fit the checkpoint")
    return time


def _short(text: str) -> bytes:
    """`opaque <1..2^8-1>`: a length byte before the bytes."""
    data = text.encode()
    if not 1 <= len(data) <= 255:
        raise FileMalformed.one("cosignature", "needs names of 1 to 255 bytes (ML-DSA-44)")
    return bytes([len(data)]) + data
