"""`openpars-verify.pyz`: one file, and a Python with nothing installed."""

import ast
import io
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from openpars.public import checker
from tests.unit.translog import cosigners, trees

ROOT = Path(__file__).parents[3]
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
    assert set(names) == {"__main__.py"} | {f"{name.replace('.', '/')}.py" for name in stood_on()}


def stood_on() -> set[str]:
    """Every module that the verifier imports, one way or another, and the packages that they are in."""
    home, found, waiting = Path(checker.__file__).parents[2], set[str](), ["openpars.verifier.__main__"]
    while waiting:
        name = waiting.pop()
        path = home / f"{name.replace('.', '/')}.py"
        name = name if path.exists() else f"{name}.__init__"
        path = path if path.exists() else home / f"{name.replace('.', '/')}.py"
        if name in found or not path.exists():
            continue
        found.add(name)
        parts = name.split(".")
        waiting += [".".join(parts[:end]) for end in range(1, len(parts))]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("openpars"):
                waiting += [str(node.module), *(f"{node.module}.{one.name}" for one in node.names)]
    return found


def test_law_it_is_the_same_bytes_every_time() -> None:
    for make in (checker.archive, checker.wheel):
        first = make()
        make.cache_clear()
        assert make() == first
        assert len(first) < 150_000
        with zipfile.ZipFile(io.BytesIO(first)) as file:
            # Compressed, the bytes would be those of the machine's zlib.
            assert {one.compress_type for one in file.infolist()} == {zipfile.ZIP_STORED}


def test_it_installs_alone(tmp_path: Path) -> None:
    """By pip, into a folder of its own: no index is asked, and nothing but it is there."""
    wheel = tmp_path / checker.WHEEL
    wheel.write_bytes(checker.wheel())
    there = tmp_path / "there"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--disable-pip-version-check"]
    subprocess.run([*pip, "--target", str(there), str(wheel)], check=True)
    assert {path.name for path in there.iterdir()} == {
        "bin",
        "openpars",
        f"{checker.WHEEL.removesuffix('-py3-none-any.whl')}.dist-info",
    }
    (tmp_path / "one.tlog-proof").write_text(trees.receipt(LEAVES, 7))
    command = [
        sys.executable,
        "-S",
        there / "bin" / "openpars-verify",
        "receipt",
        tmp_path / "one.tlog-proof",
    ]
    done = subprocess.run(
        [*map(str, command), "--key", str(trees.KEY)],
        capture_output=True,
        text=True,
        check=False,
        env={"PYTHONPATH": str(there)},
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert "Verified: entry 7" in done.stdout


def test_the_verifier_stays_small_enough_to_read() -> None:
    here = [path for path in checker.sources() if path.parent.name == "verifier"]
    assert sum(len(path.read_text().splitlines()) for path in here) < 600
    # What a journalist is told of all that the file holds.
    lines = sum(len(path.read_text().splitlines()) for path in checker.sources())
    said = re.search(r"some ([\d,]+) lines", (ROOT / "docs" / "checking-the-log.md").read_text())
    assert said is not None
    assert abs(lines - int(said[1].replace(",", ""))) <= 100
