"""A whole log, walked from its first entry to its last: every hash computed anew and held against what the
log keeps and has signed."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from openpars.errors import LogBroken
from openpars.translog.rules import merkle, tiles

ReadTile = Callable[[tiles.Name], bytes]


def replay(
    bundles: Iterable[Sequence[bytes]], roots: Sequence[tuple[int, bytes]], read: ReadTile | None
) -> Iterator[int]:
    """Walk a log through its entries, given in bundles of up to 256; yields how many are done, after each.

    `roots` are the sizes and root hashes that were signed, in ascending order, the last one being the tree's;
    `read` gives the content of a tile that the log keeps (None: hold the entries against the roots alone).
    Raises LogBroken, naming the first fault.
    """
    size, edge, signed = 0, dict[int, bytes](), list(roots)
    signed.reverse()
    _check_roots(signed, size, edge)
    for entries in bundles:
        hashes = merkle.hash_leaves(entries)
        # Tile by tile from below, so that the first fault is named where it is and not by its consequences.
        _check_tile(tiles.Name(0, size // tiles.WIDTH, len(entries)), hashes, read)
        while hashes:
            # A root that was signed within this bundle must be seen at its very size.
            left = len(hashes) // merkle.HASH_SIZE
            step = min(left, signed[-1][0] - size) if signed else left
            for level, number, content in tiles.grow(edge, size, hashes[: step * merkle.HASH_SIZE]):
                if level and len(content) == tiles.WIDTH * merkle.HASH_SIZE:
                    _check_tile(tiles.Name(level, number), content, read)
            size, hashes = size + step, hashes[step * merkle.HASH_SIZE :]
            _check_roots(signed, size, edge)
        yield size
    for level, content in sorted(edge.items()):
        width = len(content) // merkle.HASH_SIZE
        _check_tile(tiles.Name(level, (size >> tiles.HEIGHT * level) // tiles.WIDTH, width), content, read)
    if signed:
        raise LogBroken(f"a checkpoint of size {signed[-1][0]} was signed, but the log has {size} entries")


def _check_roots(signed: list[tuple[int, bytes]], size: int, edge: dict[int, bytes]) -> None:
    while signed and signed[-1][0] == size:
        if tiles.root_of_edge(edge, size) != signed.pop()[1]:
            raise LogBroken(f"checkpoint of size {size}: its root hash is not that of the entries")


def _check_tile(name: tiles.Name, content: bytes, read: ReadTile | None) -> None:
    if read is None:
        return
    kept = read(name)
    if kept == content:
        return
    mine, theirs = tiles.hashes_of(content), tiles.hashes_of(kept)
    if len(mine) != len(theirs):
        raise LogBroken(f"{name.path}: has {len(kept)} bytes where {len(content)} are due")
    first = next(i for i, pair in enumerate(zip(mine, theirs, strict=True)) if pair[0] != pair[1])
    place = name.number * tiles.WIDTH + first
    what = f"entry {place}" if name.level == 0 else f"{tiles.Name((name.level or 0) - 1, place).path}"
    raise LogBroken(f"{name.path}: hash {first} is not that of {what}")
