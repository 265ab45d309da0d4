"""Verifies a whole log, or in a moment that it still begins with what a kept checkpoint says."""

from collections.abc import Callable, Iterator
from functools import cache

from openpars.translog.rules import checkpoint, merkle, note, replay, tiles
from openpars.verifier import sources
from openpars.verifier.trust import Trust, Witnessed

Progress = Callable[[int, int], None]
"""Told how many entries are done, and of how many."""
See = Callable[[int, bytes], None]
"""Shown each entry of a log with its index, before the tree over it is verified."""


def verify(
    place: str, trust: Trust, since: bytes | None, progress: Progress, see: See | None = None
) -> tuple[Witnessed, checkpoint.Checkpoint | None]:
    """Verify the log at `place` (its address or a folder), every entry and every tile; the checkpoint it was held
    against, and the older one `since`, of which it is now known that the log still begins with that tree.

    Raises LogBroken or note.Unverified where something does not verify, FileMalformed where a file is not
    what it should be, Fault where one cannot be read.
    """
    fetch = sources.of_log(place)
    found = trust.check(fetch(tiles.CHECKPOINT, note.LONGEST))
    stated, older = found.checkpoint, _older(since, trust, found.checkpoint) if since else None
    roots = [(one.size, one.root) for one in (older, stated) if one is not None]

    def bundles() -> Iterator[list[bytes]]:
        for name in tiles.bundle_names(stated.size):
            entries = tiles.fetch_bundle(fetch, name)
            for position, entry in enumerate(entries if see else ()):
                see(name.number * tiles.WIDTH + position, entry)  # type: ignore[misc]
            yield entries

    for done in replay.replay(bundles(), roots, lambda name: tiles.fetch_tile(fetch, name)):
        progress(done, stated.size)
    return found, older


def continues(place: str, trust: Trust, since: bytes) -> tuple[Witnessed, checkpoint.Checkpoint]:
    """Verify that the log at `place` begins with the tree of the checkpoint `since`, reading no more of it than
    that takes: some dozen tiles, of a log of any size. Raises as `verify` does."""
    fetch = sources.of_log(place)
    found = trust.check(fetch(tiles.CHECKPOINT, note.LONGEST))
    stated, older = found.checkpoint, _older(since, trust, found.checkpoint)

    @cache
    def read(level: int, number: int) -> bytes:
        return tiles.fetch_tile(fetch, tiles.Name(level, number, tiles.width_of(level, number, stated.size)))

    path = merkle.consistency(older.size, stated.size, tiles.node_reader(read)) if older.size else []
    if not merkle.verify_consistency(older.size, stated.size, path, older.root, stated.root):
        what = f"does not begin with the {older.size} entries of the older checkpoint: it was rewritten"
        raise note.Unverified.one("log", what)
    return found, older


def _older(since: bytes, trust: Trust, stated: checkpoint.Checkpoint) -> checkpoint.Checkpoint:
    older = checkpoint.verify(since, *trust.keys)
    if older.size > stated.size:
        what = f"has {stated.size} entries, but the older checkpoint was signed for {older.size}"
        raise note.Unverified.one("log", what)
    if older.size == stated.size and older.root != stated.root:
        raise note.Unverified.one("log", f"has signed two different trees of size {stated.size}: a fork")
    return older
