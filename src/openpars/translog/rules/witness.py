"""c2sp.org/tlog-witness: what is asked of a witness, and what it must answer. Pure."""

from collections.abc import Callable
from dataclasses import dataclass

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, merkle, note
from openpars.translog.rules.encoding import from_decimal, from_hash, to_base64, to_text

MOST_HASHES = 63
LONGEST = note.LONGEST + 64 * 64
"""Bytes of a request that we read: a checkpoint and its proof."""
INCONSISTENT = 422
"""The status of an answer to whoever does not continue what the witness has cosigned."""
TEXT, SIZE = "text/plain; charset=utf-8", "text/x.tlog.size"


@dataclass(frozen=True)
class Request:
    """The body of an add-checkpoint call."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: str

    def __str__(self) -> str:
        """Section "add-checkpoint": old size line, proof lines, empty line, checkpoint."""
        lines = "".join(f"{to_base64(digest)}\n" for digest in self.proof)
        return f"old {self.old}\n{lines}\n{self.checkpoint}"


@dataclass(frozen=True)
class Known:
    """What a witness knows of one log. `size`, `root` and `text` are of the last checkpoint that it has cosigned
    (0, the empty tree's and "" before the first); `cosigned` finds an earlier one's text by its size."""

    keys: tuple[note.VerifierKey, ...]
    size: int
    root: bytes
    text: str
    cosigned: Callable[[int], str | None]


@dataclass(frozen=True)
class Fork:
    """Two checkpoints that one log has signed. They are of the same size; or the proof, `request`'s, shows the
    second to begin with another tree than the first: either way no honest log has signed both. It is not `proven`
    where the first one's size is a power of two: a proof then cannot tell, anybody may have sent it, and the log must
    explain."""

    origin: str
    first: str
    second: str
    request: Request

    @property
    def sizes(self) -> tuple[int, int]:
        """Of the first and the second tree."""
        return _stated(self.first).size, _stated(self.second).size

    @property
    def proven(self) -> bool:
        """Whether no honest log can have signed both."""
        first, second = _stated(self.first), _stated(self.second)
        if first.size == second.size:
            return first.root != second.root
        found = merkle.roots_of_consistency(first.size, second.size, self.request.proof, first.root)
        return found is not None and found[1] == second.root and found[0] != first.root

    def explained_by(self, request: Request) -> bool:
        """Whether `request` shows that the second begins the tree of the request's checkpoint; or is that very one.
        With that cosigned, it was a false proof that made it look like a fork."""
        second, later = _stated(self.second), _stated(request.checkpoint)
        if self.proven or second.origin != later.origin:
            return False
        if second.size == later.size:
            return second.root == later.root
        return request.old == second.size and merkle.verify_consistency(
            second.size, later.size, request.proof, second.root, later.root
        )


@dataclass(frozen=True)
class Verdict:
    """What to answer. `accepted` is the checkpoint to be cosigned and remembered, and `fork` the evidence to be
    kept; `status` is 200 only with `accepted`."""

    status: int
    words: str = ""
    content_type: str = TEXT
    accepted: checkpoint.Checkpoint | None = None
    fork: Fork | None = None


def parse(data: bytes) -> Request:
    """The request in a body. Raises FileMalformed, naming the line."""
    text = to_text(data, "request", LONGEST)
    head, separator, signed = text.partition("\n\n")
    lines = head.split("\n")
    if not separator or not lines[0].startswith("old "):
        raise FileMalformed.one("request", "is not an old line, hashes, an empty line and a checkpoint", 1)
    old = from_decimal(lines[0].removeprefix("old "), "request's old size", 1)
    if len(lines) - 1 > MOST_HASHES:
        raise FileMalformed.one("request", f"has more than {MOST_HASHES} hashes")
    hashes = tuple(
        from_hash(line, "request's hash", number) for number, line in enumerate(lines[1:], start=2)
    )
    return Request(old, hashes, signed)


def judge(data: bytes, find: Callable[[str], Known | None]) -> Verdict:
    """What a witness answers to a request's body; `find` tells what it knows of a log by its origin.

    The order of the refusals is the specification's.
    """
    try:
        request = parse(data)
        signed = note.parse(request.checkpoint.encode())
        stated = checkpoint.parse(signed.body)
    except FileMalformed as error:
        return Verdict(400, str(error))
    known = find(stated.origin)
    if known is None:
        # "If the checkpoint origin is unknown, the witness MUST respond with a 404."
        return Verdict(404, "This witness does not know the log.")
    try:
        # "It MUST ignore signatures from unknown keys"; a known key that fails spoils the note.
        checkpoint.verify(request.checkpoint.encode(), *known.keys)
    except note.Unverified as error:
        return Verdict(403, str(error))
    if request.old > stated.size:
        return Verdict(400, "The old size is larger than the checkpoint's.")
    return _continue(request, stated, known)


def _continue(request: Request, stated: checkpoint.Checkpoint, known: Known) -> Verdict:
    before = known.text if stated.size == known.size else known.cosigned(stated.size)
    if before and _stated(before).root != stated.root:
        fork = Fork(stated.origin, before, request.checkpoint, request)
    else:
        fork = None
    if request.old != known.size:
        # "The response body MUST consist of the tree size of the latest cosigned checkpoint."
        return Verdict(409, str(known.size), SIZE, fork=fork)
    if fork is not None:
        return Verdict(
            INCONSISTENT, "The log has signed another tree of this size: evidence is kept.", fork=fork
        )
    if merkle.verify_consistency(known.size, stated.size, request.proof, known.root, stated.root):
        return Verdict(200, accepted=stated)
    return _inconsistent(request, stated, known)


def _inconsistent(request: Request, stated: checkpoint.Checkpoint, known: Known) -> Verdict:
    """A proof that does not verify: anyone may have sent it. It is evidence where it leads to the signed root, and
    so shows what the tree under that root began with."""
    words = "The consistency proof does not verify."
    if not 0 < known.size < stated.size:
        return Verdict(INCONSISTENT, words)
    found = merkle.roots_of_consistency(known.size, stated.size, request.proof, known.root)
    if found is None:
        return Verdict(INCONSISTENT, words)
    fork = Fork(stated.origin, known.text, request.checkpoint, request)
    if not fork.proven and known.size & (known.size - 1):
        return Verdict(INCONSISTENT, words)
    return Verdict(INCONSISTENT, f"{words} Evidence is kept.", fork=fork)


def explain(fork: Fork) -> str:
    """What a fork's evidence shows, in words for whoever opens the folder."""
    sizes = fork.sizes
    if not fork.proven:
        return (
            f"{fork.origin} has signed a tree of {sizes[1]:,} entries and was asked to show that it begins with\n"
            f"the {sizes[0]:,} entries that it had signed before. What was sent does not show it, but anybody may\n"
            "have sent it. Ask the log's keeper for the proof (`openpars log prove`), and give it to\n"
            "`openpars witness explain`; until it is given, take it that the log has two histories.\n"
        )
    shows = (
        "Both are of the same size, with different root hashes."
        if sizes[0] == sizes[1]
        else "The proof leads to the second's root hash from another tree than the first."
    )
    return (
        f"{fork.origin} HAS SIGNED TWO HISTORIES.\n\n"
        f"The files `first` and `second` are checkpoints of {sizes[0]:,} and {sizes[1]:,} entries, both signed by the\n"
        f"log. {shows} No honest log can have signed both.\n"
    )


def _stated(text: str) -> checkpoint.Checkpoint:
    return checkpoint.parse(note.parse(text.encode()).body)
