"""`openpars-verify.pyz`: one file, and a Python with nothing installed."""

import hashlib
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from openpars.public import checker
from tests.unit.translog import cosigners, trees

LEAVES = trees.entries(300)


@pytest.fixture
def alone(tmp_path: Path) -> Path:
    path = tmp_path / checker.NAME
    path.write_bytes(checker.archive())
    return path


def run(alone: Path, *arguments: object) -> "subprocess.CompletedProcess[str]":
    # -I -S: no installed package, no setting of the caller's.
    command = [sys.executable, "-I", "-S", str(alone), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=alone.parent)


def test_it_checks_logs_receipts_and_witnesses_with_nothing_installed(alone: Path) -> None:
    folder = alone.parent / "log"
    for path, content in trees.files(LEAVES).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    checkpoint = folder / "checkpoint"
    checkpoint.write_text(cosigners.COURT.cosign(checkpoint.read_text()))
    (folder / "policy").write_text(f"witness court {cosigners.COURT.key}\nquorum court\n")
    done = run(alone, "log", folder, "--key", trees.KEY, "--policy", folder / "policy", "--since", checkpoint)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Verified: 300 entries" in done.stdout
    assert "Witness: court.example/witness signed on" in done.stdout
    (folder / "one.tlog-proof").write_text(trees.receipt(LEAVES, 7))
    assert run(alone, "receipt", folder / "one.tlog-proof", "--key", trees.KEY).returncode == 0
    checkpoint.write_text(checkpoint.read_text().replace("\n300\n", "\n301\n"))
    done = run(alone, "log", folder, "--key", trees.KEY)
    assert (done.returncode, "signature: of openpars.example/log does not fit" in done.stderr) == (1, True)
    # ML-DSA-44 alone needs the library, and that is said.
    checkpoint.write_text(cosigners.UNIVERSITY.cosign(trees.signed_checkpoint(LEAVES)))
    (folder / "policy").write_text(f"witness university {cosigners.UNIVERSITY.key}\nquorum university\n")
    done = run(alone, "log", folder, "--key", trees.KEY, "--policy", folder / "policy")
    assert (done.returncode, "install `cryptography`" in done.stderr) == (2, True)


def test_it_holds_the_verifier_and_what_that_stands_on_and_no_more(alone: Path) -> None:
    with zipfile.ZipFile(alone) as file:
        names = file.namelist()
        assert file.testzip() is None
    assert "__main__.py" in names
    packages = {name.rsplit("/", 1)[0] for name in names if "/" in name}
    assert packages == {"openpars", "openpars/translog", "openpars/translog/rules", "openpars/verifier"}


def test_law_it_is_the_same_bytes_every_time() -> None:
    first = checker.archive()
    checker.archive.cache_clear()
    assert hashlib.sha256(checker.archive()).digest() == hashlib.sha256(first).digest()
    assert len(first) < 100_000


def test_the_verifier_stays_small_enough_to_read() -> None:
    here = [path for path in checker.sources() if path.parent.name == "verifier"]
    assert sum(len(path.read_text().splitlines()) for path in here) < 600
