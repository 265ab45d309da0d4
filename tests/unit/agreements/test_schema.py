"""The JSON Schema of the format, against a public validator: it takes whatever the reader takes, and refuses what a
schema can refuse."""

import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from jsonschema import Draft202012Validator

from openpars.agreements.rules.language import render
from openpars.agreements.rules.schema import schema
from openpars.agreements.rules.terms import Agreement
from openpars.cli import agreement_verbs
from tests.strategies.agreements import agreements

ROOT = Path(__file__).parents[3]
VALIDATOR = Draft202012Validator(schema(), format_checker=Draft202012Validator.FORMAT_CHECKER)
VECTORS = {
    path.stem: json.loads(path.read_text()) for path in (ROOT / "specs/vectors").glob("agreement-*.json")
}
GOOD = {name: case["text"] for name, case in VECTORS.items() if "problems" not in case}
BAD = {name: case["text"] for name, case in VECTORS.items() if "problems" in case}
EXAMPLES = {path.stem: path.read_text() for path in (ROOT / "examples").glob("*.toml")}
READER_ALONE = {
    "agreement-arrest-days-backwards",
    "agreement-case-exists-alone",
    "agreement-charged-as-adults-twice",
    "agreement-exact-without-name",
    "agreement-hidden-key",
    "agreement-hours-none",
    "agreement-no-end",
    "agreement-own-case-no-number",
    "agreement-supervisor-approval-nobody",
    "agreement-tolerance-without-birth-date",
    "agreement-walled-by-accident",
}
"""Bad vectors whose fault lies between fields: annex A of specs/agreement-file.md."""


def as_json(text: str) -> Any:
    """A TOML text as a JSON value; a date is its text."""
    return json.loads(json.dumps(tomllib.loads(text), default=date.isoformat))


def faults(text: str) -> list[str]:
    """Where the schema finds a text wrong."""
    return [error.json_path for error in VALIDATOR.iter_errors(as_json(text))]


def test_the_published_schema_is_the_readers() -> None:
    published = ROOT / "specs" / "agreement-file.schema.json"
    said = CliRunner().invoke(agreement_verbs.command, ["schema"]).output
    assert published.read_text() == said, "write it anew: openpars agreement schema > " + published.name
    assert json.loads(said) == schema()


def test_it_is_a_schema_of_its_draft() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("text", [*GOOD.values(), *EXAMPLES.values()], ids=[*GOOD, *EXAMPLES])
def test_it_takes_every_good_text(text: str) -> None:
    assert faults(text) == []


@pytest.mark.parametrize("name", sorted(BAD))
def test_it_refuses_every_bad_text_that_a_schema_can_refuse(name: str) -> None:
    try:
        found = faults(BAD[name])
    except tomllib.TOMLDecodeError:
        return
    assert bool(found) != (name in READER_ALONE), found


@given(agreements())
def test_law_the_schema_takes_whatever_the_reader_takes(agreement: Agreement) -> None:
    assert faults(render(agreement)) == []


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("version = 1", "version = 0", "$.version"),
        ("version = 1", 'version = "1"', "$.version"),
        ("version = 1", "version = 1\nrenews = true", "$"),
        ('"openpars.agreement/1"', '"openpars.agreement/2"', "$.format"),
        ('"sid", "otn"', '"citizenship", "otn"', "$.permits[0].elements[3]"),
        ('"arrested_at:day"', '"arrested_at:year"', "$.permits[0].elements[6]"),
        ('"CrimeInvestigation", "S', '"JusticeManagement", "S', "$.permits[0].purposes[0]"),
        ('["sid"]]', '["race"]]', "$.permits[0].ask_by[2][0]"),
        ("juveniles = false\n", "", "$.permits[0].rows"),
        ("juveniles = false", 'juveniles = "no"', "$.permits[0].rows.juveniles"),
        ("results_per_request = 5", "results_per_request = 501", "$.permits[0].results_per_request"),
        ("first_day = 2026-07-01", 'first_day = "July 1"', "$.term.first_day"),
        ("ZZ0020000", "zz2", "$.receiver.ori"),
        ('clause = "3.1"', 'clause = "3.01"', "$.permits[0].clause"),
        ('clause = "3.1"', 'clause = "3.1"\noffice = "police"', "$.permits[0].office"),
        ("[votes]", "[consultation]\ndays = 30\n\n[votes]", "$.consultation"),
        ('kind = "outside"', 'kind = "charter"', "$.receiver"),
        ("most = 40", "most = 0", "$.people.most"),
    ],
)  # fmt: skip
def test_a_fault_is_found_where_it_is(old: str, new: str, where: str) -> None:
    text = EXAMPLES["neighbor-police"]
    assert old in text
    changed = as_json(text.replace(old, new, 1))
    leaves = list(VALIDATOR.iter_errors(changed))
    while any(error.context for error in leaves):
        leaves = [leaf for error in leaves for leaf in error.context or [error]]
    assert where in [error.json_path for error in leaves]
