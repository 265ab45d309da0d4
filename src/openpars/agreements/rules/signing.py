"""Signatures of the parties' offices: what is signed, and the file that carries it.

An office signs two digests: of the canonical text, which the database enforces, and of its rendering in plain
English, which people read (promise 5: they are one). A signature file is lines of text:

    openpars.agreement-signature/1
    agreement <SHA-256 of the canonical text, hex>
    plain <SHA-256 of the plain rendering, hex>
    key <the public key, base64>
    signature <Ed25519 over the first three lines, each with its line end, base64>
"""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

from openpars.agreements.rules.language import agreement_hash
from openpars.agreements.rules.plain import Sentence, plain
from openpars.agreements.rules.terms import Agreement
from openpars.errors import BadInput
from openpars.translog.rules.signature import ed25519_fits

FORMAT = "openpars.agreement-signature/1"

_FILE = re.compile(
    rf"{re.escape(FORMAT)}\n"
    r"agreement ([0-9a-f]{64})\nplain ([0-9a-f]{64})\nkey ([A-Za-z0-9+/]{43}=)\nsignature ([A-Za-z0-9+/]{86}==)\n?"
)


@dataclass(frozen=True)
class Signature:
    """A signature as it was handed in: which text and rendering it names, by which key."""

    text_hash: str
    plain_digest: str
    key: bytes
    signature: bytes

    @property
    def fits(self) -> bool:
        """Whether the key made it, over just this."""
        return ed25519_fits(self.key, self.signature, statement(self.text_hash, self.plain_digest))


@dataclass(frozen=True)
class PlainText:
    """A text in plain English, as people read and sign it: `lines` are its sentences, each with its clause, a tab
    between, a line each. No sentence holds a tab or a line end: the format has neither."""

    text_hash: str
    lines: str

    @property
    def digest(self) -> str:
        """Hex SHA-256 of the lines."""
        return hashlib.sha256(self.lines.encode()).hexdigest()

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences that the lines say."""
        return tuple(Sentence(*line.split("\t", 1)) for line in self.lines.splitlines())


def in_plain(agreement: Agreement) -> PlainText:
    """The agreement in plain English, as this program says it today."""
    said = "".join(f"{sentence.clause}\t{sentence.text}\n" for sentence in plain(agreement))
    return PlainText(agreement_hash(agreement), said)


def as_signed(text_hash: str, lines: str, agreement: Agreement) -> PlainText:
    """The lines that were kept beside a text; where none were, what this program says of it today."""
    return PlainText(text_hash, lines or in_plain(agreement).lines)


def plain_digest(agreement: Agreement) -> str:
    """Hex SHA-256 of the plain rendering."""
    return in_plain(agreement).digest


def statement(text_hash: str, rendering: str) -> bytes:
    """The bytes that are signed."""
    return f"{FORMAT}\nagreement {text_hash}\nplain {rendering}\n".encode()


def write(signature: Signature) -> str:
    """The signature's file."""
    said = statement(signature.text_hash, signature.plain_digest).decode()
    return f"{said}key {encoded(signature.key)}\nsignature {encoded(signature.signature)}\n"


def read(text: str) -> Signature:
    """The signature of a file. Raises BadInput where it is none; whether it fits is for `fits`."""
    found = _FILE.fullmatch(text.replace("\r\n", "\n").strip() + "\n")
    if found is None:
        raise BadInput.one("signature", "is not a signature file: paste all of what `agreement sign` wrote")
    try:
        return Signature(found[1], found[2], decoded(found[3]), decoded(found[4]))
    except binascii.Error:
        raise BadInput.one("signature", "is damaged: its base64 does not read") from None


def key(text: str) -> bytes:
    """A public key, as `agreement key` printed it. Raises BadInput."""
    said = text.strip().removeprefix("ed25519:")
    try:
        found = decoded(said)
    except (binascii.Error, ValueError):
        found = b""
    if len(found) != 32:
        raise BadInput.one(
            "key", "must be a public key as `openpars agreement key` prints it: ed25519: and 44 letters"
        )
    return found


def encoded(data: bytes) -> str:
    """Base64, as the files have it."""
    return base64.b64encode(data).decode()


def decoded(text: str) -> bytes:
    """The bytes of base64. Raises binascii.Error."""
    return base64.b64decode(text, validate=True)
