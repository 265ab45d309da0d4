"""`openpars agreement ...`, as somebody types it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from openpars.agreements import actions, queries
from openpars.agreements.rules.language import agreement_hash, render
from openpars.agreements.rules.terms import Agreement
from openpars.cli import agreement_verbs
from openpars.errors import AgreementMalformed, Conflict, NotEmpowered, NotFound
from tests.factories import proceedings as life
from tests.integration.agreements.conftest import EXAMPLES, entries


def typed(*words: object) -> Result:
    return CliRunner().invoke(agreement_verbs.command, [str(word) for word in words])


@pytest.fixture
def file(tmp_path: Path, neighbor: Agreement) -> Path:
    written = tmp_path / "neighbor.toml"
    written.write_text(render(neighbor))
    return written


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.toml")))
def test_check_and_explain_the_examples(name: str) -> None:
    assert "Hash: " in typed("check", EXAMPLES / name).output
    assert "renew itself" in typed("explain", EXAMPLES / name).output
    # The agreement of 2008 said nothing of what the law clauses of today's say.
    of_law = sum(
        "no clause of law" in note
        for note in json.loads(typed("check", EXAMPLES / name, "--json").output)["notes"]
    )
    assert of_law == (4 if name.startswith("federal") else 0)
    assert json.loads(typed("explain", EXAMPLES / name, "--json").output)["sentences"]


def test_check_says_where_a_prohibition_takes_back(tmp_path: Path, neighbor: Agreement) -> None:
    first = neighbor.permits[0]
    written = tmp_path / "a.toml"
    written.write_text(
        render(
            replace(neighbor, permits=(replace(first, purposes=(*first.purposes, "CrimeProsecution")),))
        ).replace('"CrimeSurveillance"', '"CrimeProsecution"')
    )
    assert "Note: clause 4.1 takes back the purpose CrimeProsecution" in typed("check", written).output


def test_a_malformed_file_names_line_and_field(tmp_path: Path) -> None:
    written = tmp_path / "a.toml"
    text = (EXAMPLES / "charter.toml").read_text()
    line = text[: text.index('office = "court"')].count("\n") + 1
    written.write_text(text.replace('office = "court"', 'office = "curt"', 1))
    error = typed("check", written).exception
    assert isinstance(error, AgreementMalformed)
    assert any(problem.line == line and problem.where == "owners[3].office" for problem in error.problems)
    written.write_bytes(b"\xff\xfe")
    assert isinstance(typed("check", written).exception, AgreementMalformed)
    assert typed("check", tmp_path / "missing").exit_code == 2


def test_enforce_suspend_resume_terminate_list(db: None, file: Path, neighbor: Agreement) -> None:
    made = json.loads(typed("enforce", file, "--json").output)
    assert made["hash"] == agreement_hash(neighbor)
    assert isinstance(typed("enforce", file).exception, Conflict)
    for verb, state in (("suspend", "suspended"), ("resume", "in force"), ("terminate", "terminated")):
        done = typed(verb, "neighbor-police", "--grounds", "For the test.", "--json")
        assert json.loads(done.output)["state"] == state
        assert queries.version(made["number"]).state(queries.listing()[0].enforced_at) == state
    listed = json.loads(typed("list", "--json").output)["agreements"]
    assert [(one["identifier"], one["state"]) for one in listed] == [("neighbor-police", "terminated")]
    assert "neighbor-police v1" in typed("list").output
    assert isinstance(typed("suspend", "neighbor-police", "--grounds", "x").exception, NotFound)


def test_the_log_names_an_office_only_where_it_had_the_power(db: None) -> None:
    city = life.opened()
    number = actions.enforce(text=city.text(), by="test", at=city.at)
    ending = ("terminate", city.identifier, "--grounds", "For the test.")
    officer = city.offices.somebody("police", "officer").username
    assert isinstance(typed(*ending, "--by", officer).exception, NotEmpowered)
    assert isinstance(typed(*ending, "--by", "nobody").exception, NotFound)
    assert "terminated" not in {entry.get("verb") for entry in entries()}
    assert queries.version(number).state(city.at) == "in force"
    done = typed(*ending, "--by", city.people["city-solicitor"].username, "--json")
    assert json.loads(done.output)["state"] == "terminated"
    assert entries()[-1]["by"] == "city-solicitor"
