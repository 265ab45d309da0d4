"""Ed25519 by the library and by RFC 8032's own arithmetic: one answer."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from openpars.translog.rules import signature

# RFC 8032 section 7.1, tests 1 and 3.
KNOWN = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
        "d25bf5f0595bbe24655141438e7a100b",
        "",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
        "4a7c15e9716ed28dc027beceea1ec40a",
        "af82",
    ),
]
ORDER = 2**252 + 27742317777372353535851937790883648493


@pytest.mark.parametrize(("public", "signed", "message"), KNOWN)
def test_the_vectors_of_the_rfc(public: str, signed: str, message: str) -> None:
    given = [bytes.fromhex(part) for part in (public, signed, message)]
    assert signature.ed25519_fits_plainly(*given)
    assert signature.ed25519_fits(*given)


@given(st.binary(min_size=32, max_size=32), st.binary(max_size=80), st.integers(0, 95), st.integers(0, 7))
def test_law_both_ways_of_checking_agree(seed: bytes, message: bytes, at: int, bit: int) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    public, signed = private.public_key().public_bytes_raw(), private.sign(message)
    assert signature.ed25519_fits_plainly(public, signed, message)
    changed = bytearray(public + signed)
    changed[at] ^= 1 << bit
    public, signed = bytes(changed[:32]), bytes(changed[32:])
    assert signature.ed25519_fits(public, signed, message) is False
    assert signature.ed25519_fits_plainly(public, signed, message) is False


def test_no_second_spelling_of_a_signature() -> None:
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    public, signed = private.public_key().public_bytes_raw(), private.sign(b"text")
    larger = int.from_bytes(signed[32:], "little") + ORDER
    respelled = signed[:32] + larger.to_bytes(32, "little")
    for check in (signature.ed25519_fits, signature.ed25519_fits_plainly):
        assert check(public, signed, b"text")
        assert not check(public, respelled, b"text")
        assert not check(public, signed[:-1], b"text")
        assert not check(public[:-1], signed, b"text")
        assert not check(b"\xff" * 32, signed, b"text")


def test_where_the_library_is_absent_the_plain_way_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "ed25519", None)
    monkeypatch.setattr(signature, "mldsa", None)
    public, signed, message = (bytes.fromhex(part) for part in KNOWN[1])
    assert signature.ed25519_fits(public, signed, message)
    assert signature.mldsa44_fits(b"", b"", b"") is None
