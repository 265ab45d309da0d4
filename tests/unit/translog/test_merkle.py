"""RFC 6962 section 2 against its known values and against the recursive oracle."""

import base64
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.translog.rules import merkle
from tests.reference import merkle_reference as reference
from tests.unit.translog import trees

VECTORS = Path(__file__).parents[3] / "specs" / "vectors" / "translog-merkle.json"
LEAVES = trees.entries(3000)
NODE = trees.node(trees.grown(LEAVES))


def test_empty_tree_and_empty_leaf_have_the_hashes_of_the_rfc() -> None:
    assert base64.b64encode(merkle.EMPTY_ROOT) == b"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    expected = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    assert merkle.hash_leaf(b"").hex() == expected


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text())["cases"], ids=lambda case: case["why"])
def test_vectors(case: dict[str, object]) -> None:
    leaves = [bytes.fromhex(leaf) for leaf in case["leaves"]]
    node = trees.node(trees.grown(leaves))
    assert merkle.root(len(leaves), node).hex() == case["root"]
    for shown in case["inclusion"]:
        assert [h.hex() for h in merkle.inclusion(shown["index"], len(leaves), node)] == shown["path"]
    for shown in case["consistency"]:
        assert [h.hex() for h in merkle.consistency(shown["old"], len(leaves), node)] == shown["path"]


def test_every_tree_up_to_70_leaves_is_the_oracles() -> None:
    for size in range(71):
        some = LEAVES[:size]
        root = reference.mth(some)
        assert merkle.root(size, NODE) == root
        for index in range(size):
            path = merkle.inclusion(index, size, NODE)
            assert path == reference.path(index, some)
            assert merkle.verify_inclusion(merkle.hash_leaf(some[index]), index, size, path, root)
        for old in range(1, size + 1):
            path = merkle.consistency(old, size, NODE)
            assert path == reference.proof(old, some)
            assert merkle.verify_consistency(old, size, path, reference.mth(LEAVES[:old]), root)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 3000), st.data())
def test_law_any_tree_is_the_oracles(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    old = data.draw(st.integers(1, size))
    some = LEAVES[:size]
    assert merkle.root(size, NODE) == reference.mth(some)
    assert merkle.inclusion(index, size, NODE) == reference.path(index, some)
    assert merkle.consistency(old, size, NODE) == reference.proof(old, some)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.data())
def test_law_a_changed_inclusion_proof_does_not_verify(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    root, leaf = merkle.root(size, NODE), merkle.hash_leaf(LEAVES[index])
    path = merkle.inclusion(index, size, NODE)
    assert merkle.verify_inclusion(leaf, index, size, path, root)
    assert not merkle.verify_inclusion(leaf, index, size, [*path, leaf], root)
    assert not merkle.verify_inclusion(merkle.hash_leaf(b"another"), index, size, path, root)
    assert not merkle.verify_inclusion(leaf, size, size, path, root)
    other = data.draw(st.integers(0, size - 1).filter(lambda i: i != index) if size > 1 else st.just(-1))
    assert not merkle.verify_inclusion(leaf, other, size, path, root)
    if path:
        cut = data.draw(st.integers(0, len(path) - 1))
        assert not merkle.verify_inclusion(leaf, index, size, path[:cut] + path[cut + 1 :], root)
        wrong = [*path[:cut], merkle.hash_leaf(b"wrong"), *path[cut + 1 :]]
        assert not merkle.verify_inclusion(leaf, index, size, wrong, root)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 300), st.data())
def test_law_a_rewritten_tree_is_not_consistent(size: int, data: st.DataObject) -> None:
    old = data.draw(st.integers(1, size))
    changed = data.draw(st.integers(0, old - 1))
    rewritten = [*LEAVES[:changed], b"rewritten", *LEAVES[changed + 1 : size]]
    node = trees.node(trees.grown(rewritten))
    path = merkle.consistency(old, size, node)
    old_root, new_root = merkle.root(old, NODE), merkle.root(size, node)
    assert merkle.verify_consistency(old, size, path, merkle.root(old, node), new_root)
    assert not merkle.verify_consistency(old, size, path, old_root, new_root)
    assert not merkle.verify_consistency(old, size, merkle.consistency(old, size, NODE), old_root, new_root)


def test_every_tree_begins_with_the_empty_one() -> None:
    root = merkle.root(9, NODE)
    assert merkle.verify_consistency(0, 9, [], merkle.EMPTY_ROOT, root)
    assert not merkle.verify_consistency(0, 9, [], root, root)
    assert not merkle.verify_consistency(0, 9, [root], merkle.EMPTY_ROOT, root)
    assert merkle.verify_consistency(9, 9, [], root, root)
    assert not merkle.verify_consistency(10, 9, [], root, root)
    assert not merkle.verify_consistency(4, 9, [], merkle.root(4, NODE), root)


@pytest.mark.parametrize(("index", "size"), [(-1, 5), (5, 5), (0, 0)])
def test_no_proof_of_what_is_not_in_the_tree(index: int, size: int) -> None:
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion(index, size, NODE)
    with pytest.raises(ValueError, match="not a beginning"):
        merkle.consistency(size + 1, size, NODE)


def test_a_path_must_be_as_long_as_the_tree_is_high() -> None:
    leaf = merkle.hash_leaf(LEAVES[0])
    assert merkle.verify_inclusion(leaf, 0, 1, [], leaf)
    assert not merkle.verify_inclusion(leaf, 0, 2, [], leaf)
    assert not merkle.verify_inclusion(leaf, 1, 2, [], leaf)
