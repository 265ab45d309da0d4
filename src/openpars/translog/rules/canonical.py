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

    Raises BadInput, naming the place, for anything else: a float, a large integer, half a surrogate pair.

    >>> encode({"b": [1, True], "a": "é"})
    b'{"a":"\\xc3\\xa9","b":[1,true]}'
    """
    written: list[str] = []
    _write(value, "$", written)
    return "".join(written).encode()


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


def _write(value: object, where: str, written: list[str]) -> None:
    if value is None or isinstance(value, bool):
        written.append("null" if value is None else "true" if value else "false")
    elif isinstance(value, int):
        if abs(value) > LARGEST:
            raise BadInput.one(where, "is an integer beyond 2**53, which not every reader holds exactly")
        written.append(str(int(value)))
    elif isinstance(value, str):
        written.append(_text(value, where))
    elif isinstance(value, (list, tuple)):
        _write_list(value, where, written)
    elif isinstance(value, dict):
        _write_object(value, where, written)
    else:
        raise BadInput.one(where, f"is of type {type(value).__name__}, which canonical JSON does not hold")


def _write_list(value: list[object] | tuple[object, ...], where: str, written: list[str]) -> None:
    for position, item in enumerate(value):
        written.append("," if position else "[")
        _write(item, f"{where}[{position}]", written)
    written.append("]" if value else "[]")


def _write_object(value: dict[object, object], where: str, written: list[str]) -> None:
    if not all(isinstance(key, str) for key in value):
        raise BadInput.one(where, "has a key that is not text")
    # RFC 8785 section 3.2.3: names are sorted by their UTF-16 code units, not by code point.
    # Of ASCII names both are the same order.
    keys: list[str] = sorted(value, key=None if "".join(value).isascii() else _utf16)  # type: ignore[arg-type]
    for position, key in enumerate(keys):
        written.append("," if position else "{")
        written.append(_text(key, where) + ":")
        _write(value[key], f"{where}.{key}", written)
    written.append("}" if value else "{}")


def _utf16(key: str) -> bytes:
    return key.encode("utf-16-be", "surrogatepass")


def _text(value: str, where: str) -> str:
    if not value.isascii() and _HALF_OF_A_PAIR.search(value):
        raise BadInput.one(where, "has half of a surrogate pair, which is no character")
    # Python's own escapes are the RFC's (section 3.2.2.2) once ensure_ascii is off.
    return encode_basestring(value)
