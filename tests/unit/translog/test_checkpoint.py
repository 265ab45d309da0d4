"""c2sp.org/tlog-checkpoint."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openpars.errors import FileMalformed
from openpars.translog.rules import checkpoint, merkle, note
from tests.unit.translog import trees

ROOT = "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I="


def test_the_body_of_the_specification() -> None:
    body = f"example.com/behind-the-sofa\n20852163\n{ROOT}\n"
    parsed = checkpoint.parse(body)
    assert (parsed.origin, parsed.size, len(parsed.root)) == ("example.com/behind-the-sofa", 20852163, 32)
    assert str(parsed) == body
    assert checkpoint.parse(body + "extension\n").extensions == ("extension",)


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ("o\n1\n", "fewer than three lines"),
        (f"o\n01\n{ROOT}\n", "line 2"),
        (f"o\n-1\n{ROOT}\n", "line 2"),
        (f"o\n+1\n{ROOT}\n", "line 2"),
        (f"o\n1 \n{ROOT}\n", "line 2"),
        (f"o\n١\n{ROOT}\n", "line 2"),
        (f"o\n9223372036854775808\n{ROOT}\n", "line 2"),
        (f"o\n1{'0' * 5000}\n{ROOT}\n", "line 2"),
        (f"o\n1\n{ROOT[:-1]}\n", "line 3"),
        (f"o\n1\n{ROOT[:-2]}J=\n", "line 3"),
        ("o\n1\nYWJj\n", "line 3"),
        (f"o\n0\n{ROOT}\n", "line 3.*empty tree"),
        (f"\n1\n{ROOT}\n", "line 1"),
        (f"o\n1\n{ROOT}\n\nx\n", "line 4"),
    ],
)
def test_malformed_checkpoints_are_refused_with_what_and_where(body: str, what: str) -> None:
    with pytest.raises(FileMalformed, match=what):
        checkpoint.parse(body)


def test_signed_by_the_logs_key_and_no_other() -> None:
    signed = trees.signed_checkpoint(trees.entries(5))
    assert checkpoint.verify(signed.encode(), trees.KEY).size == 5
    stranger = Ed25519PrivateKey.from_private_bytes(bytes(32))
    forged = trees.sign(note.parse(signed.encode()).body, private=stranger)
    with pytest.raises(note.Unverified):
        checkpoint.verify(forged.encode(), trees.KEY)


def test_another_origin_is_another_log() -> None:
    signed = trees.signed_checkpoint(trees.entries(5), origin="another.example/log")
    with pytest.raises(note.Unverified, match="origin"):
        checkpoint.verify(signed.encode(), trees.KEY)


def test_the_empty_tree_has_a_checkpoint() -> None:
    signed = trees.sign(str(checkpoint.Checkpoint(trees.ORIGIN, 0, merkle.EMPTY_ROOT)))
    assert checkpoint.verify(signed.encode(), trees.KEY).size == 0
