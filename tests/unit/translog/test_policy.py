"""c2sp.org/tlog-policy: who must have signed."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import note, policy
from tests.unit.translog import cosigners, trees
from tests.unit.translog.cosigners import COURT, DEFENDER, POLICY, UNIVERSITY

TWO_LEVELS = "".join(
    f"witness {name}{number} {cosigners.made(f'{name}{number}', seed).key}\n"
    for seed, (name, number) in enumerate((n, i) for n in "XY" for i in (1, 2, 3))
) + (
    "group X-witnesses 2 X1 X2 X3\ngroup Y-witnesses any Y1 Y2 Y3\n"
    "group X-and-Y all X-witnesses Y-witnesses\nquorum X-and-Y\n"
)


def test_two_of_three() -> None:
    read = policy.parse(POLICY.encode())
    assert (read.logs, [w.name for w in read.witnesses]) == (
        (trees.KEY,),
        ["court", "defender", "university"],
    )
    assert read.witnesses[0].url == "http://127.0.0.1:9/"
    assert read.describe() == "2 of court, defender, university"
    assert not read.met([])
    assert not read.met([COURT.key])
    assert not read.met([COURT.key, COURT.key, trees.KEY])
    assert read.met([COURT.key, UNIVERSITY.key])
    assert read.met([COURT.key, DEFENDER.key, UNIVERSITY.key])


def test_the_example_of_the_specification() -> None:
    read = policy.parse(TWO_LEVELS.encode())
    keys = {one.name: one.key for one in read.witnesses}

    def met(*names: str) -> bool:
        return read.met([keys[name] for name in names])

    assert met("X1", "X3", "Y2")
    assert not met("X1", "X2", "X3")
    assert not met("X1", "Y1", "Y2", "Y3")
    assert read.describe() == "2 of (2 of X1, X2, X3), (1 of Y1, Y2, Y3)"


def test_nobody_and_one() -> None:
    assert policy.parse(b"quorum none\n").met([])
    assert policy.parse(b"quorum none\n").describe() == "nobody"
    one = policy.parse(f"# one\n\n\twitness  w \t{COURT.key} \nquorum w".encode())
    assert not one.met([])
    assert one.met([COURT.key])
    assert one.describe() == "w"


@given(st.lists(st.booleans(), min_size=6, max_size=6), st.lists(st.booleans(), min_size=6, max_size=6))
def test_law_more_witnesses_never_unmake_a_quorum(some: Sequence[bool], more: Sequence[bool]) -> None:
    read = policy.parse(TWO_LEVELS.encode())
    few = {key for key, takes in zip(read.keys, some, strict=True) if takes}
    many = few | {key for key, takes in zip(read.keys, more, strict=True) if takes}
    assert read.met(many) or not read.met(few)
    names = [name for name, takes in zip(("X1", "X2", "X3", "Y1", "Y2", "Y3"), some, strict=True) if takes]
    plainly = sum(name[0] == "X" for name in names) >= 2 and any(name[0] == "Y" for name in names)
    assert read.met(few) == plainly


W = f"witness w {COURT.key}\n"
V = f"witness v {DEFENDER.key}\n"


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("", "no quorum"),
        (W, "no quorum"),
        ("quorum w\n" + W, "line 1.*no line before it"),
        ("quorum none\nquorum none\n", "line 2.*second quorum"),
        ("quorum\n", "line 1.*right length"),
        ("witnesses\n", "line 1.*right length"),
        (f"witness none {COURT.key}\n", "line 1.*name none"),
        (W + f"witness w {DEFENDER.key}\n", "line 2.*twice"),
        (W + f"witness v {COURT.key}\n", "line 2.*repeats a key"),
        (f"witness w {trees.KEY}\n", "line 1.*kind wanted"),
        (f"log {COURT.key}\n", "line 1.*kind wanted"),
        (f"log {trees.KEY}\nlog {trees.KEY}\n", "line 2.*repeats a key"),
        ("witness w w+00000000+BA==\n", "line 1"),
        (W + "group g 2 w\n", "line 2.*more members"),
        (W + "group g 0 w\n", "line 2.*threshold"),
        (W + "group g 01 w\n", "line 2.*threshold"),
        (W + "group g most w\n", "line 2.*threshold"),
        (W + "group g any w w\n", "line 2.*counted already"),
        (W + V + "group g any w\ngroup h all g w\n", "line 4.*counted already"),
        (W + "group g any w g\n", "line 2.*unknown"),
        (W + "group w any w\n", "line 2.*twice"),
        (W + "quorum w\r\n", "line 2.*control character"),
    ],
)
def test_malformed_policies_are_refused_with_what_and_where(text: str, what: str) -> None:
    with pytest.raises(FileMalformed, match=what):
        policy.parse(text.encode())


def test_names_are_bytes_and_comments_may_be_anything() -> None:
    read = policy.parse(
        b"# \xff\nwitness \xe2\x84\xaa " + str(COURT.key).encode() + b"\nquorum \xe2\x84\xaa\n"
    )
    assert read.met([COURT.key])
    with pytest.raises(FileMalformed, match="no line before"):
        policy.parse(b"witness \xe2\x84\xaa " + str(COURT.key).encode() + b"\nquorum K\n")
    with pytest.raises(FileMalformed, match="longer than"):
        policy.parse(b"#" * (policy.LONGEST + 1))


def test_thirty_two_of_each_are_read() -> None:
    many = [cosigners.made(f"w{n}", n) for n in range(32)]
    text = "".join(f"witness w{n} {one.key}\n" for n, one in enumerate(many))
    text += "".join(f"group g{n} any w{n}\n" for n in range(32))
    text += "group all 32 " + " ".join(f"g{n}" for n in range(32)) + "\nquorum all\n"
    read = policy.parse(text.encode())
    assert read.met([one.key for one in many])
    assert not read.met([one.key for one in many[1:]])
    assert isinstance(read.keys[0], note.VerifierKey)
