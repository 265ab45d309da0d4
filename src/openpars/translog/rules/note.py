"""c2sp.org/signed-note: a text signed by one or more keys, and the verifier keys that people pass on."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import signature as algorithms
from openpars.translog.rules.encoding import from_base64, to_base64, to_text

ED25519, COSIGNATURE_ED25519, COSIGNATURE_MLDSA44 = 0x01, 0x04, 0x06
"""Signature types: the log's own, and a witness's two (c2sp.org/tlog-cosignature)."""
KEY_SIZES = {ED25519: 32, COSIGNATURE_ED25519: 32, COSIGNATURE_MLDSA44: 1312}
"""Bytes of a public key of each type that we know."""
LONGEST = 1 << 20
"""Bytes of a note that we read: room for far more than the 16 signatures that verifiers MUST accept, each of
"nearly 5kB" where post-quantum."""
MOST_SIGNATURES = 100
_DASH = "\u2014 "


class Unverified(FileMalformed):
    """The file is well formed, but what it claims does not verify."""


@dataclass(frozen=True)
class VerifierKey:
    """A public key, its name and its signature type, as trusted by whoever verifies."""

    name: str
    public: bytes
    kind: int = ED25519

    @property
    def id(self) -> bytes:
        """SHA-256(key name || 0x0A || signature type || public key)[:4]."""
        return key_id(self.name, self.kind, self.public)

    def __str__(self) -> str:
        """The vkey form: `name+hex(key id)+base64(type || public key)`."""
        return f"{self.name}+{self.id.hex()}+{to_base64(bytes([self.kind]) + self.public)}"


@dataclass(frozen=True)
class Signature:
    """One signature line: key name, key id, and what the key's algorithm made."""

    name: str
    key_id: bytes
    blob: bytes

    def __str__(self) -> str:
        return f"{_DASH}{self.name} {to_base64(self.key_id + self.blob)}\n"


@dataclass(frozen=True)
class Note:
    """A text (ending in newline) and its signatures, none of them verified yet."""

    body: str
    signatures: tuple[Signature, ...]

    def __str__(self) -> str:
        return self.body + "\n" + "".join(map(str, self.signatures))


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The key id of a key of signature type `kind`: SHA-256(key name || 0x0A || type || public key)[:4]."""
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + public).digest()[:4]


def parse_key(vkey: str, kinds: Sequence[int] = (ED25519,)) -> VerifierKey:
    """The key that a vkey names, of one of `kinds`: by default a log's. Raises FileMalformed: a mistyped key
    must not look like a forged log."""
    name, first, rest = vkey.partition("+")
    identifier, second, encoded = rest.partition("+")
    if not (first and second):
        raise FileMalformed.one("verifier key", "is not of the form name+hex+base64")
    _check_name(name, "verifier key", None)
    kind, public = (raw := from_base64(encoded, "verifier key"))[:1], raw[1:]
    if not kind or kind[0] not in kinds or len(public) != KEY_SIZES[kind[0]]:
        wanted = " or ".join(f"type {one}, {KEY_SIZES[one]} bytes" for one in kinds)
        raise FileMalformed.one("verifier key", f"is not a key of the kind wanted here ({wanted})")
    key = VerifierKey(name, public, kind[0])
    if key.id.hex() != identifier:
        raise FileMalformed.one("verifier key", "has an id that is not that of its name and key: mistyped?")
    return key


def parse_keys(text: str) -> tuple[VerifierKey, ...]:
    """A log's keys, one vkey a line; more than one where a key was changed. Raises FileMalformed."""
    return tuple(parse_key(line.strip()) for line in text.strip().splitlines() or [""])


def parse(data: bytes) -> Note:
    """The note in `data`, its signatures not yet verified. Raises FileMalformed, naming the line."""
    text = to_text(data, "signed note", LONGEST)
    # "the text is separated from the signatures by the last empty line in the note"
    body, separator, tail = text.rpartition("\n\n")
    if not separator or not body or not tail:
        raise FileMalformed.one("signed note", "has no empty line between text and signatures")
    first = body.count("\n") + 3
    lines = tail[:-1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise FileMalformed.one("signed note", f"has more than {MOST_SIGNATURES} signatures")
    signatures = tuple(_parse_line(line, first + position) for position, line in enumerate(lines))
    named = [(signature.name, signature.key_id) for signature in signatures]
    for position, name in enumerate(named):
        if name in named[:position]:
            raise FileMalformed.one("signature", "repeats the key of an earlier line", first + position)
    return Note(body + "\n", signatures)


def verify(note: Note, keys: Sequence[VerifierKey]) -> tuple[VerifierKey, ...]:
    """The keys among `keys` that signed `note`. Raises Unverified where none did, or where a known key's
    signature fails. Signatures of unknown keys are ignored, as the specification demands."""
    known = {(key.name, key.id): key for key in keys}
    signed = []
    for signature in note.signatures:
        key = known.get((signature.name, signature.key_id))
        if key is None:
            continue
        if not algorithms.ed25519_fits(key.public, signature.blob, note.body.encode()):
            raise Unverified.one("signature", f"of {key.name} does not fit the text")
        signed.append(key)
    if not signed:
        names = " or ".join(sorted({key.name for key in keys}))
        raise Unverified.one("signature", f"by the key of {names} is not among the note's signatures")
    return tuple(signed)


def _parse_line(line: str, number: int) -> Signature:
    name, space, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not space:
        raise FileMalformed.one("signature", "is not of the form: em dash, key name, base64", number)
    _check_name(name, "signature", number)
    raw = from_base64(encoded, "signature", number)
    if len(raw) < 5:
        raise FileMalformed.one("signature", "is too short to hold a key id and a signature", number)
    return Signature(name, raw[:4], raw[4:])


def _check_name(name: str, where: str, line: int | None) -> None:
    # "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus characters."
    if not name or "+" in name or any(character.isspace() for character in name):
        raise FileMalformed.one(where, "has a key name that is empty or contains a space or plus", line)
