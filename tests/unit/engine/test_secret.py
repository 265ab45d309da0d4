"""Secret files: one winner, whole, private."""

import secrets
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from openpars.engine import secret


def test_of_many_makers_at_once_one_wins_and_all_agree(tmp_path: Path) -> None:
    path = tmp_path / "key"
    with ThreadPoolExecutor(16) as many:
        got = list(many.map(lambda _: secret.keep(path, lambda: secrets.token_hex(2000)), range(64)))
    assert set(got) == {path.read_text()}
    assert [left.name for left in tmp_path.iterdir()] == ["key"]


def test_a_kept_secret_is_not_made_again(tmp_path: Path) -> None:
    secret.keep(tmp_path / "key", lambda: "first")
    assert secret.keep(tmp_path / "key", lambda: "second") == "first"


def test_what_is_written_replaces_and_is_private(tmp_path: Path) -> None:
    path = tmp_path / "server.json"
    path.write_text("old")
    path.chmod(0o644)
    secret.write(path, "new")
    assert (path.read_text(), stat.S_IMODE(path.stat().st_mode)) == ("new", 0o600)
