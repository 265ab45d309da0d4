"""`openpars-verify log` on folders and over HTTP."""

import functools
import json
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from openpars.translog.rules import tiles
from openpars.verifier import main
from tests.unit.translog import trees

LEAVES = trees.entries(600)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    return write(tmp_path / "log", LEAVES)


@pytest.fixture
def address(folder: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def write(folder: Path, leaves: list[bytes]) -> Path:
    for path, content in trees.files(leaves).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    return folder


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main(["log", *map(str, arguments)])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


@pytest.mark.parametrize("size", [1, 2, 255, 256, 257, 600])
def test_a_folder_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str], size: int) -> None:
    folder = write(tmp_path, LEAVES[:size])
    code, out, err = run(capsys, folder, "--key", trees.KEY)
    assert (code, err) == (0, "")
    assert out.startswith(
        f"Verified: {size} entries of openpars.example/log, each under the signed root hash."
    )


def test_an_address_verifies(address: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, address, "--key", trees.KEY, "--json")
    assert (code, json.loads(out)["size"]) == (0, 600)


def test_a_checkpoint_of_last_year_still_holds(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old = folder / "old"
    for size in (1, 256, 300, 600):
        old.write_text(trees.signed_checkpoint(LEAVES[:size]))
        code, out, _ = run(capsys, folder, "--key", trees.KEY, "--since", old)
        assert (code, f"still begins with the {size} entries" in out) == (0, True)


def test_a_rewritten_log_is_caught_by_last_years_checkpoint(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = tmp_path / "old"
    old.write_text(trees.signed_checkpoint(LEAVES[:300]))
    rewritten = write(tmp_path / "log", [*LEAVES[:7], b'"rewritten"', *LEAVES[8:]])
    code, out, err = run(capsys, rewritten, "--key", trees.KEY, "--since", old)
    assert (code, out) == (1, "")
    assert err == "Does not verify: checkpoint of size 300: its root hash is not that of the entries\n"
    old.write_text(trees.signed_checkpoint(LEAVES))
    code, _, err = run(capsys, rewritten, "--key", trees.KEY, "--since", old)
    assert (code, "two different trees of size 600: a fork" in err) == (1, True)
    shrunk = write(tmp_path / "shrunk", LEAVES[:500])
    code, _, err = run(capsys, shrunk, "--key", trees.KEY, "--since", old)
    assert (code, "has 500 entries, but the older checkpoint was signed for 600" in err) == (1, True)


def test_law_every_byte_of_a_small_log_counts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = write(tmp_path, LEAVES[:3])
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        data = path.read_bytes()
        for at, byte in enumerate(data):
            path.write_bytes(data[:at] + bytes([byte ^ 1]) + data[at + 1 :])
            code, out, err = run(capsys, folder, "--key", trees.KEY)
            assert (code in (1, 2), out, err.count("\n")) == (True, "", 1), (path, at)
        path.write_bytes(data[:-1])
        assert run(capsys, folder, "--key", trees.KEY)[0] in (1, 2)
        path.write_bytes(data)
    assert run(capsys, folder, "--key", trees.KEY)[0] == 0


def test_a_full_tile_serves_for_a_partial_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path, LEAVES[:500])
    folder = write(tmp_path, LEAVES[:512])
    for name in (tiles.Name(0, 1, 244), tiles.Name(None, 1, 244)):
        (folder / name.path).unlink()
    (folder / tiles.CHECKPOINT).write_text(trees.signed_checkpoint(LEAVES[:500]))
    assert run(capsys, folder, "--key", trees.KEY)[0] == 0


def test_what_is_missing_is_named(folder: Path, address: str, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "tile/entries/001").unlink()
    for place in (folder, address):
        code, _, err = run(capsys, place, "--key", trees.KEY)
        assert code == 3
        assert err == f"Cannot be read: {place}/tile/entries/001: there is no such file\n"


def test_an_oversized_answer_is_cut_off(
    folder: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "checkpoint").write_bytes(b"x" * 2_000_000)
    code, _, err = run(capsys, address, "--key", trees.KEY)
    assert (code, "is longer than 1,048,576 bytes" in err) == (2, True)


@pytest.mark.parametrize(
    "place", ["/nowhere/at/all", "ftp://127.0.0.1/log", "http://127.0.0.1:1/log", "http://["]
)
def test_unreadable_places(capsys: pytest.CaptureFixture[str], place: str) -> None:
    code, out, err = run(capsys, place, "--key", trees.KEY)
    assert (code, out, err.count("\n")) == (3, "", 1)


def test_the_key_beside_an_exported_log_is_used_with_a_caution(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "log.vkey").write_text(f"{trees.KEY}\n")
    code, out, _ = run(capsys, folder)
    assert (code, "Caution" in out) == (0, True)
