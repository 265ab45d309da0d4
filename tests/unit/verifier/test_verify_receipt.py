"""`openpars-verify receipt`: what a journalist runs, with no database, no Django and no network."""

import json
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from openpars.translog.rules import canonical, commitment
from openpars.verifier import main
from tests.unit.translog import trees

SALT = bytes(range(32))
ANSWER = {"results": [{"arrest": "a-1", "grade": "M1"}], "notice": "é"}
LEAVES = [
    *trees.entries(3),
    canonical.encode({"answer": commitment.commit("answer", ANSWER, SALT), "kind": "disclosure"}),
]


@pytest.fixture
def receipt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("OPENPARS_LOG_VKEY", raising=False)
    path = tmp_path / "one.tlog-proof"
    path.write_text(trees.receipt(LEAVES, 3))
    return path


def run(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    with pytest.raises(SystemExit) as ended:
        main([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), out, err


def test_a_receipt_verifies_and_says_what_it_proves(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = run(capsys, "receipt", receipt, "--key", trees.KEY)
    assert (code, err) == (0, "")
    assert out.startswith("Verified: entry 3 of openpars.example/log, in the signed tree of 4 entries.\n")
    assert "(from --key)" in out
    assert '"kind": "disclosure"' in out


def test_json_says_the_same(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "receipt", receipt, "--key", trees.KEY, "--json")
    answer = json.loads(out)
    assert code == 0
    assert (answer["verified"], answer["index"], answer["size"], answer["key_from"]) == (True, 3, 4, "--key")


def test_the_key_is_looked_for_in_order_and_its_origin_is_said(
    receipt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, _, err = run(capsys, "receipt", receipt)
    assert (code, "verifier key: is not given" in err) == (2, True)
    (receipt.parent / "log.vkey").write_text(f"{trees.KEY}\n")
    code, out, _ = run(capsys, "receipt", receipt)
    assert (code, "log.vkey)" in out, "Caution: the key came with what it verifies" in out) == (0, True, True)
    monkeypatch.setenv("OPENPARS_LOG_VKEY", str(trees.KEY))
    code, out, _ = run(capsys, "receipt", receipt)
    assert (code, "(from OPENPARS_LOG_VKEY)" in out, "Caution" in out) == (0, True, False)
    other = receipt.parent / "other.vkey"
    other.write_text("example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k\n")
    code, _, err = run(capsys, "receipt", receipt, "--key-file", other)
    assert (code, err) == (1, "Does not verify: line 1, checkpoint's origin: is not example.com/foo\n")
    code, _, _ = run(capsys, "receipt", receipt, "--key-file", other, "--key", trees.KEY)
    assert code == 0


def test_any_one_byte_changed_is_rejected(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = receipt.read_bytes()
    for at, byte in enumerate(data):
        receipt.write_bytes(data[:at] + bytes([byte ^ 1]) + data[at + 1 :])
        code, out, err = run(capsys, "receipt", receipt, "--key", trees.KEY)
        assert (code in (1, 2), out, err.count("\n")) == (True, "", 1), at


def test_the_answer_is_held_against_the_entry(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = receipt.parent / "answer.json"
    key = ("--key", trees.KEY, "--answer", kept)
    kept.write_text(json.dumps({"answer": ANSWER, "opening": {"salt": SALT.hex()}, "more": 1}))
    code, out, _ = run(capsys, "receipt", receipt, *key)
    assert (code, "Verified: the answer is the one" in out) == (0, True)
    kept.write_text(json.dumps({"answer": {**ANSWER, "notice": "e"}, "opening": {"salt": SALT.hex()}}))
    code, _, err = run(capsys, "receipt", receipt, *key)
    assert (code, err) == (1, "Does not verify: answer: is not the one that the entry commits to\n")
    receipt.write_text(trees.receipt(LEAVES, 0))
    code, _, err = run(capsys, "receipt", receipt, *key)
    assert (code, err) == (1, "Does not verify: entry: commits to no answer\n")


def test_each_value_of_a_disclosure_is_held_against_the_entry(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {
        "answer": ANSWER,
        "case": "CP-51-CR-0000000-2026",
        "criteria": {"name": "Invented"},
        "reason": None,
    }
    entry = {name: commitment.commit(name, value, SALT) for name, value in values.items()}
    receipt.write_text(trees.receipt([*LEAVES[:3], canonical.encode({**entry, "kind": "search"})], 3))
    kept = receipt.parent / "answer.json"

    def check(**given: object) -> tuple[int, str, str]:
        kept.write_text(json.dumps(given))
        return run(capsys, "receipt", receipt, "--key", trees.KEY, "--answer", kept)

    some = {name: values[name] for name in ("case", "criteria", "reason")}
    code, out, _ = check(answer=ANSWER, opening={"salt": SALT.hex(), "values": some})
    assert code == 0
    for name in values:
        assert f"Verified: the {name} is the one that the entry commits to.\n" in out
    code, out, _ = check(opening={"salt": SALT.hex(), "values": {"case": values["case"]}})
    assert (code, out.count("commits to")) == (0, 1)
    code, _, err = check(opening={"salt": SALT.hex(), "values": {"case": "another"}})
    assert (code, err) == (1, "Does not verify: case: is not the one that the entry commits to\n")
    # A value committed to under one name does not open another.
    code, _, err = check(opening={"salt": SALT.hex(), "values": {"criteria": values["case"]}})
    assert (code, err) == (1, "Does not verify: criteria: is not the one that the entry commits to\n")
    code, _, err = check(opening={"salt": SALT.hex(), "values": {"nothing": 1}})
    assert (code, err) == (1, "Does not verify: entry: commits to no nothing\n")
    for values_given in ([], {}, 5):
        code, _, err = check(opening={"salt": SALT.hex(), "values": values_given})
        assert (code, err.startswith("Malformed: answer: ")) == (2, True)


@pytest.mark.parametrize(
    "content",
    [
        "",
        "[]",
        '{"answer": {}}',
        '{"answer": {}, "opening": {"salt": "zz"}}',
        '{"answer": {}, "opening": {"salt": 5}}',
        '{"answer": {}, "opening": {"salt": "00"}}',
        '{"answer": {}, "answer": {}, "opening": {"salt": "' + SALT.hex() + '"}}',
        '{"answer": 1.5, "opening": {"salt": "' + SALT.hex() + '"}}',
        '{"answer": 1e999, "opening": {"salt": "' + SALT.hex() + '"}}',
        '{"answer": NaN, "opening": {"salt": "' + SALT.hex() + '"}}',
    ],
)
def test_a_malformed_answer_is_said_to_be(
    receipt: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    kept = receipt.parent / "answer.json"
    kept.write_text(content)
    code, out, err = run(capsys, "receipt", receipt, "--key", trees.KEY, "--answer", kept)
    assert (code, out) == (2, "")
    assert err.startswith("Malformed: answer: ")


def test_an_answer_nested_without_end_is_malformed(receipt: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = receipt.parent / "answer.json"
    for deep in (400, 100_000):
        kept.write_text(f'{{"answer": {"[" * deep}{"]" * deep}, "opening": {{"salt": "{SALT.hex()}"}}}}')
        code, out, err = run(capsys, "receipt", receipt, "--key", trees.KEY, "--answer", kept)
        assert (code, out, err.startswith("Malformed: answer: ")) == (2, "", True)


def test_what_cannot_be_read_is_said_with_its_own_code(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = run(capsys, "receipt", receipt.parent / "absent", "--key", trees.KEY)
    assert (code, err.startswith("Cannot be read: ")) == (3, True)
    code, _, err = run(capsys, "receipt", "one\0two", "--key", trees.KEY)
    assert (code, err.startswith("Cannot be read: one\\x00two: ")) == (3, True)
    receipt.unlink()
    code, out, _ = run(capsys, "receipt", receipt.parent, "--key", trees.KEY, "--json")
    assert (code, json.loads(out)["verified"]) == (3, False)


def test_a_folder_of_receipts_is_verified_with_what_opens_each(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ("--key", trees.KEY)
    (receipt.parent / "two.tlog-proof").write_text(trees.receipt(LEAVES, 1))
    kept = receipt.with_suffix(".json")
    kept.write_text(json.dumps({"answer": ANSWER, "opening": {"salt": SALT.hex()}}))
    code, out, err = run(capsys, "receipt", receipt.parent, *key)
    assert (code, err) == (0, "")
    assert out.startswith("Verified: 2 receipts, and 1 values that their entries commit to.\n")
    kept.write_text(json.dumps({"answer": {}, "opening": {"salt": SALT.hex()}}))
    code, _, err = run(capsys, "receipt", receipt.parent, *key)
    assert (code, "one.tlog-proof, answer: is not the one" in err) == (1, True)


def test_a_fault_of_the_checkers_own_accuses_nobody(
    receipt: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(canonical, "decode", lambda data: 1 / 0)
    code, out, err = run(capsys, "receipt", receipt, "--key", trees.KEY)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert err.startswith("Cannot be read: a fault of this checker, please report it: ZeroDivisionError")


@pytest.fixture
def taken(receipt: Path) -> Path:
    """What an auditor took out: two rows, and the search that found them."""
    answer = ["d-0", "d-1"]
    leaves = [canonical.encode({"disclosure": which, "kind": "open"}) for which in answer]
    search = {
        "disclosure": "s",
        "type": "openpars.audit/1",
        "answer": commitment.commit("answer", answer, SALT),
    }
    leaves.append(canonical.encode(search))
    folder = receipt.parent / "taken"
    for name in ("receipts", "search"):
        (folder / name).mkdir(parents=True)
    for index, which in enumerate(answer):
        (folder / "receipts" / f"{which}.tlog-proof").write_text(trees.receipt(leaves, index))
    (folder / "search" / "s.tlog-proof").write_text(trees.receipt(leaves, 2))
    (folder / "search" / "s.json").write_text(json.dumps({"answer": answer, "opening": {"salt": SALT.hex()}}))
    (folder / "looks.csv").write_text("kind,receipt\nopen,d-0\nopen,d-1\n")
    return folder


def test_what_was_taken_out_is_all_that_the_search_found(
    taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = ("--key", trees.KEY)
    code, out, err = run(capsys, "receipt", taken, *key)
    assert (code, err) == (0, "")
    assert "They are of openpars.example/log, in signed trees of up to 3 entries.\n" in out
    assert "Verified: these are all that the search found, by its own entry.\n" in out
    assert f"Key: {trees.KEY} (from --key)\n" in out
    assert "Caution" not in out
    (taken / "receipts" / "d-1.tlog-proof").unlink()
    (taken / "looks.csv").write_text("kind,receipt\nopen,d-0\n")
    code, out, err = run(capsys, "receipt", taken, *key)
    assert (code, out, err) == (1, "", "Does not verify: search: found d-1, which is not here (1 in all)\n")
    # Without the search's own receipt nobody knows, and that is said, to programs too.
    (taken / "search" / "s.tlog-proof").unlink()
    code, out, _ = run(capsys, "receipt", taken, *key)
    assert (code, "Caution: nothing shows that the search's list is whole" in out) == (0, True)
    told = json.loads(run(capsys, "receipt", taken, *key, "--json")[1])
    assert (told["searched"], told["size"], "the search's list" in told["caution"]) == (False, 3, True)


def test_what_the_search_did_not_find_is_not_taken_for_found(
    taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    leaf = canonical.encode({"disclosure": "d-2", "kind": "open"})
    (taken / "receipts" / "d-2.tlog-proof").write_text(trees.receipt([*LEAVES[:3], leaf], 3))
    (taken / "looks.csv").write_text("kind,receipt\nopen,d-0\nopen,d-1\nopen,d-2\n")
    code, _, err = run(capsys, "receipt", taken, "--key", trees.KEY)
    assert (code, "search: did not find d-2" in err) == (1, True)


def test_receipts_of_one_name_do_not_stand_for_each_other(
    taken: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    shutil.copytree(taken / "receipts", taken / "z" / "receipts")
    (taken / "receipts" / "d-1.tlog-proof").unlink()
    code, _, err = run(capsys, "receipt", taken, "--key", trees.KEY)
    assert (code, "one row for each receipt" in err) == (1, True)


@pytest.mark.parametrize("column", ["name\x1b[1A\x1b[2K", '"n\nVerified: it all"', "right\u202eleft"])
def test_no_words_of_others_reach_a_terminal_as_they_are(
    taken: Path, capsys: pytest.CaptureFixture[str], column: str
) -> None:
    (taken / "looks.csv").write_text(f"kind,receipt,{column}\nopen,d-0,x\nopen,d-1,x\n")
    code, out, _ = run(capsys, "receipt", taken, "--key", trees.KEY)
    assert (code, "\nVerified: it all" in out) == (0, False)
    assert all(letter.isprintable() or letter == "\n" for letter in out)


def test_a_receipt_without_the_entry_proves_nothing_readable(
    receipt: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = receipt.read_text().split("\n")
    receipt.write_text("\n".join(line for line in lines if not line.startswith("extra ")))
    code, _, err = run(capsys, "receipt", receipt, "--key", trees.KEY)
    assert (code, "has no extra line" in err) == (2, True)


BLOCKED = """
import sys
class Block:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"django", "psycopg", "click", "rich", "ninja", "requests", "httpx"}:
            raise ImportError(f"{name} is blocked")
        if name.startswith("openpars.") and not name.startswith(("openpars.verifier", "openpars.errors")):
            if name != "openpars.translog" and not name.startswith("openpars.translog.rules"):
                raise ImportError(f"{name} is blocked")
sys.meta_path.insert(0, Block())
import socket
def refuse(*a, **k): raise OSError("no network here")
socket.socket.connect = refuse
from openpars.verifier import main
main()
"""


def test_the_verifier_stands_alone(receipt: Path) -> None:
    command = [sys.executable, "-c", BLOCKED, "receipt", str(receipt), "--key", str(trees.KEY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Verified: entry 3")


def test_a_hundred_megabytes_are_refused_in_bounded_memory(receipt: Path) -> None:
    with receipt.open("wb") as file:
        file.write(b"c2sp.org/tlog-proof@v1\n")
        file.truncate(100_000_000)

    def bound() -> None:
        resource.setrlimit(resource.RLIMIT_DATA, (80_000_000, 80_000_000))

    command = [sys.executable, "-m", "openpars.verifier", "receipt", str(receipt), "--key", str(trees.KEY)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, preexec_fn=bound)
    assert done.returncode == 2
    assert done.stderr == "Malformed: one.tlog-proof: is longer than 3,145,728 bytes\n"


def test_help_names_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run(capsys, "--help")
    assert (code, "0 it verifies; 1 it does not" in out) == (0, True)
    assert run(capsys, "receipt")[0] == 2
