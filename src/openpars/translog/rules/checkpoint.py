"""c2sp.org/tlog-checkpoint: a signed note that states a tree's size and root hash."""

from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import merkle, note
from openpars.translog.rules.encoding import from_decimal, from_hash, to_base64


@dataclass(frozen=True)
class Checkpoint:
    """What a log states: its origin, the number of leaves, the root hash; and lines that it may add."""

    origin: str
    size: int
    root: bytes
    extensions: tuple[str, ...] = ()

    def __str__(self) -> str:
        """The note text: each line ends in a newline."""
        lines = (self.origin, str(self.size), to_base64(self.root), *self.extensions)
        return "".join(f"{line}\n" for line in lines)


def parse(body: str) -> Checkpoint:
    """The checkpoint in a note's text. Raises FileMalformed, naming the line."""
    lines = body.split("\n")[:-1]
    if len(lines) < 3:
        raise FileMalformed.one("checkpoint", "has fewer than three lines: origin, size, root hash")
    for number, line in enumerate(lines, start=1):
        if not line:
            raise FileMalformed.one("checkpoint", "has an empty line within its text", number)
    size = from_decimal(lines[1], "checkpoint's tree size", 2)
    root = from_hash(lines[2], "checkpoint's root hash", 3)
    if size == 0 and root != merkle.EMPTY_ROOT:
        raise FileMalformed.one("checkpoint's root hash", "is not that of an empty tree", 3)
    return Checkpoint(lines[0], size, root, tuple(lines[3:]))


def verify(data: bytes, *keys: note.VerifierKey) -> Checkpoint:
    """The checkpoint in a signed note, once one of the log's keys is seen to have signed it, and none to fail.

    The origin must be the key's name: "the log's key name … SHOULD match the origin line".
    Raises FileMalformed where `data` is no checkpoint, note.Unverified where signature or origin is wrong.
    """
    return signed_by(data, *keys)[0]


def signed_by(data: bytes, *keys: note.VerifierKey) -> tuple[Checkpoint, tuple[note.VerifierKey, ...]]:
    """The same, and which of the keys have signed it."""
    signed = note.parse(data)
    stated = parse(signed.body)
    ours = [key for key in keys if key.name == stated.origin]
    if not ours:
        names = " or ".join(dict.fromkeys(key.name for key in keys))
        raise note.Unverified.one("checkpoint's origin", f"is not {names}", 1)
    return stated, note.verify(signed, ours)
