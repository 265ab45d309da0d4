"""The log's key in a file."""

import stat
from pathlib import Path

import pytest

from openpars.errors import FileMalformed
from openpars.translog.rules import note
from openpars.translog.signers import FileSigner


def test_a_missing_key_is_made_readable_by_its_owner_alone_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    signer = FileSigner(path, name="city.example/log")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / "log.vkey").read_text() == f"{signer.vkey}\n"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["log.key", "log.vkey"]
    again = FileSigner(path, name="city.example/log")
    assert again.key == signer.key
    signed = note.parse(again.sign("text\n").encode())
    assert note.verify(signed, [note.parse_key(signer.vkey)]) == (signer.key,)


def test_the_key_of_another_log_is_refused(tmp_path: Path) -> None:
    FileSigner(tmp_path / "log.key", name="city.example/log")
    with pytest.raises(FileMalformed, match=r"is the key of city\.example/log"):
        FileSigner(tmp_path / "log.key", name="town.example/log")


@pytest.mark.parametrize("damage", ["", "PRIVATE+KEY+a+b", "PRIVATE+KEY+city.example/log+00000000+AQ=="])
def test_a_damaged_key_is_refused_and_left_as_it_is(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "log.key"
    path.write_text(damage)
    with pytest.raises(FileMalformed):
        FileSigner(path, name="city.example/log")
    assert path.read_text() == damage


def test_a_key_whose_id_is_wrong_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "log.key"
    FileSigner(path, name="city.example/log")
    path.write_text(path.read_text().replace("city", "town"))
    with pytest.raises(FileMalformed, match="has an id"):
        FileSigner(path, name="town.example/log")
