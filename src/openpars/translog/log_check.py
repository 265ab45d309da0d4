"""Whether all that is kept of the log agrees: with itself, with the signatures under it, and with what is remembered
beside the key."""

from collections.abc import Iterator, Mapping, Sequence

from openpars.errors import FileMalformed, LogBroken
from openpars.translog import queries
from openpars.translog.models import Checkpoint, Cosignature, Entry, Publication, Tile
from openpars.translog.rules import checkpoint, cosignature, note, replay, tiles


def check(*keys: note.VerifierKey) -> Iterator[tuple[int, int]]:
    """Re-derive everything from the entries and hold it against tiles, checkpoints, their signatures and those of
    the witnesses in force.

    Yields (done, of) after each 256 entries. Raises LogBroken, naming the first fault. Wants to run
    within `snapshot` where the integrator works at the same time.
    """
    roots, texts = [], {}
    for row in Checkpoint.objects.order_by("size").iterator():
        _check_row(row, keys)
        roots.append((row.size, bytes(row.root)))
        texts[row.size] = row.text
    size = roots[-1][0] if roots else 0
    total = Entry.objects.count()
    if total != size:
        raise LogBroken(f"there are {total} entries, but the last checkpoint covers {size}")

    def read(name: tiles.Name) -> bytes:
        return queries.read_tile(name.level or 0, name.number)

    bundles = (queries.leaves(name.number * tiles.WIDTH, name.width) for name in tiles.bundle_names(size))
    for done in replay.replay(bundles, roots, read):
        yield done, size
    surplus = Tile.objects.count() - sum(1 for _ in tiles.names(size))
    if surplus:
        raise LogBroken(f"there are {surplus} tiles too many for {size} entries")
    _check_witnessed(texts)


def _check_row(row: Checkpoint, keys: Sequence[note.VerifierKey]) -> None:
    try:
        stated = checkpoint.verify(row.text.encode(), *keys)
    except FileMalformed as error:
        raise LogBroken(f"checkpoint of size {row.size}: {error}") from error
    if (stated.size, stated.root) != (row.size, bytes(row.root)):
        raise LogBroken(f"checkpoint of size {row.size}: its row does not say what its signed text says")


def _check_witnessed(texts: Mapping[int, str]) -> None:
    """That what is published was signed, and each cosignature fits; an earlier policy's witnesses are unknown."""
    sizes = Publication.objects.order_by("size").values_list("size", flat=True)
    for size in [size for size in sizes.iterator() if size not in texts]:
        raise LogBroken(f"a checkpoint of size {size} is published, but was never signed")
    keys = queries.witness_policy().keys
    for row in Cosignature.objects.order_by("size").iterator():
        if row.size not in texts:
            raise LogBroken(f"the witness {row.witness} cosigned size {row.size}, which was never signed")
        try:
            cosignature.verify(note.parse((texts[row.size] + row.line).encode()), keys)
        except FileMalformed as error:
            raise LogBroken(f"checkpoint of size {row.size}: {error}") from error
    if published := queries.published():
        try:
            note.parse(published.text.encode())
        except FileMalformed as error:
            raise LogBroken(f"the published checkpoint of size {published.size}: {error}") from error


def check_memory(last: queries.CheckpointView | None, remembered: checkpoint.Checkpoint | None) -> None:
    """Hold the database, whose last checkpoint is `last`, against what is `remembered` to have been signed. Raises
    LogBroken where it is older than that, or another."""
    size = last.size if last else 0
    if remembered is None or (last and (remembered.size, remembered.root) == (size, last.root)):
        return
    if remembered.size > size:
        raise LogBroken(
            f"{remembered.size} entries were signed, but this database has {size}: it is an old backup, or another"
            " city's (docs/operating.md, When the log has halted)"
        )
    if remembered.size and queries.root_at(remembered.size) != remembered.root:
        raise LogBroken(f"the first {remembered.size} entries are not those that were signed: run fsck")
