"""`openpars-verify log` on folders and over HTTP."""

import functools
import json
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from openpars.translog.rules import checkpoint, merkle, note, tiles
from openpars.verifier import main
from tests.unit.translog import cosigners, trees

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


def run(capsys: pytest.CaptureFixture[str], *arguments: object, verb: str = "log") -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([verb, *map(str, arguments)])
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


WHERE_FLIPS_ARE_NAMED = {
    "checkpoint": r"checkpoint|signed note|signature",
    "tile/0/000.p/3": r"tile/0/000\.p/3: hash \d is not that of entry \d",
    "tile/entries/000.p/3": r"hash \d is not that of entry \d|tile/entries/000\.p/3: (ends within|goes on)",
}


def test_law_each_bit_of_a_small_log_flipped_is_found_and_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(tmp_path, LEAVES[:3])
    assert {str(p.relative_to(folder)) for p in folder.rglob("*") if p.is_file()} == set(
        WHERE_FLIPS_ARE_NAMED
    )
    for name, words in WHERE_FLIPS_ARE_NAMED.items():
        path = folder / name
        data = path.read_bytes()
        for at, byte in enumerate(data):
            for bit in range(8):
                path.write_bytes(data[:at] + bytes([byte ^ 1 << bit]) + data[at + 1 :])
                code, out, err = run(capsys, folder, "--key", trees.KEY)
                assert (code in (1, 2), out, err.count("\n")) == (True, "", 1), (name, at, bit)
                assert re.search(words, err), (name, at, bit, err)
        for cut in (data[:-1], data[: len(data) // 2], b"", data + b"\0", data + data):
            path.write_bytes(cut)
            code, out, err = run(capsys, folder, "--key", trees.KEY)
            assert (code in (1, 2), out) == (True, ""), (name, len(cut))
        path.write_bytes(data)
    assert run(capsys, folder, "--key", trees.KEY)[0] == 0


def test_law_a_byte_of_a_larger_log_changed_is_found_and_its_file_named(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("tile/0/000", "tile/0/001", "tile/0/002.p/88", "tile/1/000.p/2"):
        data = (folder / name).read_bytes()
        for at in {*range(0, len(data), 61), len(data) - 1}:
            (folder / name).write_bytes(data[:at] + bytes([data[at] ^ 0x10]) + data[at + 1 :])
            code, _, err = run(capsys, folder, "--key", trees.KEY)
            assert (code, f"{name}: hash {at // 32} is not that of" in err) == (1, True)
        (folder / name).write_bytes(data)
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


def test_in_a_moment_a_log_is_seen_to_continue_a_kept_checkpoint(
    folder: Path, address: str, capsys: pytest.CaptureFixture[str]
) -> None:
    old = folder / "old"
    for place in (folder, address):
        for size in (1, 3, 256, 300, 599, 600):
            old.write_text(trees.signed_checkpoint(LEAVES[:size]))
            code, out, _ = run(capsys, old, place, "--key", trees.KEY, verb="since")
            assert (code, f"still begins with the {size} entries" in out) == (0, True)
    # It reads tiles only: no entry is needed, nor any tile but a few.
    for path in folder.glob("tile/entries/**/*"):
        if path.is_file():
            path.unlink()
    code, out, _ = run(capsys, old, folder, "--key", trees.KEY, "--json", verb="since")
    assert (code, json.loads(out)["since"]) == (0, 600)


def test_in_a_moment_a_rewritten_log_is_caught(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rewritten = write(tmp_path / "log", [*LEAVES[:7], b'"rewritten"', *LEAVES[8:]])
    old = tmp_path / "old"
    for size, says in (
        (300, "does not begin with the 300 entries of the older checkpoint: it was rewritten"),
        (600, "two different trees of size 600: a fork"),
    ):
        old.write_text(trees.signed_checkpoint(LEAVES[:size]))
        code, out, err = run(capsys, old, rewritten, "--key", trees.KEY, verb="since")
        assert (code, out, says in err) == (1, "", True)


def test_whoever_must_have_signed(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: float(cosigners.TIME + 5))
    wanted = folder / "policy"
    wanted.write_text(cosigners.POLICY)
    alone = (folder / "checkpoint").read_text()
    one, two = cosigners.COURT.cosign(alone), cosigners.UNIVERSITY.cosign(cosigners.COURT.cosign(alone))
    says = "but 2 of court, defender, university must have signed"
    for text, by in ((alone, "nobody"), (one, "court.example/witness")):
        (folder / "checkpoint").write_text(text)
        code, _, err = run(capsys, folder, "--policy", wanted)
        assert (code, err) == (1, f"Does not verify: checkpoint: is cosigned by {by}, {says}\n")
    (folder / "checkpoint").write_text(two)
    code, out, _ = run(capsys, folder, "--policy", wanted)
    assert (code, "(from --policy" in out) == (0, True)
    assert "Witness: court.example/witness signed on 2026-09-21 14:13:20 UTC\n" in out
    code, out, _ = run(capsys, folder, "--policy", wanted, "--json")
    assert json.loads(out)["witnesses"] == {
        "court.example/witness": cosigners.TIME,
        "university.example/witness": cosigners.TIME,
    }
    # One that has signed another checkpoint spoils it, whoever else has signed.
    other = cosigners.DEFENDER.line("other.example/log\n")
    (folder / "checkpoint").write_text(two + other)
    code, _, err = run(capsys, folder, "--policy", wanted)
    assert (code, "cosignature: of defender.example/witness does not fit" in err) == (1, True)
    # Without the policy nobody asks, and the lines of unknown keys are ignored.
    assert run(capsys, folder, "--key", trees.KEY)[0] == 0


def test_a_witness_with_a_clock_a_day_off_is_refused(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "time", lambda: float(cosigners.TIME))
    wanted = folder / "policy"
    wanted.write_text(f"witness court {cosigners.COURT.key}\nquorum court\n")
    alone = (folder / "checkpoint").read_text()
    for ahead, expected in ((86_399, 0), (86_400, 1), (2**62, 1)):
        (folder / "checkpoint").write_text(cosigners.COURT.cosign(alone, cosigners.TIME + ahead))
        code, _, err = run(capsys, folder, "--key", trees.KEY, "--policy", wanted)
        assert code == expected
    assert (
        "cosignature: of court.example/witness is dated 4611686020217387904 s after 1970, a day or more"
        in err
    )


@pytest.mark.parametrize(
    ("change", "code", "says"),
    [
        (lambda text: text.replace("\n", "\r\n"), 2, "line 1, signed note: has a carriage return"),
        (
            lambda text: text + text.splitlines()[-1] + "\n",
            2,
            "line 6, signature: repeats the key of an earlier",
        ),
        (lambda text: text + "\u2014 stranger.example/w YWJjZGVmZw==\n", 0, ""),
        (
            lambda text: text.replace("openpars.example/log\n", "other.example/log\n"),
            1,
            "line 1, checkpoint's origin",
        ),
        (lambda text: text.replace("\n600\n", "\n0600\n"), 2, "line 2, checkpoint's tree size"),
        (
            lambda text: text.replace("\n600\n", "\n601\n"),
            1,
            "signature: of openpars.example/log does not fit",
        ),
    ],
)
def test_checkpoints_that_are_not_as_they_should_be(
    folder: Path, capsys: pytest.CaptureFixture[str], change: Callable[[str], str], code: int, says: str
) -> None:
    path = folder / "checkpoint"
    path.write_bytes(change(path.read_text()).encode())
    got, _, err = run(capsys, folder, "--key", trees.KEY)
    assert (got, says in err) == (code, True), err


def test_a_checkpoint_of_another_origin_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    other = trees.sign(str(checkpoint.Checkpoint("other.example/log", 600, merkle.EMPTY_ROOT)))
    (folder / "checkpoint").write_text(other)
    code, _, err = run(capsys, folder, "--key", trees.KEY)
    assert (code, err) == (1, "Does not verify: line 1, checkpoint's origin: is not openpars.example/log\n")


@pytest.mark.parametrize("name", ["checkpoint", "tile/0/000", "tile/entries/001", "policy", "old"])
def test_a_hundred_megabytes_are_refused_in_bounded_memory(folder: Path, name: str) -> None:
    (folder / "policy").write_text("quorum none\n")
    (folder / "old").write_text((folder / "checkpoint").read_text())
    with (folder / name).open("r+b") as file:
        file.truncate(100_000_000)

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (120_000_000, 120_000_000))

    command = [sys.executable, "-m", "openpars.verifier", "log", str(folder), "--key", str(trees.KEY)]
    command += ["--policy", str(folder / "policy"), "--since", str(folder / "old")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=bound)
    assert (done.returncode, "is longer than" in done.stderr) == (2, True), done.stderr


def test_a_log_under_two_keys_verifies_by_either_and_by_both(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """While a log changes its key, both sign; afterwards what the older one signed still verifies."""
    private = Ed25519PrivateKey.from_private_bytes(bytes(32))
    new = note.VerifierKey(trees.ORIGIN, private.public_key().public_bytes_raw())
    text = (folder / "checkpoint").read_text()
    body = note.parse(text.encode()).body
    (folder / "checkpoint").write_text(
        text + str(note.Signature(new.name, new.id, private.sign(body.encode())))
    )
    (folder / "log.vkey").write_text(f"{new}\n{trees.KEY}\n")
    for keys in (["--key", new], ["--key", trees.KEY], ["--key", new, "--key", trees.KEY], []):
        assert run(capsys, folder, *keys)[0] == 0
    (folder / "old").write_text(trees.signed_checkpoint(LEAVES[:300]))
    assert run(capsys, folder, "--key", new, "--since", folder / "old")[0] == 1
    assert run(capsys, folder, "--key-file", folder / "log.vkey", "--since", folder / "old")[0] == 0


def test_long_work_tells_how_far_it_is(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from openpars.verifier import command

    tell = command._progress("entries", shown=True)
    tell(256, 600)
    tell(600, 600)
    assert capsys.readouterr().err.endswith("600 of 600 entries, 0 s left \n")
