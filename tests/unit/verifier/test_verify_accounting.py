"""`openpars-verify accounting`: what a person runs at home to see that nobody was left out."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from openpars.translog.rules import canonical
from tests.unit.translog import trees
from tests.unit.verifier.test_verify_receipt import run

VECTORS = json.loads((Path(__file__).parents[3] / "specs" / "vectors" / "accounting.json").read_text())
LEAVES = [base64.b64decode(entry) for entry in VECTORS["entries"]]
CODES = {"verified": 0, "not verified": 1, "malformed": 2}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    for path, content in trees.files(LEAVES).items():
        (tmp_path / "log" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "log" / path).write_bytes(content)
    return tmp_path


def checked(folder: Path, capsys: pytest.CaptureFixture[str], file: Any, *more: str) -> tuple[int, str, str]:
    kept = folder / "account.json"
    kept.write_text(file if isinstance(file, str) else json.dumps(file))
    return run(capsys, "accounting", kept, folder / "log", "--key", VECTORS["key"], *more)


def test_the_vectors_are_of_canonical_entries() -> None:
    assert str(trees.KEY) == VECTORS["key"]
    for leaf in LEAVES:
        assert canonical.encode(canonical.decode(leaf)) == leaf


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["why"])
def test_each_vector_has_its_outcome(
    folder: Path, capsys: pytest.CaptureFixture[str], case: dict[str, Any]
) -> None:
    code, out, err = checked(folder, capsys, case["file"], "--json")
    assert (code, err) == (CODES[case["outcome"]], "")
    said = json.loads(out)
    assert said["verified"] is (code == 0)
    for name in ("lines", "keyed", "later"):
        assert said.get(name) == case.get(name)


def test_it_says_in_words_what_it_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, put_off = (VECTORS["cases"][number]["file"] for number in (0, 1))
    code, out, _ = checked(folder, capsys, whole)
    assert code == 0
    assert "Verified: 2 lines, each what the log says" in out
    assert (
        "Verified: 2 of them, and no other of the log's first 4 entries, carry one of the person's keys."
        in out
    )
    assert "Note: 1 entries that carry one were made after this file." in out
    code, out, _ = checked(folder, capsys, put_off)
    assert "Caution: no key came with it" in out
    assert "Put off: 1 lines, the last until 2031-02-01T05:00:00.000Z." in out


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{}", "null", '{"format": "openpars.accounting/1"}', '{"format": 1, "format": 2}', "{" * 5000],
)
def test_what_is_no_accounting_is_malformed(
    folder: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    code, out, err = checked(folder, capsys, content)
    assert (code, out, err.startswith("Malformed: accounting: ")) == (2, "", True)


@pytest.mark.parametrize("place", ["keys", "lines", "log", "delayed"])
@pytest.mark.parametrize("value", [None, 5, "x", [5], {"a": 1}, [None]])
def test_a_member_of_another_shape_is_malformed_never_a_crash(
    folder: Path, capsys: pytest.CaptureFixture[str], place: str, value: object
) -> None:
    code, _, _ = checked(folder, capsys, {**VECTORS["cases"][0]["file"], place: value})
    assert code == 2


@pytest.mark.parametrize(
    "odd", [[1], "x", {"subjects": 5}, {"subjects": [[]], "disclosure": 7}, {"disclosure": "-" * 36}]
)
def test_a_strange_entry_of_the_log_is_never_a_crash(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], odd: object
) -> None:
    leaves = [LEAVES[0], canonical.encode(odd), *LEAVES[2:]]
    for path, content in trees.files(leaves).items():
        (tmp_path / "log" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "log" / path).write_bytes(content)
    file = VECTORS["cases"][0]["file"]
    code, _, err = checked(tmp_path, capsys, {**file, "log": {"size": 4, "checkpoint": ""}})
    assert (code, err) == (1, "Does not verify: entry 1: is not what the accounting says of it\n")
    code, _, _ = checked(
        tmp_path, capsys, {**file, "lines": file["lines"][:1], "log": {"size": 4, "checkpoint": ""}}
    )
    assert code == 0
