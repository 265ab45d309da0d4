"""What all C2SP texts share: base64 with one spelling, decimals without leading zeros, lines."""

import base64
import re

from openpars.errors import FileMalformed
from openpars.translog.rules.merkle import MAX_SIZE

_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,18}")


def to_base64(data: bytes) -> str:
    """The standard Base 64 encoding of RFC 4648 section 4."""
    return base64.b64encode(data).decode("ascii")


def from_base64(text: str, where: str, line: int | None = None) -> bytes:
    """The bytes of `text`. Raises FileMalformed, naming `where`, unless `text` is their one encoding: stray
    bits and missing padding would let one receipt be written in two ways."""
    try:
        data = base64.b64decode(text.encode("ascii"), validate=True)
    except ValueError:
        data = b""
    if to_base64(data) != text:
        raise FileMalformed.one(where, "is not base64", line)
    return data


def from_decimal(text: str, where: str, line: int | None = None) -> int:
    """An ASCII decimal with no leading zeros, below 2**63. Raises FileMalformed."""
    if not _DECIMAL.fullmatch(text) or int(text) > MAX_SIZE:
        raise FileMalformed.one(where, "is not a whole number without leading zeros, below 2**63", line)
    return int(text)


def from_hash(text: str, where: str, line: int | None = None) -> bytes:
    """A SHA-256 hash in base64. Raises FileMalformed."""
    digest = from_base64(text, where, line)
    if len(digest) != 32:
        raise FileMalformed.one(where, "is not a SHA-256 hash", line)
    return digest


def to_text(data: bytes, where: str, limit: int) -> str:
    """The text of a C2SP file: at most `limit` bytes of UTF-8 without control characters but newline (so no
    CRLF), ending in a newline. Raises FileMalformed."""
    if len(data) > limit:
        raise FileMalformed.one(where, f"is longer than {limit} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise FileMalformed.one(where, "is not UTF-8") from error
    found = _CONTROL.search(text)
    if found is not None:
        what = "a carriage return: lines end in newline alone" if found[0] == "\r" else "a control character"
        raise FileMalformed.one(where, f"has {what}", text.count("\n", 0, found.start()) + 1)
    if not text.endswith("\n"):
        raise FileMalformed.one(where, "does not end with a newline")
    return text
