"""The log over HTTP, held by the conversation in tests/transcripts/log.txt."""

import gzip
import re
from pathlib import Path

import pytest
from django.test import Client

from openpars.translog.rules import checkpoint, note
from openpars.translog.signers import FileSigner
from tests.integration.translog import logs

TRANSCRIPT = (Path(__file__).parents[2] / "transcripts" / "log.txt").read_text()
CASES = re.findall(r"^> (\S+) (\S+)\n((?:< .+\n)+)", TRANSCRIPT, re.MULTILINE)

pytestmark = [pytest.mark.django_db, pytest.mark.urls("openpars.public.urls")]


@pytest.fixture
def signer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSigner:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    return FileSigner(tmp_path / "log.key")


def test_the_conversation(signer: FileSigner, client: Client) -> None:
    logs.append(260)
    logs.integrate(signer)
    assert len(CASES) == TRANSCRIPT.count("\n> ")
    for method, path, expected in CASES:
        answer = client.generic(method, path)
        for line in expected.splitlines():
            check(answer, line.removeprefix("< "), where=f"{method} {path}")


def check(answer: object, line: str, *, where: str) -> None:
    content: bytes = answer.content  # type: ignore[attr-defined]
    kind, _, rest = line.partition(" ")
    if kind.isdigit():
        assert answer.status_code == int(kind), where  # type: ignore[attr-defined]
    elif kind == "length":
        assert len(content) == int(rest), where
    elif kind == "starts":
        assert content.startswith(rest.encode().decode("unicode_escape").encode("latin-1")), where
    else:
        assert answer.headers[kind.removesuffix(":")] == rest, where  # type: ignore[attr-defined]


def test_before_the_first_entry_there_is_nothing(signer: FileSigner, client: Client) -> None:
    for path in ("/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"):
        assert client.get(path).status_code == 404


def test_the_key_that_is_published_verifies_the_checkpoint(signer: FileSigner, client: Client) -> None:
    logs.append(1)
    logs.integrate(signer)
    key = note.parse_key(client.get("/log/vkey").content.decode().strip())
    assert checkpoint.verify(client.get("/log/checkpoint").content, key).size == 1


def test_no_key_yet_is_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: Client) -> None:
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    assert client.get("/log/vkey").status_code == 404


@pytest.mark.parametrize(
    ("asked", "packed"),
    [
        ("gzip", True),
        ("br, gzip;q=0.5", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip;q=0.0, br", False),
        ("xgzip", False),
    ],
)
def test_entries_are_packed_for_whoever_can_unpack_them(
    signer: FileSigner, client: Client, asked: str, packed: bool
) -> None:
    logs.append(260)
    logs.integrate(signer)
    plain = client.get("/log/tile/entries/000").content
    answer = client.get("/log/tile/entries/000", headers={"accept-encoding": asked})
    assert (answer.headers.get("Content-Encoding") == "gzip") == packed
    assert (gzip.decompress(answer.content) if packed else answer.content) == plain
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert not packed or len(answer.content) * 4 < len(plain)
    # Hashes do not shrink.
    assert "Content-Encoding" not in client.get("/log/tile/0/000", headers={"accept-encoding": asked}).headers


@pytest.mark.parametrize(
    "path", ["checkpoint", "vkey", "witnesses", "tile/0/000.p/3", "tile/entries/000.p/3", ""]
)
def test_law_caches_may_keep_the_log_for_everybody(signer: FileSigner, client: Client, path: str) -> None:
    """Whoever asks, logged in or not, is given the same: nothing varies by cookie."""
    logs.append(3)
    logs.integrate(signer)
    client.cookies["sessionid"] = "of somebody"
    answer = client.get(f"/log/{path}")
    assert answer.status_code == 200
    assert "cookie" not in answer.headers.get("Vary", "").lower()
    assert "Set-Cookie" not in answer.headers
