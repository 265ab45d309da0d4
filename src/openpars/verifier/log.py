"""Verifies a whole log: every entry, every tile, the signature, and that an older checkpoint still holds."""

from collections.abc import Callable
from pathlib import Path

from openpars.translog.rules import checkpoint, note, replay, tiles
from openpars.verifier import sources

Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""


def verify(
    place: str, key: note.VerifierKey, since: Path | None, progress: Progress
) -> tuple[checkpoint.Checkpoint, checkpoint.Checkpoint | None]:
    """Verify the log at `place` (its address or a folder); the checkpoint it was held against, and the older
    one of the file `since`, of which it is now known that the log still begins with that tree.

    Raises LogBroken or note.Unverified where something does not verify, FileMalformed where a file is not
    what it should be, Fault where one cannot be read.
    """
    fetch = sources.of_log(place)
    stated = checkpoint.verify(fetch(tiles.CHECKPOINT, note.LONGEST), key)
    older = checkpoint.verify(sources.read_file(since, note.LONGEST), key) if since else None
    roots = [(stated.size, stated.root)]
    if older is not None:
        if older.size > stated.size:
            what = f"has {stated.size} entries, but the older checkpoint was signed for {older.size}"
            raise note.Unverified.one("log", what)
        if older.size == stated.size and older.root != stated.root:
            raise note.Unverified.one("log", f"has signed two different trees of size {stated.size}: a fork")
        roots.insert(0, (older.size, older.root))
    bundles = (sources.bundle(fetch, name) for name in tiles.bundle_names(stated.size))
    for done in replay.replay(bundles, roots, lambda name: sources.tile(fetch, name)):
        progress(done, stated.size)
    return stated, older
