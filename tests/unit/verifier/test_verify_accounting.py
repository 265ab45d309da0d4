"""`openpars-verify accounting`: what a person runs at home to see that nobody was left out."""

import base64
import copy
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
    # As far as it is complete, and never as far as the file says.
    if "covers" in case:
        assert (said["covers"], said["size"]) == (case["covers"], len(LEAVES))


def test_it_says_in_words_what_it_found(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    whole, put_off = (VECTORS["cases"][number]["file"] for number in (0, 1))
    code, out, _ = checked(folder, capsys, whole)
    assert code == 0
    assert "Verified: 2 lines, each what the log says" in out
    assert (
        "Verified: 2 of them, and no other of the log's first 4 entries, carry one of the person's keys."
        in out
    )
    assert "Note: 1 entries that carry one come after those 4." in out
    assert "1 entries are no lines of the file, which says that 0 were to come" in out
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
    file = {**file, "log": {"size": 4, "checkpoint": trees.signed_checkpoint(leaves[:4])}}
    code, _, err = checked(tmp_path, capsys, file)
    assert (code, err) == (1, "Does not verify: entry 1: is not what the accounting says of it\n")
    code, _, _ = checked(tmp_path, capsys, {**file, "lines": file["lines"][:1]})
    assert code == 0


def test_law_what_is_read_is_what_the_entries_say(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = copy.deepcopy(VECTORS["cases"][0]["file"])
    for line in file["lines"]:
        line["words"] = "Your own lawyer looked."
    code, out, _ = checked(folder, capsys, file)
    assert (code, "lawyer" in out) == (0, False)
    told = "ZZ0020000, open, permit 3.1, purpose CrimeInvestigation"
    assert f"Entry 1: 2031-01-02T03:04:01.000Z, {told}, case N-1\n" in out
    assert f"Entry 3: 2031-01-02T03:04:03.000Z, {told}\n" in out
    # What came after is told just so, whatever the file would have liked.
    assert f"Entry 4: 2031-01-02T03:04:04.000Z, {told}\n" in out
    code, out, _ = checked(folder, capsys, file, "--json")
    assert [(one["index"], one["listed"]) for one in json.loads(out)["entries"]] == [
        (1, True),
        (3, True),
        (4, False),
    ]


def test_what_no_key_came_with_is_said_to_programs_too(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = checked(folder, capsys, VECTORS["cases"][1]["file"], "--json")
    assert (code, "no key came with it" in json.loads(out)["caution"]) == (0, True)


NASTY: dict[str, Any] = {
    "endless": '"size": 1e999',
    "infinite": '"size": Infinity',
    "huge": '"size": ' + "9" * 5000,
    "half a pair": '"checkpoint": "\\ud800", "size": 4',
}


@pytest.mark.parametrize("nasty", NASTY.values(), ids=NASTY.keys())
def test_a_number_or_text_of_no_use_is_malformed(
    folder: Path, capsys: pytest.CaptureFixture[str], nasty: str
) -> None:
    text = json.dumps(VECTORS["cases"][0]["file"]).replace('"size": 4', nasty)
    text = text.replace(', "checkpoint": "open', ', "other": "open') if "ud800" in nasty else text
    code, out, err = checked(folder, capsys, text)
    assert (code, out, err.count("\n")) == (2, "", 1)


def test_a_value_nested_without_end_is_malformed(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = copy.deepcopy(VECTORS["cases"][0]["file"])
    file["lines"][1]["opening"]["values"] = {"case": json.loads("[" * 400 + "]" * 400)}
    code, out, err = checked(folder, capsys, file)
    assert (code, out, "nested too deeply" in err) == (2, "", True)
