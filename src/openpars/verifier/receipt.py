"""Verifies one receipt, and against it what its holder was given."""

from dataclasses import dataclass
from pathlib import Path

from openpars.errors import FileMalformed
from openpars.translog.rules import canonical, opening, proof
from openpars.verifier import sources
from openpars.verifier.trust import Trust, Witnessed

LONGEST_ANSWER = 1 << 24
"""Bytes of an answer: many times what one holds, and no more memory than a small machine has."""


@dataclass(frozen=True)
class Verified:
    """What a receipt proves: `entry` is the log's entry `index`, of a tree that the log's key has signed; `opened`
    is what was shown to be what the entry commits to, by name."""

    index: int
    entry: object
    witnessed: Witnessed
    opened: dict[str, object]


def verify(path: Path, trust: Trust, answer: Path | None = None) -> Verified:
    """Verify the receipt in `path`, and that what the file `answer` holds is what its entry commits to.

    Raises FileMalformed where a file is not what it should be, note.Unverified where it proves nothing, Fault
    where it cannot be read.
    """
    shown = proof.parse(sources.read_file(path, proof.LONGEST))
    if shown.extra is None:
        raise FileMalformed.one("receipt", "has no extra line, which in our receipts holds the entry")
    witnessed = trust.check(shown.checkpoint.encode())
    proof.check(shown, shown.extra, witnessed.checkpoint)
    entry = canonical.decode(shown.extra)
    opened = opening.check(entry, opening.load(sources.read_file(answer, LONGEST_ANSWER))) if answer else {}
    return Verified(shown.index, entry, witnessed, opened)
