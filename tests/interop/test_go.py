"""Our formats against an implementation that no one here wrote: Go's `golang.org/x/mod/sumdb/{tlog,note}`, as Debian
packages it (golang-go, golang-golang-x-mod-dev). Skipped, saying so, where those are not installed."""

import json
import os
import shutil
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest

from openpars.translog.rules import cosignature, merkle, note
from openpars.verifier import main
from tests.unit.translog import cosigners, trees

HERE = Path(__file__).parent
LIBRARIES = Path("/usr/share/gocode")
LEAVES = trees.entries(600)
SIZES = [1, 2, 3, 255, 256, 257, 600]

pytestmark = pytest.mark.skipif(
    not shutil.which("go") or not (LIBRARIES / "src/golang.org/x/mod/sumdb").is_dir(),
    reason="needs Go and its x/mod: apt install golang-go golang-golang-x-mod-dev",
)


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The Go program, built from what the machine has: nothing is fetched."""
    built = tmp_path_factory.mktemp("go") / "interop"
    environment = {
        "PATH": os.environ["PATH"],
        "GO111MODULE": "off",
        "GOPATH": str(LIBRARIES),
        "GOPROXY": "off",
        "CGO_ENABLED": "0",
        "GOCACHE": str(HERE.parents[1] / "build" / "go"),
    }
    subprocess.run(["go", "build", "-o", built, HERE / "main.go"], env=environment, check=True)
    return built


def run(program: Path, *arguments: object) -> dict[str, object]:
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    answer: dict[str, object] = json.loads(done.stdout)
    return answer


def write(folder: Path, leaves: list[bytes]) -> Path:
    for path, content in trees.files(leaves).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


@pytest.mark.parametrize("size", SIZES)
def test_go_reads_our_log_and_makes_our_proofs(program: Path, tmp_path: Path, size: int) -> None:
    write(tmp_path, LEAVES[:size])
    node = trees.node(trees.grown(LEAVES[:size]))

    def spelled(hashes: list[bytes]) -> list[str]:
        return [b64encode(one).decode() for one in hashes]

    answer = run(program, "read", tmp_path, trees.KEY)
    assert answer["signed"] == [trees.ORIGIN]
    assert answer["roots"] == spelled([merkle.root(old, node) for old in range(1, size + 1)])
    assert answer["inclusion"] == [spelled(merkle.inclusion(i, size, node)) for i in range(size)]
    assert answer["consistency"] == [
        spelled(merkle.consistency(old, size, node)) for old in range(1, size + 1)
    ]


def test_go_reads_our_cosigned_checkpoint(program: Path, tmp_path: Path) -> None:
    write(tmp_path, LEAVES[:5])
    signed = cosigners.COURT.cosign((tmp_path / "checkpoint").read_text())
    (tmp_path / "checkpoint").write_text(cosigners.UNIVERSITY.cosign(signed))
    answer = run(program, "read", tmp_path, trees.KEY, cosigners.COURT.key)
    assert answer["signed"] == [trees.ORIGIN, cosigners.COURT.name]


def test_go_finds_what_we_changed(program: Path, tmp_path: Path) -> None:
    write(tmp_path, LEAVES[:300])
    for name in ("checkpoint", "tile/0/000", "tile/1/000.p/1", "tile/entries/000"):
        data = (tmp_path / name).read_bytes()
        at = min(40, len(data) - 1)
        (tmp_path / name).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        done = subprocess.run([program, "read", tmp_path, str(trees.KEY)], capture_output=True, check=False)
        assert done.returncode == 1, name
        (tmp_path / name).write_bytes(data)
    run(program, "read", tmp_path, trees.KEY)


@pytest.mark.parametrize("size", SIZES)
def test_we_read_gos_log(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int
) -> None:
    keys = run(program, "write", tmp_path, size)
    for arguments in (["log", tmp_path], ["receipt", tmp_path / "one.tlog-proof"]):
        with pytest.raises(SystemExit) as ended:
            main([*map(str, arguments), "--key", str(keys["key"]), "--json"])
        answer = json.loads(capsys.readouterr().out)
        assert (ended.value.code, answer["size"], answer["origin"]) == (0, size, "go.example/log")
    assert answer["entry"] == {"n": size // 2}
    signed = note.parse((tmp_path / "checkpoint").read_bytes())
    witness = cosignature.parse_key(str(keys["witness"]))
    assert cosignature.verify(signed, [witness]) == (cosignature.Cosignature(witness, 1_790_000_000),)
