"""c2sp.org/tlog-witness: what a witness must answer, case by case, in the specification's order."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, merkle, note, witness
from tests.unit.translog import trees

LEAVES = trees.entries(40)
OTHERS = [*LEAVES[:3], b'"another history"', *LEAVES[4:]]
EXAMPLE = """old 20852014
PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=
jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=
5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=
/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=

example.com/behind-the-sofa
20852163
CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=

— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501


def known(size: int, leaves: list[bytes] = LEAVES, earlier: tuple[int, ...] = ()) -> witness.Known:
    texts = {one: trees.signed_checkpoint(leaves[:one]) for one in (*earlier, size) if one}
    node = trees.node(trees.grown(leaves))
    return witness.Known((trees.KEY,), size, merkle.root(size, node), texts.get(size, ""), texts.get)


def request(old: int, size: int, leaves: list[bytes] = LEAVES, signed: str | None = None) -> bytes:
    path = merkle.consistency(old, size, trees.node(trees.grown(leaves))) if 0 < old <= size else []
    text = signed or trees.signed_checkpoint(leaves[:size])
    return str(witness.Request(old, tuple(path), text)).encode()


def judge(data: bytes, what: witness.Known | None) -> witness.Verdict:
    return witness.judge(data, lambda origin: what if origin == trees.ORIGIN else None)


def test_the_example_of_the_specification() -> None:
    parsed = witness.parse(EXAMPLE.encode())
    assert (parsed.old, len(parsed.proof)) == (20852014, 4)
    assert str(parsed) == EXAMPLE


@given(st.integers(0, 40), st.integers(0, 40))
def test_law_what_continues_is_accepted_and_nothing_else(old: int, size: int) -> None:
    verdict = judge(request(old, size), known(old))
    if size < old:
        assert verdict.status == 400
        return
    assert (verdict.status, verdict.fork) == (200, None)
    assert verdict.accepted is not None
    assert verdict.accepted.size == size


@given(st.integers(4, 39), st.data())
def test_law_a_fork_is_refused_and_its_evidence_kept(old: int, data: st.DataObject) -> None:
    size = data.draw(st.integers(old, 40))
    verdict = judge(request(old, size, OTHERS), known(old))
    assert (verdict.status, verdict.accepted) == (422, None)
    assert verdict.fork is not None
    assert verdict.fork.first == trees.signed_checkpoint(LEAVES[:old])
    assert verdict.fork.second == trees.signed_checkpoint(OTHERS[:size])
    # A proof from a power of two does not hold the tree that it begins with.
    assert verdict.fork.proven == (old == size or bool(old & (old - 1)))
    words = witness.explain(verdict.fork)
    assert ("HAS SIGNED TWO HISTORIES" in words) == verdict.fork.proven


@given(st.integers(5, 39), st.data())
def test_law_nobody_can_make_an_honest_log_look_forked(old: int, data: st.DataObject) -> None:
    """Whoever replays a log's own checkpoints with any proof leaves no proven evidence."""
    size = data.draw(st.integers(old, 40))
    honest = merkle.consistency(old, size, trees.node(trees.grown(LEAVES)))
    path = data.draw(st.lists(st.sampled_from([*honest, bytes(32)]), max_size=8))
    sent = witness.Request(old, tuple(path), trees.signed_checkpoint(LEAVES[:size]))
    verdict = judge(str(sent).encode(), known(old))
    assert (verdict.status == 200) == (path == honest)
    assert verdict.fork is None or not verdict.fork.proven
    assert verdict.fork is None or old & (old - 1) == 0


def test_a_stale_size_is_told_the_right_one() -> None:
    for sent in (request(0, 9), request(3, 9), request(9, 9)):
        verdict = judge(sent, known(7))
        assert (verdict.status, verdict.words, verdict.content_type) == (409, "7", "text/x.tlog.size")
    assert judge(request(5, 9), known(0)).words == "0"


def test_a_stale_checkpoint_that_contradicts_an_earlier_one_is_evidence_too() -> None:
    verdict = judge(request(5, 6, OTHERS), known(20, earlier=(6,)))
    assert verdict.status == 409
    assert verdict.fork is not None
    assert verdict.fork.proven
    assert judge(request(5, 6), known(20, earlier=(6,))).fork is None


def test_unknown_logs_and_keys() -> None:
    stranger = trees.sign(str(checkpoint.Checkpoint("other.example/log", 3, merkle.EMPTY_ROOT)))
    assert judge(request(0, 3, signed=stranger), known(0)).status == 404
    unsigned = note.parse(trees.signed_checkpoint(LEAVES[:3]).encode())
    forged = str(note.Note(unsigned.body, (note.Signature(trees.ORIGIN, b"abcd", bytes(64)),)))
    assert judge(request(0, 3, signed=forged), known(0)).status == 403
    broken = str(note.Note(unsigned.body, (note.Signature(trees.ORIGIN, trees.KEY.id, bytes(64)),)))
    assert judge(request(0, 3, signed=broken), known(0)).status == 403


def test_a_proof_where_none_is_due_is_refused() -> None:
    sent = witness.Request(0, (bytes(32),), trees.signed_checkpoint(LEAVES[:3]))
    assert judge(str(sent).encode(), known(0)).status == 422
    sent = witness.Request(3, (bytes(32),), trees.signed_checkpoint(LEAVES[:3]))
    assert judge(str(sent).encode(), known(3)).status == 422


SIGNED = trees.signed_checkpoint(LEAVES[:3])


@pytest.mark.parametrize(
    "body",
    [
        "",
        SIGNED,
        f"old\n\n{SIGNED}",
        f"old 01\n\n{SIGNED}",
        f"old -1\n\n{SIGNED}",
        f"old 0\r\n\n{SIGNED}",
        f"old 0\nAAAA\n\n{SIGNED}",
        "old 0\n" + "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n" * 64 + f"\n{SIGNED}",
        "old 0\n\nopenpars.example/log\n3\n",
        "old 0\n\nopenpars.example/log\n3\nAAAA\n\n— a YWJjZGVmZw==\n",
        f"old 0\n\n{SIGNED}{SIGNED.splitlines()[-1]}\n",
    ],
)
def test_malformed_requests_are_refused(body: str) -> None:
    verdict = judge(body.encode(), known(0))
    assert (verdict.status, verdict.accepted, verdict.fork) == (400, None, None)


def test_what_is_too_long_is_refused() -> None:
    with pytest.raises(FileMalformed, match="is longer than"):
        witness.parse(b"old 0\n" + b"A" * witness.LONGEST)
