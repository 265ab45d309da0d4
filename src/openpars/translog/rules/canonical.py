"""Canonical JSON: one value, one sequence of bytes (RFC 8785, without fractions).

The RFC writes numbers as ECMAScript prints doubles. We use no fraction at all, and no integer beyond 2**53
(which a double cannot hold exactly): what remains is written the same by every implementation.
"""

import json
import re
from json.encoder import encode_basestring

from openpars.errors import BadInput, FileMalformed

_HALF_OF_A_PAIR = re.compile("[\ud800-\udfff]")

LARGEST = 2**53 - 1
"""The largest integer that every reader of JSON holds exactly (RFC 7493 section 2.2)."""


def encode(value: object) -> bytes:
    """The canonical bytes of `value`: dicts with text keys, lists, tuples (as lists), text, integers,
    booleans and None.

    Raises BadInput, naming the place, for anything else: a float, a large integer, half a surrogate pair; and where it
    is nested more deeply than Python calls, some hundred levels.

    >>> encode({"b": [1, True], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[1,true]}'
    """
    try:
        return _write(value).encode()
    except _Unfit as error:
        raise BadInput.one(f"${error.place}", error.what) from None
    except RecursionError:
        raise BadInput.one("$", "is nested too deeply") from None


def decode(data: bytes) -> object:
    """The value whose canonical bytes are `data`. Raises FileMalformed where they are not canonical (so a
    repeated key, a space or a needless escape is refused) or not JSON at all."""
    try:
        value = json.loads(data.decode())
        same = encode(value) == data
    except (ValueError, RecursionError, BadInput):
        same = False
    if not same:
        raise FileMalformed.one("JSON", "is not in canonical form (RFC 8785)")
    return value


class _Unfit(Exception):
    """A value that canonical JSON does not hold; its place is put together on the way out, so that a value
    that fits pays nothing for it."""

    def __init__(self, what: str) -> None:
        self.what = what
        self.place = ""


def _write(value: object) -> str:
    if isinstance(value, str):
        return _text(value)
    if value is None or isinstance(value, bool):
        return "null" if value is None else "true" if value else "false"
    if isinstance(value, int):
        if abs(value) > LARGEST:
            raise _Unfit("is an integer beyond 2**53, which not every reader holds exactly")
        return str(int(value))
    if isinstance(value, (list, tuple)):
        return f"[{','.join([_item(item, position) for position, item in enumerate(value)])}]"
    if isinstance(value, dict):
        return _object(value)
    raise _Unfit(f"is of type {type(value).__name__}, which canonical JSON does not hold")


def _item(item: object, position: int) -> str:
    try:
        return _write(item)
    except _Unfit as error:
        error.place = f"[{position}]{error.place}"
        raise


def _object(value: dict[object, object]) -> str:
    if not all(isinstance(key, str) for key in value):
        raise _Unfit("has a key that is not text")
    # RFC 8785 section 3.2.3: names are sorted by their UTF-16 code units, not by code point. Of ASCII names both
    # are the same order.
    keys: list[str] = sorted(value, key=None if "".join(value).isascii() else _utf16)  # type: ignore[arg-type]
    return "{" + ",".join([_member(key, value[key]) for key in keys]) + "}"


def _member(key: str, value: object) -> str:
    name = _text(key)
    try:
        return f"{name}:{_write(value)}"
    except _Unfit as error:
        error.place = f".{key}{error.place}"
        raise


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _text(value: str) -> str:
    if not value.isascii() and _HALF_OF_A_PAIR.search(value):
        raise _Unfit("has half of a surrogate pair, which is no character")
    # Python's own escapes are the RFC's (section 3.2.2.2) once ensure_ascii is off.
    return encode_basestring(value)
