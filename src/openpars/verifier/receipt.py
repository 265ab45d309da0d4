"""Verifies one receipt, and an answer against it."""

import json
from dataclasses import dataclass
from pathlib import Path

from openpars.errors import BadInput, FileMalformed
from openpars.translog.rules import canonical, commitment, note, proof
from openpars.translog.rules.checkpoint import Checkpoint
from openpars.verifier import sources

LONGEST_ANSWER = 1 << 26


@dataclass(frozen=True)
class Verified:
    """What a receipt proves: `entry` is the log's entry `index`, of a tree that the log's key has signed."""

    index: int
    entry: object
    checkpoint: Checkpoint
    answer: bool


def verify(path: Path, key: note.VerifierKey, answer: Path | None = None) -> Verified:
    """Verify the receipt in `path`, and that the answer file `answer` is what its entry commits to.

    Raises FileMalformed where a file is not what it should be, note.Unverified where it proves nothing, Fault
    where it cannot be read.
    """
    shown = proof.parse(sources.read_file(path, proof.LONGEST))
    if shown.extra is None:
        raise FileMalformed.one("receipt", "has no extra line, which in our receipts holds the entry")
    checkpoint = proof.verify(shown, shown.extra, key)
    entry = canonical.decode(shown.extra)
    if answer is not None:
        _check_answer(entry, sources.read_file(answer, LONGEST_ANSWER))
    return Verified(shown.index, entry, checkpoint, answer is not None)


def _check_answer(entry: object, data: bytes) -> None:
    kept = _load(data)
    opening = kept.get("opening") if isinstance(kept, dict) else None
    if not isinstance(kept, dict) or "answer" not in kept or not isinstance(opening, dict):
        raise FileMalformed.one("answer", "is not an object with `answer` and `opening`")
    salt = opening.get("salt")
    try:
        opener = bytes.fromhex(salt) if isinstance(salt, str) else b""
    except ValueError:
        opener = b""
    if len(opener) != commitment.SALT_SIZE:
        raise FileMalformed.one("answer", f"has no opening.salt of {commitment.SALT_SIZE} bytes in hex")
    stated = entry.get("answer") if isinstance(entry, dict) else None
    if not isinstance(stated, str):
        raise note.Unverified.one("entry", "commits to no answer")
    try:
        opens = commitment.opens(stated, "answer", kept["answer"], opener)
    except BadInput as error:
        raise FileMalformed.one("answer", f"cannot be written canonically: {error}") from error
    if not opens:
        raise note.Unverified.one("answer", "is not the one that the entry commits to")


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
