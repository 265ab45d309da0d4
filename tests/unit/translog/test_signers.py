"""The log's keys in a file."""

import stat
from pathlib import Path

import pytest

from openpars.errors import Conflict, FileMalformed, NotFound
from openpars.translog import keyfile
from openpars.translog.rules import cosignature, note
from openpars.translog.signers import FileSigner


def signer_of(path: Path) -> FileSigner:
    return FileSigner(path, name="city.example/log")


def test_a_missing_key_is_made_readable_by_its_owner_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer = signer_of(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "log.vkey").read_text() == f"{signer.vkey}\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.key", "log.vkey"]
    again = signer_of(path)
    assert again.keys == signer.keys == (signer.key,)
    signed = note.parse(again.sign("text\n").encode())
    assert note.verify(signed, [note.parse_key(signer.vkey)]) == (signer.key,)


def test_the_key_of_another_log_is_refused(tmp_path: Path) -> None:
    signer_of(tmp_path / "log.key")
    with pytest.raises(FileMalformed, match=r"is the key of city\.example/log"):
        FileSigner(tmp_path / "log.key", name="town.example/log")


@pytest.mark.parametrize("damage", ["", "PRIVATE+KEY+a+b", "PRIVATE+KEY+city.example/log+00000000+AQ=="])
def test_a_damaged_key_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "log.key"
    path.write_text(damage)
    with pytest.raises(FileMalformed):
        signer_of(path)
    assert path.read_text() == damage


def test_a_key_whose_id_is_wrong_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer_of(path)
    path.write_text(path.read_text().replace("city", "town"))
    with pytest.raises(FileMalformed, match="has an id"):
        FileSigner(path, name="town.example/log")


def test_a_witnesss_key_does_not_sign_a_log(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    path.write_text(f"{keyfile.fresh('city.example/log', note.COSIGNATURE_ED25519)}\n")
    with pytest.raises(FileMalformed, match="is not a log's key"):
        signer_of(path)


def test_rotation_overlaps_so_that_whoever_knows_either_key_can_verify(tmp_path: Path) -> None:
    signer = signer_of(tmp_path / "log.key")
    old = signer.key
    before = note.parse(signer.sign("before\n").encode())
    with pytest.raises(Conflict, match="the only key"):
        signer.retire(old.id.hex())
    new = signer.begin_rotation()
    with pytest.raises(Conflict, match="Two keys sign already"):
        signer.begin_rotation()
    # Who began before the rotation reads the file anew; the file says what the object says.
    assert signer_of(tmp_path / "log.key").keys == signer.keys == (new, old)
    during = note.parse(signer.sign("during\n").encode())
    assert note.verify(during, [old]) == (old,)
    assert note.verify(during, [new]) == (new,)
    with pytest.raises(NotFound):
        signer.retire("00000000")
    signer.retire(old.id.hex())
    after = note.parse(signer.sign("after\n").encode())
    assert note.verify(after, [new]) == (new,)
    with pytest.raises(note.Unverified):
        note.verify(after, [old])
    assert signer_of(tmp_path / "log.key").in_use == (new,)
    assert signer.keys == (new, old)
    assert note.verify(before, signer.keys) == (old,)
    assert (tmp_path / "log.vkey").read_text() == f"{new}\n{old}\n"
    assert stat.S_IMODE((tmp_path / "log.key").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "log.vkey").stat().st_mode) == 0o644


def test_a_lost_key_is_replaced_and_what_it_signed_still_verifies(tmp_path: Path) -> None:
    signer = signer_of(tmp_path / "log.key")
    old, before = signer.key, note.parse(signer.sign("before\n").encode())
    (tmp_path / "log.key").unlink()
    after = signer_of(tmp_path / "log.key")
    assert after.keys == (after.key, old)
    assert note.verify(before, after.keys) == (old,)


@pytest.mark.parametrize("kind", [note.ED25519, *cosignature.KINDS])
def test_keys_of_every_kind_read_back_and_never_show_themselves(kind: int) -> None:
    made = keyfile.fresh("w.example/1", kind)
    (read,) = keyfile.parse(f"{made}\n", "w.key")
    assert read.key == made.key
    # The secret is what follows the id, plus signs and all: base64 has them too.
    assert str(made).split("+", 4)[4] not in repr(made)
    with pytest.raises(FileMalformed):
        keyfile.fresh("with space", kind)
