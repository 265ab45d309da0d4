"""c2sp.org/tlog-proof, which is our receipt."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import note, proof
from tests.unit.translog import trees

VECTORS = Path(__file__).parents[3] / "specs" / "vectors" / "translog-receipt.json"
LEAVES = trees.entries(600)


def accept(data: bytes) -> int:
    shown = proof.parse(data)
    return proof.verify(shown, shown.extra or b"", trees.KEY).size


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 600), st.data())
def test_law_every_entry_has_a_receipt_that_verifies(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    text = trees.receipt(LEAVES[:size], index)
    assert str(proof.parse(text.encode())) == text
    assert accept(text.encode()) == size


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text())["cases"], ids=lambda case: case["why"])
def test_vectors(case: dict[str, str]) -> None:
    key = note.parse_key(case["key"])

    def run() -> None:
        shown = proof.parse(case["receipt"].encode())
        proof.verify(shown, shown.extra or b"", key)

    if case["outcome"] == "verified":
        return run()
    with pytest.raises(FileMalformed) as caught:
        run()
    expected = note.Unverified if case["outcome"] == "unverified" else FileMalformed
    assert type(caught.value) is expected


@pytest.mark.parametrize("size", [1, 5])
def test_law_any_one_byte_changed_is_rejected(size: int) -> None:
    data = trees.receipt(LEAVES[:size], size // 2).encode()
    assert accept(data) == size
    for at, byte in enumerate(data):
        for other in {byte ^ 1, byte ^ 0x20, byte ^ 0x80, (byte + 1) % 256, ord("A"), ord("\n"), ord("0")} - {
            byte
        }:
            with pytest.raises(FileMalformed):
                accept(data[:at] + bytes([other]) + data[at + 1 :])
        with pytest.raises(FileMalformed):
            accept(data[:at] + data[at + 1 :])
        with pytest.raises(FileMalformed):
            accept(data[:at] + bytes([byte]) + data[at:])


@pytest.mark.parametrize("line", ["", "index 0", "extra YQ==", "garbage"])
def test_no_line_can_be_slipped_in(line: str) -> None:
    lines = trees.receipt(LEAVES[:5], 2).split("\n")
    for at in range(len(lines)):
        with pytest.raises(FileMalformed):
            accept("\n".join([*lines[:at], line, *lines[at:]]).encode())


def test_more_hashes_than_a_tree_can_need_are_refused() -> None:
    lines = trees.receipt(LEAVES[:5], 2).split("\n")
    long = [*lines[:3], *[lines[3]] * 64, *lines[3:]]
    with pytest.raises(FileMalformed, match="more than 63 hashes"):
        proof.parse("\n".join(long).encode())


def test_a_proof_without_extra_data_is_a_proof() -> None:
    text = trees.receipt(LEAVES[:5], 2)
    shown = proof.parse("\n".join(line for line in text.split("\n") if not line.startswith("extra")).encode())
    assert shown.extra is None
    assert proof.verify(shown, LEAVES[2], trees.KEY).size == 5
    with pytest.raises(note.Unverified, match="index 2"):
        proof.verify(shown, LEAVES[3], trees.KEY)


def test_a_hundred_megabytes_are_refused_unread() -> None:
    with pytest.raises(FileMalformed, match="is longer than"):
        proof.parse(b"c2sp.org/tlog-proof@v1\n" + b"A" * 100_000_000)
