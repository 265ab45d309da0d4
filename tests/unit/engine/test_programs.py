"""Which PostgreSQL is taken: what is named, then the system's newest, then the wheel's."""

from pathlib import Path

import pytest

from openpars.engine import programs
from openpars.engine.programs import EXTENSIONS, Programs
from openpars.errors import BadInput, DatabaseUnavailable


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A made-up /usr/lib/postgresql; no wheel, nothing named."""
    monkeypatch.setattr(programs, "_SYSTEM", ((str(tmp_path), "*/bin"),))
    monkeypatch.setattr(programs, "wheel_folder", lambda: None)
    monkeypatch.delenv("OPENPARS_PG_BIN", raising=False)
    return tmp_path


def install(root: Path, version: str, *, extensions: tuple[str, ...] = EXTENSIONS) -> Path:
    """Programs that say they are `version`."""
    major = version.split(".")[0]
    folder = root / major / "bin"
    share = root / major / "share"
    (share / "extension").mkdir(parents=True)
    folder.mkdir()
    for name in extensions:
        (share / "extension" / f"{name}.control").touch()
    answers = {"pg_config": str(share)}
    for name in ("postgres", "initdb", "pg_ctl", "pg_config"):
        program = folder / name
        program.write_text(
            f"#!/bin/sh\necho '{answers.get(name, f'{name} (PostgreSQL) {version} (Made up)')}'\n"
        )
        program.chmod(0o755)
    return folder


def test_the_newest_of_the_system_is_taken(system: Path) -> None:
    install(system, "15.18")
    newest = install(system, "17.2")
    assert programs.choose() == Programs(newest, 17, "17.2", "system")


def test_what_is_too_old_is_passed_over(system: Path) -> None:
    install(system, "14.25")
    with pytest.raises(DatabaseUnavailable, match="15 or later"):
        programs.choose()


def test_what_lacks_an_extension_is_passed_over(system: Path) -> None:
    install(system, "93.1", extensions=("pg_trgm",))
    with pytest.raises(DatabaseUnavailable, match="btree_gin"):
        programs.choose()


def test_the_wheel_comes_last(system: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = install(tmp_path / "wheel", "18.6")
    monkeypatch.setattr(programs, "wheel_folder", lambda: wheel)
    assert programs.choose().source == "wheel"
    install(system, "15.18")
    assert programs.choose().source == "system"


def test_existing_data_need_their_own_major(system: Path) -> None:
    older = install(system, "15.18")
    install(system, "17.2")
    assert programs.choose(15).folder == older
    with pytest.raises(DatabaseUnavailable, match=r"made by PostgreSQL 16.*17\.2.*15\.18"):
        programs.choose(16)


def test_what_is_named_wins_and_must_be_what_it_should(system: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    install(system, "17.2")
    named = install(system, "15.18")
    monkeypatch.setenv("OPENPARS_PG_BIN", str(named))
    assert programs.choose().source == "OPENPARS_PG_BIN"
    with pytest.raises(BadInput, match="the data were made by 17"):
        programs.choose(17)
    monkeypatch.setenv("OPENPARS_PG_BIN", str(system))
    with pytest.raises(BadInput, match="OPENPARS_PG_BIN"):
        programs.choose()
