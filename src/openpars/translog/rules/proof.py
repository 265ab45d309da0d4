"""c2sp.org/tlog-proof: one text file that shows, offline, that an entry is in a log. It is our receipt."""

from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, merkle, note
from openpars.translog.rules.encoding import from_base64, from_decimal, from_hash, to_base64, to_text

HEADER = "c2sp.org/tlog-proof@v1"
MOST_HASHES = 63
LONGEST = 3 * note.LONGEST
"""Bytes of a proof that we read: a checkpoint, the hashes, and extra data with room to spare."""


@dataclass(frozen=True)
class Proof:
    """An inclusion proof as written: nothing in it is verified yet.

    `extra` is opaque to the specification; in our receipts it is the entry itself, and None means that the
    file has no such line. `checkpoint` is the signed note, verbatim.
    """

    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str
    extra: bytes | None = None

    def __str__(self) -> str:
        """The `.tlog-proof` file."""
        extra = "" if self.extra is None else f"extra {to_base64(self.extra)}\n"
        path = "".join(f"{to_base64(digest)}\n" for digest in self.hashes)
        return f"{HEADER}\n{extra}index {self.index}\n{path}\n{self.checkpoint}"


def parse(data: bytes) -> Proof:
    """The proof in a `.tlog-proof` file. Raises FileMalformed, naming the line."""
    text = to_text(data, "proof", LONGEST)
    # The checkpoint has an empty line too, before its signatures: the first one ends the proof's own lines.
    head, separator, signed = text.partition("\n\n")
    lines = head.split("\n")
    if lines[0] != HEADER:
        raise FileMalformed.one("proof", f"does not begin with {HEADER}", 1)
    if not separator:
        raise FileMalformed.one("proof", "has no empty line before its checkpoint")
    extra, at = None, 1
    if len(lines) > at and lines[at].startswith("extra "):
        extra = from_base64(lines[at].removeprefix("extra "), "proof's extra data", at + 1)
        at += 1
    if len(lines) <= at or not lines[at].startswith("index "):
        raise FileMalformed.one("proof", "has no index line where one is due", at + 1)
    index = from_decimal(lines[at].removeprefix("index "), "proof's index", at + 1)
    if len(lines) - at - 1 > MOST_HASHES:
        raise FileMalformed.one("proof", f"has more than {MOST_HASHES} hashes")
    hashes = tuple(from_hash(line, "proof's hash", at + 2 + i) for i, line in enumerate(lines[at + 1 :]))
    return Proof(index, hashes, signed, extra)


def verify(proof: Proof, leaf: bytes, *keys: note.VerifierKey) -> checkpoint.Checkpoint:
    """The checkpoint under which `leaf` (an entry's bytes) is shown to stand in the log of `keys`.

    Raises FileMalformed where the checkpoint cannot be read, note.Unverified where anything does not verify.
    """
    stated = checkpoint.verify(proof.checkpoint.encode(), *keys)
    check(proof, leaf, stated)
    return stated


def check(proof: Proof, leaf: bytes, stated: checkpoint.Checkpoint) -> None:
    """Hold the proof's path against `stated`, its own checkpoint once that is verified. Raises note.Unverified."""
    digest = merkle.hash_leaf(leaf)
    if not merkle.verify_inclusion(digest, proof.index, stated.size, proof.hashes, stated.root):
        raise note.Unverified.one(
            "proof", f"does not show the entry at index {proof.index} of this checkpoint"
        )
