"""c2sp.org/tlog-tiles: a tree as files of 256 hashes, and its entries as bundles of 256.

Paths are relative to the log's prefix. A tile is named by its level, its number and its width: 256 hashes
when full, 1 to 255 at the right edge of a tree.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from openpars.errors import Fault, FileMalformed
from openpars.translog.rules import merkle

HEIGHT = 8
WIDTH = 256
TOP_LEVEL = 63
LONGEST_ENTRY = 65_535
LONGEST_BUNDLE = WIDTH * (2 + LONGEST_ENTRY)
CHECKPOINT = "checkpoint"
CHECKPOINT_TYPE = "text/plain; charset=utf-8"
TILE_TYPE = "application/octet-stream"

_remembered_root = lru_cache(maxsize=2048)(merkle.perfect_root)
"""Proofs of one checkpoint share their right edge and the upper levels: by its content, so never stale."""

# "MUST be a non-negative integer encoded into zero-padded 3-digit path elements. All but the last path
# element MUST begin with an x"; leading groups of zeros would be a second name of the same tile.
_PATH = re.compile(
    r"tile/(?P<level>entries|0|[1-9][0-9]?)/(?P<number>(?:(?!x000/)(?:x[0-9]{3}/)+)?[0-9]{3})"
    r"(?:\.p/(?P<width>[1-9][0-9]{0,2}))?"
)


@dataclass(frozen=True, order=True)
class Name:
    """Which tile: `level` None means a bundle of entries. `width` counts its hashes or entries."""

    level: int | None
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """`tile/<L>/<N>[.p/<W>]`.

        >>> Name(0, 1234067).path
        'tile/0/x001/x234/067'
        """
        digits = str(self.number)
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        number = "/".join([f"x{group}" for group in groups[:-1]] + groups[-1:])
        level = "entries" if self.level is None else self.level
        return f"tile/{level}/{number}" + ("" if self.width == WIDTH else f".p/{self.width}")


def parse_path(path: str) -> Name:
    """The tile that `path` names. Raises FileMalformed where it is not exactly a tile's path."""
    match = _PATH.fullmatch(path)
    if match is None:
        raise FileMalformed.one("path", "is not a tile's (c2sp.org/tlog-tiles)")
    level = None if match["level"] == "entries" else int(match["level"])
    number = int(match["number"].replace("/", "").replace("x", ""))
    width = int(match["width"] or WIDTH)
    if (level or 0) > TOP_LEVEL or number > merkle.MAX_SIZE or (match["width"] and width >= WIDTH):
        raise FileMalformed.one("path", "names a tile out of range (c2sp.org/tlog-tiles)")
    return Name(level, number, width)


def width_of(level: int, number: int, size: int) -> int:
    """How wide tile `number` of `level` is in a tree of `size`: 0 (there is none) to 256."""
    hashes = size >> (HEIGHT * level)
    return max(0, min(WIDTH, hashes - number * WIDTH))


def names(size: int) -> Iterator[Name]:
    """Every tile of a tree of `size`, level by level, from the left. Entry bundles are not among them."""
    level, hashes = 0, size
    while hashes:
        for number in range(-(-hashes // WIDTH)):
            yield Name(level, number, width_of(level, number, size))
        level, hashes = level + 1, hashes >> HEIGHT


def bundle_names(size: int) -> Iterator[Name]:
    """Every bundle of entries of a tree of `size`, from the left."""
    for number in range(-(-size // WIDTH)):
        yield Name(None, number, width_of(0, number, size))


def bundle(entries: Sequence[bytes]) -> bytes:
    """An entry bundle: big-endian uint16 length-prefixed log entries."""
    return b"".join(len(entry).to_bytes(2, "big") + entry for entry in entries)


def unbundle(data: bytes, width: int) -> list[bytes]:
    """The `width` entries of a bundle. Raises FileMalformed where it holds more, fewer, or half of one."""
    entries: list[bytes] = []
    at = 0
    for _ in range(width):
        end = at + 2 + int.from_bytes(data[at : at + 2], "big")
        if at + 2 > len(data) or end > len(data):
            raise FileMalformed.one("entry bundle", f"ends within entry {len(entries)} of {width}")
        entries.append(data[at + 2 : end])
        at = end
    if at != len(data):
        raise FileMalformed.one("entry bundle", f"goes on after its {width} entries")
    return entries


Fetch = Callable[[str, int], bytes]
"""Reads a path below a log's prefix, of at most so many bytes. Raises Missing where there is no such file."""


class Missing(Fault):
    """There is no such file."""


def fetch_tile(fetch: Fetch, name: Name) -> bytes:
    """A tile's hashes, as many as the file has that is named for them."""
    found, data = _fetch(fetch, name, WIDTH * merkle.HASH_SIZE)
    return data if found == name else data[: name.width * merkle.HASH_SIZE]


def fetch_bundle(fetch: Fetch, name: Name) -> list[bytes]:
    """A bundle's entries. Raises FileMalformed, naming the file."""
    found, data = _fetch(fetch, name, LONGEST_BUNDLE)
    try:
        return unbundle(data, found.width)[: name.width]
    except FileMalformed as error:
        raise FileMalformed.one(found.path, error.problems[0].what) from error


def _fetch(fetch: Fetch, name: Name, limit: int) -> tuple[Name, bytes]:
    """The file of that name; the full tile in place of a partial one that is not there (any more): "MAY fetch the full
    tile as a fallback"."""
    try:
        return name, fetch(name.path, limit)
    except Missing:
        if name.width == WIDTH:
            raise
        full = Name(name.level, name.number)
        return full, fetch(full.path, limit)


def hashes_of(tile: bytes) -> list[bytes]:
    """A tile's hashes."""
    size = merkle.HASH_SIZE
    return [tile[i : i + size] for i in range(0, len(tile), size)]


def around(index: int, size: int) -> list[tuple[int, int]]:
    """The tiles (level, number) that a proof about the leaf `index` in a tree of `size` needs: the leaf's own at
    each level, and the right edge's."""
    needed, level = [], 0
    while size >> HEIGHT * level:
        last = ((size >> HEIGHT * level) - 1) // WIDTH
        own = min((index >> HEIGHT * level) // WIDTH, last)
        needed += [(level, own)] if own == last else [(level, own), (level, last)]
        level += 1
    return needed


def node_reader(read: Callable[[int, int], bytes]) -> merkle.Node:
    """A tree's nodes out of its tiles: `read(level, number)` is a tile's content, as far as it is filled.

    "The Merkle Tree levels between those expressed by the tile hashes are reconstructed by hashing."
    """

    def node(height: int, number: int) -> bytes:
        level, above = divmod(height, HEIGHT)
        first = number << above
        tile, offset = divmod(first, WIDTH)
        size = merkle.HASH_SIZE
        content = read(level, tile)[offset * size : (offset + (1 << above)) * size]
        if len(content) != size << above:
            raise FileMalformed.one(Name(level, tile).path, "is shorter than its tree requires")
        return _remembered_root(content)

    return node


def root_of_edge(edge: Mapping[int, bytes], size: int) -> bytes:
    """The root of a tree of `size`, out of its partial tiles alone (level -> content).

    The perfect subtrees that a size is the sum of are its binary ones: each lies in a partial tile.
    """
    return merkle.root(size, node_reader(lambda level, number: edge.get(level, b"")))


def grow(edge: dict[int, bytes], size: int, hashes: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Append leaf hashes, end to end, to a tree of `size` whose partial tiles are `edge` (level -> content).

    Yields each touched tile as (level, number, content), each exactly once, and leaves `edge` as that of the
    grown tree. "A partial tile MUST NOT be hashed into a tile at the level above": only full ones are.
    """
    level, rising, before, whole = 0, hashes, size, WIDTH * merkle.HASH_SIZE
    while rising:
        number, content, full = before // WIDTH, edge.pop(level, b"") + rising, []
        for begin in range(0, len(content), whole):
            tile = content[begin : begin + whole]
            yield level, number + begin // whole, tile
            if len(tile) == whole:
                full.append(merkle.perfect_root(tile))
            else:
                edge[level] = tile
        level, rising, before = level + 1, b"".join(full), before >> HEIGHT
