"""The lock file: who it names, and whether that is the server."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from openpars.engine import postmaster

LINES = "{pid}\n{data}\n1700000000\n5432\n/run/socket\n\n  1 2\nready   \n"


@pytest.fixture
def zombie() -> Iterator[int]:
    """A process that has ended and that nobody has buried."""
    child = subprocess.Popen(["true"])
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    yield child.pid
    child.wait()


def written(data: Path, pid: int) -> Path:
    file = data / "postmaster.pid"
    file.write_text(LINES.format(pid=pid, data=data))
    return file


def test_the_lock_file_is_read(tmp_path: Path) -> None:
    written(tmp_path, 17)
    assert postmaster.read(tmp_path) == postmaster.LockFile(17, "/run/socket", 5432, True)


@pytest.mark.parametrize("text", ["", "17\n", "x\na\nb\n5432\n/run\n"])
def test_a_half_written_lock_file_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "postmaster.pid").write_text(text)
    assert postmaster.read(tmp_path) is None


def test_a_zombie_is_not_alive(tmp_path: Path, zombie: int) -> None:
    written(tmp_path, zombie)
    assert postmaster.alive(tmp_path) is None


def test_another_process_with_its_number_is_not_alive(tmp_path: Path) -> None:
    written(tmp_path, os.getpid())
    assert postmaster.alive(tmp_path) is None


def test_disowning_keeps_the_key_of_the_shared_memory(tmp_path: Path, zombie: int) -> None:
    file = written(tmp_path, zombie)
    before = file.read_text().splitlines()
    assert postmaster.disown(tmp_path)
    after = file.read_text().splitlines()
    assert after[1:] == before[1:]
    with pytest.raises(ProcessLookupError):
        os.kill(int(after[0]), 0)


def test_a_number_that_is_free_is_left_to_postgresql(tmp_path: Path) -> None:
    file = written(tmp_path, 2**30 - 1)
    before = file.read_text()
    assert not postmaster.disown(tmp_path)
    assert file.read_text() == before
