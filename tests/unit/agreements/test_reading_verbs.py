"""`openpars agreement explain` and `diff`, as somebody types them: no database."""

import json
import re
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings

from openpars.agreements.rules import printing
from openpars.agreements.rules.language import agreement_hash, parse, render
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.signing import in_plain, plain_digest
from openpars.agreements.rules.terms import Agreement
from openpars.cli import agreement_verbs
from openpars.errors import AgreementMalformed
from tests.strategies.agreements import agreements
from tests.unit.paper.reading import body, is_tagged, squashed, structure

EXAMPLES = Path(__file__).parents[3] / "examples"


def typed(*words: object) -> Result:
    return CliRunner().invoke(agreement_verbs.command, [str(word) for word in words])


@pytest.fixture
def pair(tmp_path: Path) -> tuple[Path, Path]:
    old = parse((EXAMPLES / "neighbor-police.toml").read_text())
    rows = replace(old.permits[0].rows, charge_status="any")
    new = replace(old, version=2, permits=(replace(old.permits[0], rows=rows),), duties=old.duties[:-1])
    files = tmp_path / "old.toml", tmp_path / "new.toml"
    for file, agreement in zip(files, (old, new), strict=True):
        file.write_text(render(agreement))
    return files


def test_diff_says_what_widens_and_shows_an_example(pair: tuple[Path, Path]) -> None:
    said = typed("diff", *pair).output
    assert "widens          3.1  Shown are arrests whatever was decided on the charges" in said
    assert (
        "For example: the name of a person arrested with pending charges only: not shown before, shown now."
        in said
    )
    assert said.endswith("As a whole this widens.\n")
    back = json.loads(typed("diff", *reversed(pair), "--json").output)
    assert back["effect"] == "narrows"
    assert {change["effect"] for change in back["changes"]} == {"narrows"}
    assert typed("diff", pair[0], pair[0]).output == "Nothing changes.\n"


def test_diff_says_what_the_amendment_of_2010_took_away() -> None:
    files = EXAMPLES / "federal-immigration-2008.toml", EXAMPLES / "federal-immigration-2010.toml"
    gone, example, whole = typed("diff", *files).output.splitlines()
    assert gone.startswith("narrows         3.2  This clause is gone: ")
    for element in ("victim's name", "how to reach the victim", "witness's name", "what the witness said"):
        assert element in gone
    assert "the victim's name of a person arrested: shown before, not shown now." in example
    assert whole == "As a whole this narrows."


def test_diff_refuses_what_is_no_agreement(pair: tuple[Path, Path], tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("kind = 1")
    assert isinstance(typed("diff", pair[0], other).exception, AgreementMalformed)
    assert typed("diff", pair[0], tmp_path / "none").exit_code == 2


@pytest.mark.parametrize("name", ["neighbor-police.toml", "charter.toml"])
def test_explain_prints_a_paper_that_says_every_sentence_and_both_hashes(name: str, tmp_path: Path) -> None:
    agreement = parse((EXAMPLES / name).read_text())
    said = typed("explain", EXAMPLES / name, "--pdf", tmp_path / "a.pdf").output
    pdf = (tmp_path / "a.pdf").read_bytes()
    # A reader takes a hyphen at the end of a line for one that the line put there.
    printed = re.sub("[-\x02]", "", squashed(body(pdf)))
    assert is_tagged(pdf)
    assert {"H1", "Table", "TH"} <= set(structure(pdf))
    for sentence in plain(agreement):
        assert squashed(sentence.text).replace("-", "") in printed
    for digest in (agreement_hash(agreement), plain_digest(agreement)):
        assert digest in printed
        assert digest in said


@settings(max_examples=30)
@given(agreements())
def test_every_sentence_stands_under_one_heading(agreement: Agreement) -> None:
    under = [
        sentence
        for _, sentences in printing.sections(agreement, in_plain(agreement))
        for sentence in sentences
    ]
    assert sorted(under, key=repr) == sorted(plain(agreement), key=repr)
    assert in_plain(agreement).sentences == plain(agreement)
