"""`openpars log`, and the whole way: append, sign, export, verify offline; serve, verify over HTTP."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pytest_django.live_server_helper import LiveServer

from openpars.cli.log_verbs import command
from openpars.errors import LogBroken
from openpars.translog import queries, signers
from openpars.translog.rules import checkpoint, merkle, note, witness
from openpars.verifier import main
from tests.integration.translog import logs

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    return tmp_path / "state"


def run(*arguments: object) -> str:
    done = CliRunner().invoke(command, [str(argument) for argument in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.stdout


def verify(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    return int(ended.value.code or 0), capsys.readouterr().out


def test_an_empty_log_says_so() -> None:
    assert "Log: empty" in run("status")
    assert json.loads(run("status", "--json"))["size"] == 0
    assert "nothing to sign" in run("checkpoint")
    assert json.loads(run("fsck", "--json")) == {"verified": True, "size": 0}


def test_from_entry_to_offline_verification(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    ids = logs.append(300)
    assert json.loads(run("status", "--json"))["waiting"] == 300
    assert "openpars.example/log\n300\n" in run("checkpoint")
    assert json.loads(run("checkpoint", "--json"))["added"] == 0
    assert run("fsck") == "The log verifies: 300 entries.\n"
    folder, old = tmp_path / "copy", tmp_path / "old"
    run("export", folder)
    old.write_bytes((folder / "checkpoint").read_bytes())
    logs.append(300)
    run("checkpoint")
    assert json.loads(run("export", folder, "--json"))["size"] == 600
    code, out = verify(capsys, "log", folder, "--since", old)
    assert (code, "Verified: 600 entries" in out, "begins with the 300" in out) == (0, True, True)
    # For a witness to whom somebody has sent a false proof of the log as it was.
    proof = witness.parse(run("prove", "300").encode())
    before, now = (
        checkpoint.parse(note.parse(text.encode()).body) for text in (old.read_text(), proof.checkpoint)
    )
    assert merkle.verify_consistency(proof.old, now.size, proof.proof, before.root, now.root)
    receipt = folder / "mine.tlog-proof"
    receipt.write_text(queries.receipt(ids[7]) or "")
    code, out = verify(capsys, "receipt", receipt, "--key", signers.configured().vkey, "--json")
    assert (code, json.loads(out)["index"]) == (0, 7)


@pytest.mark.urls("openpars.public.urls")
def test_the_served_log_verifies(live_server: LiveServer, capsys: pytest.CaptureFixture[str]) -> None:
    logs.append(257)
    run("checkpoint")
    code, out = verify(capsys, "log", f"{live_server.url}/log", "--key", signers.configured().vkey)
    assert (code, "Verified: 257 entries" in out) == (0, True)


def test_a_broken_log_is_named() -> None:
    logs.append(3)
    run("checkpoint")
    logs.tamper("UPDATE translog_entry SET leaf = 'changed' WHERE index = 1")
    with pytest.raises(LogBroken, match=r"hash 1 is not that of entry 1"):
        run("fsck")


def test_every_verb_has_help() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from openpars.cli import main; main()", "log", "--help"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    for verb in ("status", "checkpoint", "fsck", "export", "prove", "resume"):
        assert verb in done.stdout
        assert "--json" in run(verb, "--help")
