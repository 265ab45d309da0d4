"""Clauses 5.9-5.14 and 16 of specs/agreement-file.md: requirements, limits, hours, and what the receiver promises."""

from dataclasses import fields
from datetime import date, time
from pathlib import Path

import pytest

from openpars.agreements.rules.compile import statements
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.safeguards import SECTIONS, SILENT, Safeguards
from openpars.agreements.rules.terms import Hours
from openpars.errors import AgreementMalformed

HERE = Path(__file__).resolve().parents[3]
SAID = (HERE / "specs" / "agreement-file.md").read_text()
EXAMPLE = SAID.split("```toml\n")[1].split("```")[0]


def with_section(text: str) -> str:
    return EXAMPLE + "\n" + text + "\n"


def problems(text: str) -> list[str]:
    with pytest.raises(AgreementMalformed) as caught:
        parse(text)
    return [str(problem) for problem in caught.value.problems]


def test_silence_promises_the_defaults_and_the_canonical_text_says_them() -> None:
    made = parse(EXAMPLE)
    assert made.safeguards == SILENT == Safeguards()
    text = render(made)
    assert all(f"\n[{name}]\n" in text for name in SECTIONS)
    assert "notify_within_hours = 24\n" in text
    assert 'rule = "none"\nto = []\n' in text
    assert parse(text) == made


def test_every_section_has_its_sentences_under_its_name() -> None:
    said = [sentence.clause for sentence in plain(parse(EXAMPLE))]
    assert set(SECTIONS) <= set(said)


def test_the_specification_names_every_field() -> None:
    table = SAID[SAID.index("## 16. Safeguards") :]
    for name, section in SECTIONS.items():
        assert f"`[{name}]`" in table
        for field in fields(section):
            assert f"`{field.name}`" in table, (name, field.name)


FAULTS = [
    ("[breach]\nnotify_within_hours = 0", "breach.notify_within_hours: must be a whole number from 1 to 720"),
    ("[breach]\nnotify_within_days = 1", "breach.notify_within_days: is not a field here"),
    (
        '[use]\npermitted = ["facial-search"]',
        "use.permitted: `facial-search` is not a use that can be permitted",
    ),
    ('[use]\npermitted = ["train-ai"]', "use.permitted: `train-ai` is not a use that can be permitted"),
    ('[use]\npermitted = ["match"]\nprohibited = ["match"]', "use.prohibited: `match` is permitted too"),
    (
        '[redisclosure]\nrule = "sometimes"',
        "redisclosure.rule: `sometimes` is not one of: none, named, with-consent",
    ),
    ('[redisclosure]\nrule = "named"', "redisclosure.to: must name to whom it may be passed on"),
    ('[redisclosure]\nto = ["Somebody"]', 'redisclosure.to: has no meaning unless rule = "named"'),
    ("[people]\nmost = 0", "people.most: must be a whole number from 1"),
    ('[people]\nsecond_factor = "sms"', "people.second_factor: `sms` is not one of"),
    ('[suspension]\nby = ["mayor"]', "suspension.by: `mayor` is not an office of the owners"),
    ('[security]\nencryption = "none"', "security.encryption: `none` is not one of"),
    ('[individuals]\ncomplaints_to = ""', "individuals.complaints_to: must not be empty"),
    ("[audits]\nsample = 1", "audits: is not a field here; did you mean `audit`?"),
    (
        '[[duties]]\nclause = "5.1"\nkind = "notify-breach"\ntext = "Tell."\nwithin_hours = 48',
        "duties[1].within_hours: is not the 24 hours that [breach] says",
    ),
]


@pytest.mark.parametrize(("section", "said"), FAULTS)
def test_a_fault_of_a_section_is_named_with_its_field_and_line(section: str, said: str) -> None:
    found = problems(with_section(section))
    assert any(said in problem and problem.startswith("line ") for problem in found), found


PERMIT_FAULTS = [
    ('requires = ["case_number"]', 'requires = ["case_exists"]', "`case_exists` needs `case_number` beside it"),
    (
        'requires = ["case_number"]',
        'requires = ["case_number", "supervisor_approval"]',
        "permits[1].requires: for `supervisor_approval`, [people] must name the roles of supervisors",
    ),
    ("juveniles = false", "juveniles = false\nown_case = 1", "rows.own_case: must be true or false"),
    ("results_per_request = 5", 'results_per_request = 5\nhours = "7-19"', "hours: must be hours of the day"),
    ("results_per_request = 5", 'results_per_request = 5\nhours = "07:00-24:00"', "permits[1].hours: must be hours"),
    ("results_per_request = 5", 'results_per_request = 5\nhours = "07:00-07:00"', "hours: must not begin and end"),
    ("results_per_request = 5", "results_per_request = 5\nrequests_per_day = 0", "requests_per_day: must be"),
    (
        "juveniles = false",
        "juveniles = false\narrested_from = 2026-05-02\narrested_to = 2026-05-01",
        "permits[1].rows.arrested_to: is before arrested_from",
    ),
    ('charge_status = "approved"', 'charge_status = "not declined"', "`not declined` is not one of: any, not-declined"),
    ('ask_by = [["name", "birth_date"]]', "exact = true", "permits[1].exact: has no meaning"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "said"), PERMIT_FAULTS)
def test_a_fault_of_a_permit_is_named_with_its_field(old: str, new: str, said: str) -> None:
    assert old in EXAMPLE
    found = problems(EXAMPLE.replace(old, new, 1))
    assert any(said in problem for problem in found), found


def test_own_case_needs_a_case_number() -> None:
    text = EXAMPLE.replace('requires = ["case_number"]\n', "").replace(
        "juveniles = false", "juveniles = false\nown_case = true"
    )
    assert any("must hold `case_number` where rows.own_case = true" in problem for problem in problems(text))


def test_a_charter_has_no_safeguards_to_say() -> None:
    charter = (HERE / "examples" / "charter.toml").read_text()
    assert any("breach: is for outside agencies" in each for each in problems(charter + "\n[breach]\n"))
    assert "[breach]" not in render(parse(charter))


def test_hours_and_days_are_read_as_they_are_meant() -> None:
    text = EXAMPLE.replace("results_per_request = 5", 'hours = "22:00-06:30"\nresults_per_request = 5')
    text = text.replace(
        "juveniles = false", "juveniles = false\narrested_from = 2026-03-08\narrested_to = 2026-03-08"
    )
    made = parse(text)
    (permit,) = made.permits
    assert permit.hours == Hours(time(22), time(6, 30))
    assert (permit.rows.arrested_from, permit.rows.arrested_to) == (date(2026, 3, 8), date(2026, 3, 8))
    said = " ".join(sentence.text for sentence in plain(made))
    assert "only between 22:00 and 06:30" in said
    # The day on which clocks skip an hour has 23: from midnight to midnight, as instants.
    (view,) = [
        each
        for each in statements(made, number=1, database="d")
        if each.startswith('CREATE VIEW "agreement_1_1"."arrest"')
    ]
    assert "to_timestamp(1772946000)" in view
    assert f"to_timestamp({1772946000 + 23 * 3600})" in view
