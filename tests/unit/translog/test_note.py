"""c2sp.org/signed-note: keys, parsing, verifying."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import note
from tests.unit.translog import trees

VKEY = "example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
QUASIMODO = """Ognuno sta solo sul cuor della terra
trafitto da un raggio di sole:

ed è subito sera.

— quasimodo.example/salvatore NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=
"""  # noqa: E501


def test_the_key_of_the_specification() -> None:
    key = note.parse_key(VKEY)
    assert (key.name, key.id.hex(), len(key.public)) == ("example.com/foo", "530d903a", 32)
    assert str(key) == VKEY


def test_the_note_of_the_specification() -> None:
    parsed = note.parse(QUASIMODO.encode())
    assert parsed.body.endswith("sole:\n\ned è subito sera.\n")
    assert [(s.name, len(s.blob)) for s in parsed.signatures] == [("quasimodo.example/salvatore", 64)]
    assert str(parsed) == QUASIMODO


@pytest.mark.parametrize(
    "vkey",
    [
        "",
        "a+b",
        "a+530d903a+",
        VKEY[:-1],
        VKEY.replace("530d", "530e"),
        VKEY.replace("foo", "fop"),
        VKEY + "+",
        VKEY.replace("+Ae", "+Be"),
        " " + VKEY,
        VKEY.removeprefix("example.com/foo"),
        VKEY.replace("530d903a", "530D903A"),
    ],
)
def test_mistyped_keys_are_malformed_not_forgeries(vkey: str) -> None:
    with pytest.raises(FileMalformed):
        note.parse_key(vkey)


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cc",)), min_size=1))
def test_law_what_is_signed_verifies_and_nothing_else(body: str) -> None:
    signed = trees.sign(body + "\n")
    assert note.verify(note.parse(signed.encode()), [trees.KEY]) == (trees.KEY,)
    other = note.Note(body + "x\n", note.parse(signed.encode()).signatures)
    with pytest.raises(note.Unverified, match="does not fit"):
        note.verify(other, [trees.KEY])


def test_signatures_of_unknown_keys_are_ignored_but_never_suffice() -> None:
    line = str(note.Signature("witness.example", b"abcd", b"anything"))
    mixed = note.parse((trees.sign("text\n") + line).encode())
    assert note.verify(mixed, [trees.KEY]) == (trees.KEY,)
    only = note.parse(f"text\n\n{line}".encode())
    with pytest.raises(note.Unverified, match="is not among"):
        note.verify(only, [trees.KEY])


def test_a_known_key_that_fails_rejects_the_note_whatever_else_it_carries() -> None:
    other = note.parse_key(VKEY)
    bad = str(note.Signature(other.name, other.id, bytes(64)))
    mixed = note.parse((trees.sign("text\n") + bad).encode())
    with pytest.raises(note.Unverified, match="does not fit"):
        note.verify(mixed, [trees.KEY, other])


def test_sixteen_signatures_of_five_kilobytes_are_read() -> None:
    lines = [str(note.Signature(f"w{i}.example", b"abcd", bytes(5000))) for i in range(16)]
    assert len(note.parse(f"text\n\n{''.join(lines)}".encode()).signatures) == 16
    with pytest.raises(FileMalformed, match="more than 100 signatures"):
        note.parse(("text\n\n" + str(note.Signature("a", b"abcd", b"e")) * 101).encode())


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "does not end with a newline"),
        (b"text\n", "no empty line"),
        (b"\n\n\xe2\x80\x94 a YWJjZGU=\n", "no empty line"),
        (b"text\r\n\r\n\xe2\x80\x94 a YWJjZGU=\r\n", "line 1, signed note: has a carriage return"),
        (b"text\n\n\xe2\x80\x94 a YWJjZGU=\t\n", "line 3, signed note: has a control character"),
        (b"text\n\n\xe2\x80\x94 a YWJjZGU=", "does not end with a newline"),
        (b"text\n\n\xe2\x80\x94 a YWJjZGU\n", "line 3, signature: is not base64"),
        (b"text\n\n\xe2\x80\x94 a YWJjZGV=\n", "line 3, signature: is not base64"),
        (b"text\n\n\xe2\x80\x94 a YWJjZA==\n", "line 3, signature: is too short"),
        (b"text\n\n\xe2\x80\x94  YWJjZGU=\n", "key name that is empty"),
        (b"text\n\n\xe2\x80\x94 a+b YWJjZGU=\n", "space or plus"),
        (b"text\n\n\xe2\x80\x94 a\xe2\x80\x83b YWJjZGU=\n", "space or plus"),
        (b"text\n\n- a YWJjZGU=\n", "is not of the form"),
        (b"text\n\n\xe2\x80\x94 a\n", "is not of the form"),
        (b"text\n\n\xe2\x80\x94 a YWJjZGU=\n\xe2\x80\x94 a YWJjZGU=\n", "line 4, signature: repeats"),
        (b"\xff\n\n\xe2\x80\x94 a YWJjZGU=\n", "is not UTF-8"),
        (b"x" * (note.LONGEST + 1), "is longer than"),
    ],
)
def test_malformed_notes_are_refused_with_what_and_where(data: bytes, what: str) -> None:
    with pytest.raises(FileMalformed, match=what):
        note.parse(data)
