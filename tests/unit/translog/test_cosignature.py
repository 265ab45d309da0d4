"""c2sp.org/tlog-cosignature: what a witness signs, and when its line counts."""

import json
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import cosignature, note, signature
from tests.unit.translog import cosigners, trees
from tests.unit.translog.cosigners import COURT, DEFENDER, TIME, UNIVERSITY

VECTORS = Path(__file__).parents[3] / "specs" / "vectors" / "translog-cosignature.json"
SIGNED = trees.signed_checkpoint(trees.entries(5))
EXAMPLE = """example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==
"""  # noqa: E501
KINDS = st.sampled_from([COURT, DEFENDER, UNIVERSITY])


def cosigned_by(text: str, *keys: note.VerifierKey) -> list[tuple[str, int]]:
    return [(one.key.name, one.time) for one in cosignature.verify(note.parse(text.encode()), keys)]


def test_the_example_of_the_specification() -> None:
    signed = note.parse(EXAMPLE.encode())
    line = signed.signatures[1]
    assert (line.key_id.hex(), int.from_bytes(line.blob[:8], "big"), len(line.blob)) == (
        "8d66cf3f",
        1679315147,
        72,
    )
    assert cosignature.message(COURT.key, signed.body, 1679315147).decode() == (
        "cosignature/v1\ntime 1679315147\nexample.com/behind-the-sofa\n20852163\n"
        "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    )


def test_the_ml_dsa_message_is_the_structure_of_the_specification() -> None:
    body = note.parse(EXAMPLE.encode()).body
    message = cosignature.message(UNIVERSITY.key, body, TIME)
    name, origin = b"university.example/witness", b"example.com/behind-the-sofa"
    parts = [
        b"subtree/v1\n\0", bytes([len(name)]), name, TIME.to_bytes(8, "big"), bytes([len(origin)]), origin,
        bytes(8), (20852163).to_bytes(8, "big"), b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="),
    ]  # fmt: skip
    assert message == b"".join(parts)
    with pytest.raises(FileMalformed, match="1 to 255 bytes"):
        cosignature.message(note.VerifierKey("x" * 256, b"", 6), body, TIME)


@pytest.mark.parametrize("case", json.loads(VECTORS.read_text())["cases"], ids=lambda case: case["why"])
def test_vectors(case: dict[str, object]) -> None:
    keys = [cosignature.parse_key(vkey) for vkey in case["witnesses"]]  # type: ignore[attr-defined]
    assert [str(key) for key in keys] == case["witnesses"]
    signed = note.parse(str(case["checkpoint"]).encode())
    if case["outcome"] == "unverified":
        with pytest.raises(note.Unverified):
            cosignature.verify(signed, keys)
        return
    found = [[one.key.name, one.time] for one in cosignature.verify(signed, keys)]
    assert found == case["cosigned"]


@given(KINDS, st.integers(1, 2**63 - 1))
def test_law_a_cosignature_holds_for_its_checkpoint_its_witness_and_its_time(
    who: cosigners.Cosigner, time: int
) -> None:
    text = who.cosign(SIGNED, time)
    assert cosigned_by(text, COURT.key, DEFENDER.key, UNIVERSITY.key) == [(who.name, time)]
    other = trees.signed_checkpoint(trees.entries(6))
    moved = other + text.removeprefix(SIGNED)
    with pytest.raises(note.Unverified, match=f"of {who.name} does not fit"):
        cosigned_by(moved, who.key)


@given(KINDS, st.integers(4, 75), st.integers(0, 7))
def test_law_any_one_bit_changed_is_rejected(who: cosigners.Cosigner, at: int, bit: int) -> None:
    line = note.parse(who.cosign(SIGNED).encode()).signatures[1]
    blob = bytearray(line.blob)
    blob[at % len(blob)] ^= 1 << bit
    changed = SIGNED + str(note.Signature(line.name, line.key_id, bytes(blob)))
    with pytest.raises(note.Unverified, match=who.name):
        cosigned_by(changed, who.key)


def test_unknown_witnesses_are_ignored_and_the_logs_own_line_is_none() -> None:
    assert cosigned_by(COURT.cosign(SIGNED), DEFENDER.key) == []
    assert cosigned_by(SIGNED, COURT.key) == []
    # A name or an id alone is not the key.
    impostor = cosigners.made(COURT.name, 9)
    assert cosigned_by(impostor.cosign(SIGNED), COURT.key) == []


@pytest.mark.parametrize("who", [COURT, UNIVERSITY], ids=lambda who: who.name)
def test_times_that_state_nothing_are_refused(who: cosigners.Cosigner) -> None:
    with pytest.raises(note.Unverified, match="states no time"):
        cosigned_by(who.cosign(SIGNED, 0), who.key)
    line = note.Signature(who.name, who.key.id, (2**63).to_bytes(8, "big") + bytes(64))
    with pytest.raises(note.Unverified, match="is not a time and a signature"):
        cosigned_by(SIGNED + str(line), who.key)


def test_keys_of_logs_and_of_witnesses_are_not_confused() -> None:
    with pytest.raises(FileMalformed, match="kind wanted here"):
        cosignature.parse_key(str(trees.KEY))
    for who in (COURT, UNIVERSITY):
        assert cosignature.parse_key(str(who.key)) == who.key
        with pytest.raises(FileMalformed, match="kind wanted here"):
            note.parse_key(str(who.key))


def test_answers_of_witnesses_are_read_line_by_line() -> None:
    body = note.parse(SIGNED.encode()).body
    lines = COURT.line(body) + UNIVERSITY.line(body)
    assert [line.name for line in cosignature.parse_lines(lines.encode())] == [COURT.name, UNIVERSITY.name]
    for bad in ("", "ok\n", lines + "\n", lines.replace("\n", "\r\n"), lines + COURT.line(body)):
        with pytest.raises(FileMalformed):
            cosignature.parse_lines(bad.encode())


def test_where_ml_dsa_cannot_be_checked_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signature, "mldsa", None)
    with pytest.raises(FileMalformed, match="install `cryptography`"):
        cosigned_by(UNIVERSITY.cosign(SIGNED), UNIVERSITY.key)
    assert cosigned_by(UNIVERSITY.cosign(COURT.cosign(SIGNED)), COURT.key) == [(COURT.name, TIME)]
