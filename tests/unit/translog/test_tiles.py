"""c2sp.org/tlog-tiles: paths, widths, bundles, and growing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import merkle, tiles
from tests.reference import merkle_reference as reference
from tests.unit.translog import trees


def test_paths_of_the_specification() -> None:
    assert tiles.Name(0, 1234067).path == "tile/0/x001/x234/067"
    assert tiles.Name(1, 0, 17).path == "tile/1/000.p/17"
    assert tiles.Name(None, 999, 1).path == "tile/entries/999.p/1"
    assert tiles.Name(None, 1000).path == "tile/entries/x001/000"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_says() -> None:
    names = list(tiles.names(70_000))
    by_level = [[name.width for name in names if name.level == level] for level in range(4)]
    assert by_level == [[256] * 273 + [112], [256, 17], [1], []]
    assert [n.width for n in tiles.names(256)] == [256, 1]
    assert list(tiles.names(0)) == []
    assert [n.path for n in tiles.bundle_names(300)] == ["tile/entries/000", "tile/entries/001.p/44"]


@given(st.one_of(st.none(), st.integers(0, 63)), st.integers(0, 2**63 - 1), st.integers(1, 256))
def test_law_a_path_names_one_tile(level: int | None, number: int, width: int) -> None:
    name = tiles.Name(level, number, width)
    assert tiles.parse_path(name.path) == name


@pytest.mark.parametrize(
    "path",
    [
        "",
        "checkpoint",
        "tile/0/0",
        "tile/00/000",
        "tile/64/000",
        "tile/0/x000/001",
        "tile/0/001/002",
        "tile/0/x001",
        "tile/0/000.p/0",
        "tile/0/000.p/01",
        "tile/0/000.p/256",
        "tile/0/000.p/",
        "tile/0/000\n",
        "tile/-1/000",
        "tile/entries/٠٠٠",
        "tile/0/x999/x999/x999/x999/x999/x999/999",
        "/tile/0/000",
        "tile/0/../000",
    ],
)
def test_other_spellings_are_refused(path: str) -> None:
    with pytest.raises(FileMalformed):
        tiles.parse_path(path)


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_law_a_bundle_reads_back(entries: list[bytes]) -> None:
    assert tiles.unbundle(tiles.bundle(entries), len(entries)) == entries


def test_bundles_cut_short_or_too_long_are_refused() -> None:
    data = tiles.bundle([b"one", b"", b"three"])
    assert data[:5] == b"\x00\x03one"
    for cut in range(len(data)):
        with pytest.raises(FileMalformed, match="ends within"):
            tiles.unbundle(data[:cut], 3)
    with pytest.raises(FileMalformed, match="goes on"):
        tiles.unbundle(data, 2)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6))
def test_law_growing_in_any_steps_makes_the_same_tiles(steps: list[int]) -> None:
    leaves = trees.entries(sum(steps))
    hashes = [merkle.hash_leaf(leaf) for leaf in leaves]
    kept, edge, size = {}, dict[int, bytes](), 0
    for step in steps:
        touched = [
            (level, n) for level, n, _ in tiles.grow(dict(edge), size, b"".join(hashes[size : size + step]))
        ]
        assert len(touched) == len(set(touched))
        for level, number, content in tiles.grow(edge, size, b"".join(hashes[size : size + step])):
            kept[level, number] = content
        size += step
        assert tiles.root_of_edge(edge, size) == reference.mth(leaves[:size])
    expected = {(name.level, name.number): name.width for name in tiles.names(size)}
    assert {key: len(content) // 32 for key, content in kept.items()} == expected
    for level, content in edge.items():
        assert 0 < len(content) < 8192
        assert kept[level, (size >> 8 * level) // 256] == content


def test_a_tile_is_what_the_formula_says() -> None:
    leaves = trees.entries(700)
    kept = trees.grown(leaves, steps=7)
    assert kept[1, 0] == reference.mth(leaves[:256]) + reference.mth(leaves[256:512])
    assert kept[0, 2] == b"".join(merkle.hash_leaf(leaf) for leaf in leaves[512:])


def test_a_tile_that_is_too_short_is_named() -> None:
    kept = trees.grown(trees.entries(300))
    kept[0, 1] = kept[0, 1][:-1]
    with pytest.raises(FileMalformed, match=r"tile/0/001: is shorter"):
        merkle.root(300, trees.node(kept))
