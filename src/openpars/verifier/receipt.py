"""Verifies one receipt, and against it what its holder was given."""

import json
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import BadInput, FileMalformed
from openpars.translog.rules import canonical, commitment, note, proof
from openpars.verifier import sources
from openpars.verifier.trust import Trust, Witnessed

LONGEST_ANSWER = 1 << 26


@dataclass(frozen=True)
class Verified:
    """What a receipt proves: `entry` is the log's entry `index`, of a tree that the log's key has signed; `opened`
    names what was shown to be what the entry commits to."""

    index: int
    entry: object
    witnessed: Witnessed
    opened: tuple[str, ...]


def verify(path: Path, trust: Trust, answer: Path | None = None) -> Verified:
    """Verify the receipt in `path`, and that what the file `answer` holds is what its entry commits to.

    Raises FileMalformed where a file is not what it should be, note.Unverified where it proves nothing, Fault
    where it cannot be read.
    """
    shown = proof.parse(sources.read_file(path, proof.LONGEST))
    if shown.extra is None:
        raise FileMalformed.one("receipt", "has no extra line, which in our receipts holds the entry")
    proof.verify(shown, shown.extra, *trust.keys)
    witnessed = trust.check(shown.checkpoint.encode())
    entry = canonical.decode(shown.extra)
    opened = _open(entry, sources.read_file(answer, LONGEST_ANSWER)) if answer else ()
    return Verified(shown.index, entry, witnessed, opened)


def _open(entry: object, data: bytes) -> tuple[str, ...]:
    """The names of the commitments in `entry` that the answer file opens: `answer`, and what its opening's `values`
    hold."""
    kept = _load(data)
    opening = kept.get("opening") if isinstance(kept, dict) else None
    values = opening.get("values", {}) if isinstance(opening, dict) else {}
    if not isinstance(kept, dict) or not isinstance(opening, dict) or not isinstance(values, dict):
        raise FileMalformed.one("answer", "is not an object with `answer` and `opening`")
    claimed = ({"answer": kept["answer"]} if "answer" in kept else {}) | values
    if not claimed:
        raise FileMalformed.one("answer", "has neither `answer` nor `opening.values`")
    salt = _salt(opening.get("salt"))
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
    return tuple(claimed)


def _salt(text: object) -> bytes:
    try:
        salt = bytes.fromhex(text) if isinstance(text, str) else b""
    except ValueError:
        salt = b""
    if len(salt) != commitment.SALT_SIZE:
        raise FileMalformed.one("answer", f"has no opening.salt of {commitment.SALT_SIZE} bytes in hex")
    return salt


def _load(data: bytes) -> object:
    def once(pairs: list[tuple[str, object]]) -> dict[str, object]:
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a name is repeated")
        return dict(pairs)

    try:
        loaded: object = json.loads(data.decode(), object_pairs_hook=once)
    except (ValueError, RecursionError) as error:
        raise FileMalformed.one("answer", "is not JSON with each name once") from error
    return loaded
