"""A whole log walked again: what is sound passes, and each flaw is found and named."""

import pytest

from openpars.errors import LogBroken
from openpars.translog.rules import merkle, replay, tiles
from tests.unit.translog import trees

LEAVES = trees.entries(1000)


def walk(
    leaves: list[bytes], roots: list[tuple[int, bytes]], kept: dict[tuple[int, int], bytes]
) -> list[int]:
    bundles = [leaves[begin : begin + 256] for begin in range(0, len(leaves), 256)]

    def read(name: tiles.Name) -> bytes:
        return kept.get((name.level or 0, name.number), b"")[: name.width * 32]

    return list(replay.replay(bundles, roots, read))


def signed(*sizes: int) -> list[tuple[int, bytes]]:
    node = trees.node(trees.grown(LEAVES))
    return [(size, merkle.root(size, node)) for size in sizes]


@pytest.mark.parametrize(
    "sizes", [(0,), (1,), (1, 1), (255, 256, 257), (256,), (0, 1, 2, 300, 512, 700, 1000)]
)
def test_a_sound_log_passes(sizes: tuple[int, ...]) -> None:
    some = LEAVES[: sizes[-1]]
    assert walk(some, signed(*sizes), trees.grown(some))[-1:] == ([sizes[-1]] if sizes[-1] else [])


@pytest.mark.parametrize("index", [0, 255, 256, 511, 768, 999])
def test_a_changed_entry_is_named(index: int) -> None:
    changed = [*LEAVES[:index], b"changed", *LEAVES[index + 1 :]]
    with pytest.raises(LogBroken, match=rf"hash {index % 256} is not that of entry {index}$"):
        walk(changed, signed(1000), trees.grown(LEAVES))


def test_changed_entries_and_tiles_betray_themselves_by_the_signed_root() -> None:
    changed = [*LEAVES[:300], b"changed", *LEAVES[301:]]
    with pytest.raises(LogBroken, match="checkpoint of size 512: its root hash"):
        walk(changed, signed(300, 512, 1000), trees.grown(changed))


def test_a_changed_upper_tile_is_named() -> None:
    kept = trees.grown(LEAVES)
    kept[1, 0] = kept[1, 0][:32] + bytes(32) + kept[1, 0][64:]
    with pytest.raises(LogBroken, match=r"tile/1/000.p/3: hash 1 is not that of tile/0/001"):
        walk(LEAVES, signed(1000), kept)


def test_a_missing_or_short_tile_is_named() -> None:
    kept = trees.grown(LEAVES)
    kept[0, 1] = kept[0, 1][:-32]
    with pytest.raises(LogBroken, match=r"tile/0/001: has 8160 bytes where 8192 are due"):
        walk(LEAVES, signed(1000), kept)


def test_entries_that_are_missing_at_the_end_are_noticed() -> None:
    some = LEAVES[:900]
    with pytest.raises(LogBroken, match="size 1000 was signed, but the log has 900 entries"):
        walk(some, signed(700, 1000), trees.grown(some))
