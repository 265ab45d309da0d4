"""RFC 8785: one value, one sequence of bytes; and commitments over it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import BadInput, FileMalformed
from openpars.translog.rules import canonical, commitment

VECTORS = Path(__file__).parents[3] / "specs" / "vectors" / "translog-canonical.json"
TEXT = st.text(st.characters(codec="utf-8"))
WHOLE = st.integers(-canonical.LARGEST, canonical.LARGEST)
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text())["cases"], ids=lambda case: case["why"])
def test_vectors(case: dict[str, str | None]) -> None:
    value = json.loads(case["json"] or "")
    if case["canonical"] is None:
        with pytest.raises(BadInput):
            canonical.encode(value)
        return
    assert canonical.encode(value).decode() == case["canonical"]


@given(VALUES)
def test_law_canonical_json_reads_back_and_is_the_only_form(value: object) -> None:
    data = canonical.encode(value)
    assert json.loads(data) == value
    assert canonical.decode(data) == value
    spaced = json.dumps(value, indent=1).encode()
    if spaced != data:
        with pytest.raises(FileMalformed):
            canonical.decode(spaced)


@given(st.dictionaries(TEXT, WHOLE, max_size=6), st.randoms())
def test_law_the_order_of_making_does_not_matter(value: dict[str, int], random: object) -> None:
    assert canonical.encode(dict(reversed(value.items()))) == canonical.encode(value)


@pytest.mark.parametrize(
    "data", [b"", b" 1", b"1 ", b'{"a":1,"a":1}', b"1e2", b"-0", b'"\\u0041"', b"\xff", b"[" * 99999]
)
def test_what_is_not_canonical_is_refused(data: bytes) -> None:
    with pytest.raises(FileMalformed):
        canonical.decode(data)


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ({"a": [1, 2.0]}, r"\$\.a\[1\]"),
        ({1: 2}, r"\$: has a key"),
        (b"x", "bytes"),
        ({"a": {"b": {1}}}, r"\$\.a\.b"),
    ],
)
def test_the_place_of_a_fault_is_named(value: object, where: str) -> None:
    with pytest.raises(BadInput, match=where):
        canonical.encode(value)


@given(VALUES, st.binary(min_size=32, max_size=32))
def test_law_a_commitment_opens_to_its_value_salt_and_kind_only(value: object, salt: bytes) -> None:
    made = commitment.commit("answer", value, salt)
    assert commitment.opens(made, "answer", value, salt)
    assert not commitment.opens(made, "answer", [value], salt)
    assert not commitment.opens(made, "person", value, salt)
    assert not commitment.opens(made, "answer", value, bytes([salt[0] ^ 1]) + salt[1:])


def test_a_short_salt_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        commitment.commit("answer", {}, b"short")
