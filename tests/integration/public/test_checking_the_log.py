"""docs/checking-the-log.md, followed word for word by a shell in an empty folder."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from pytest_django.live_server_helper import LiveServer

from openpars.public import checker
from openpars.translog import actions, queries, signers
from tests.integration.translog import logs
from tests.integration.witness import witnesses

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.urls("openpars.public.urls"),
    pytest.mark.skipif(not shutil.which("curl"), reason="needs curl"),
]

TEXT = (Path(__file__).parents[3] / "docs" / "checking-the-log.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)
SETTINGS = re.findall(r"^```sh settings\n(.+?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "state"))


def follow(folder: Path, settings: str) -> "subprocess.CompletedProcess[str]":
    script = "\n".join(["set -eu", settings, *COMMANDS])
    environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(folder)}
    return subprocess.run(
        ["sh", "-c", script], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize("witnessed", [False, True])
def test_the_page_can_be_followed_word_for_word(
    live_server: LiveServer, tmp_path: Path, witnessed: bool
) -> None:
    assert len(SETTINGS) == 1
    assert len(COMMANDS) == 6
    signer, empty = signers.configured(), tmp_path / "empty"
    empty.mkdir()
    with witnesses.running(tmp_path / "court", "court", signer.vkey) as court:
        if witnessed:
            actions.set_policy(text=witnesses.policy(1, court), by="test", at=logs.NOON)
        ids = logs.append(300)
        actions.integrate(signer=signer, at=logs.NOON)
        assert actions.publish(at=logs.NOON).published
    # What the holder of a receipt was given.
    (empty / "mine.tlog-proof").write_text(queries.receipt(ids[7]) or "")
    done = follow(empty, f"LOG={live_server.url}/log\nKEY={signer.vkey}")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    size = 301 if witnessed else 300
    assert done.stdout.count(f"Verified: {size} entries of openpars.example/log, each under") == 2
    assert done.stdout.count(f"Verified: it still begins with the {size} entries") == 1
    assert done.stdout.count("Verified: entry ") == 1
    assert checker.sha256(checker.archive()) in done.stdout
    assert ("Witness: court.example/witness signed on 2026-11-23 12:00:00 UTC" in done.stdout) == witnessed
    assert sorted(path.name for path in empty.iterdir()) == [
        "checkpoint-kept", "mine.tlog-proof", "openpars-verify.pyz", "witnesses",
    ]  # fmt: skip


def test_whoever_follows_it_on_a_rewritten_log_is_told(live_server: LiveServer, tmp_path: Path) -> None:
    signer = signers.configured()
    logs.append(300)
    actions.integrate(signer=signer, at=logs.NOON)
    logs.tamper("UPDATE translog_entry SET leaf = 'rewritten' WHERE index = 7")
    done = follow(tmp_path, f"LOG={live_server.url}/log\nKEY={signer.vkey}")
    assert done.returncode == 1
    assert done.stderr == "Does not verify: tile/0/000: hash 7 is not that of entry 7\n"
