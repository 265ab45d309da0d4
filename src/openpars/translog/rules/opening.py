"""An answer as kept in a file, held against the entry that commits to it (specs/disclosure-receipt.md, 2.4)."""

import json
from collections.abc import Mapping

from openpars.errors import BadInput, FileMalformed
from openpars.translog.rules import commitment, note

COMMITTED = frozenset({"about", "answer", "asker", "case", "criteria", "reason", "source", "who"})
"""The members that are commitments, of every type of entry that an opening is given for."""


def says(entry: object, opened: Mapping[str, object]) -> dict[str, object]:
    """The members of an entry that say something: those that are no commitments, and what was `opened` of others,
    but for an answer, which may be long."""
    members = entry if isinstance(entry, dict) else {}
    plain = {name: value for name, value in members.items() if name not in COMMITTED}
    return plain | {name: value for name, value in opened.items() if name != "answer"}


def check(entry: object, kept: object) -> dict[str, object]:
    """What the commitments in `entry` that an answer as kept opens commit to, by name: `answer`, and what its opening's
    `values` hold. Raises FileMalformed, and note.Unverified where one does not open."""
    given = kept.get("opening") if isinstance(kept, dict) else None
    values = given.get("values", {}) if isinstance(given, dict) else {}
    if not isinstance(kept, dict) or not isinstance(given, dict) or not isinstance(values, dict):
        raise FileMalformed.one("answer", "is not an object with `answer` and `opening`")
    claimed = ({"answer": kept["answer"]} if "answer" in kept else {}) | values
    if not claimed:
        raise FileMalformed.one("answer", "has neither `answer` nor `opening.values`")
    salt = _salt(given.get("salt"))
    for name, value in claimed.items():
        stated = entry.get(name) if isinstance(entry, dict) else None
        if not isinstance(stated, str):
            raise note.Unverified.one("entry", f"commits to no {name}")
        try:
            opens = commitment.opens(stated, name, value, salt)
        except BadInput as error:
            raise FileMalformed.one(name, f"cannot be written canonically: {error}") from error
        if not opens:
            raise note.Unverified.one(name, "is not the one that the entry commits to")
    return claimed


def _salt(text: object) -> bytes:
    try:
        salt = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        salt = b""
    if len(salt) != commitment.SALT_SIZE:
        raise FileMalformed.one("answer", f"has no opening.salt of {commitment.SALT_SIZE} bytes in hex")
    return salt


def load(data: bytes, what: str = "answer") -> object:
    """The value of JSON in which no name is repeated and no number is a fraction. Raises FileMalformed."""

    def fraction(text: str) -> object:
        raise ValueError(f"{text} is no whole number")

    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name is repeated")
        return dict(pairs)

    try:
        loaded: object = json.loads(
            data.decode(), object_pairs_hook=once, parse_float=fraction, parse_constant=fraction
        )
    except (ValueError, RecursionError) as error:
        raise FileMalformed.one(what, "is not JSON with each name once and no fraction") from error
    return loaded
