"""Where the database is: DATABASE_URL read and written."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.engine import address
from openpars.engine.address import Address
from openpars.errors import BadInput, DatabaseUnavailable

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=20)
NAME = st.text("abcdefghijklmnopqrstuvwxyz_0123456789", min_size=1, max_size=20)
HOST = st.sampled_from(["localhost", "db.city.example", "127.0.0.1", "/run/a folder/socket", "/tmp/o'p&q=r"])


@given(HOST, st.integers(1, 65535), NAME, TEXT, TEXT, st.dictionaries(NAME, NAME, max_size=2))
def test_an_address_written_as_a_url_reads_back_the_same(
    host: str, port: int, database: str, user: str, password: str, options: dict[str, str]
) -> None:
    options = {name: value for name, value in options.items() if name not in ("host", "port")}
    written = Address(host, port, database, user, password, tuple(options.items()))
    assert address.parse(written.url()) == written


@pytest.mark.parametrize(
    "wrong",
    ["", "mysql://a@b/c", "postgresql://b/c", "postgresql://a@b", "postgresql://a@b:x/c", "postgresql://a@b:70000/c"],
)  # fmt: skip
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(BadInput, match="DATABASE_URL"):
        address.parse(wrong)


def test_without_a_server_and_without_a_url_it_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    with pytest.raises(DatabaseUnavailable, match="openpars db start"):
        address.owner()


def test_passwords_are_made_once_and_kept_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    first = address.passwords()
    assert address.passwords() == first
    assert len(set(first.values())) == len(first) == 2
    assert (tmp_path / "state" / "passwords.json").stat().st_mode & 0o077 == 0
    assert (tmp_path / "state").stat().st_mode & 0o077 == 0
