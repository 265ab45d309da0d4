"""What is wrong with a text of an agreement: each fault named with field and line, all at once, never a traceback."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.lines import Lines
from openpars.errors import AgreementMalformed

HERE = Path(__file__).resolve().parents[3]
STARTER = (HERE / "examples" / "neighbor-police.toml").read_text()
CHARTER = (HERE / "examples" / "charter.toml").read_text()


def changed(old: str, new: str, text: str = STARTER) -> list[str]:
    """The problems of an example in which `old` reads `new`."""
    assert old in text
    with pytest.raises(AgreementMalformed) as caught:
        parse(text.replace(old, new, 1))
    return [str(problem) for problem in caught.value.problems]


def line_of(words: str, text: str = STARTER) -> int:
    return text[: text.index(words)].count("\n") + 1


FAULTS = [
    (
        'format = "openpars.agreement/1"',
        'format = "openpars.agreement/2"',
        "format: `openpars.agreement/2` is not known here",
    ),
    ('identifier = "neighbor-police"', 'identifier = "Neighbor"', "identifier: must be small letters"),
    ("version = 1", "version = 0", "version: must be a whole number from 1"),
    ("version = 1", "version = true", "version: must be a whole number from 1"),
    ('kind = "outside"', 'kind = "inside"', "kind: `inside` is not one of: outside, charter"),
    (
        'title = "Arrest',
        'title = "' + "x" * 200 + "Arrest",
        "title: must have at most 200 characters, and has",
    ),
    (
        'title = "Arrest',
        'title = "\\u202EArrest',
        "title: must not hold control characters or invisible marks",
    ),
    (
        "first_day = 2026-07-01",
        'first_day = "2026-07-01"',
        "term.first_day: must be a date such as 2026-07-01",
    ),
    ("last_day = 2027-06-30", "last_day = 2027-07-01", "term.last_day: the term is longer than 1 year"),
    ("last_day = 2027-06-30", "last_day = 2026-06-30", "term.last_day: is before the first day"),
    ("review_by = 2027-04-01", "review_by = 2028-04-01", "term.review_by: is not a day of the term"),
    (
        '"America/New_York"',
        '"America/Philadelphia"',
        "term.time_zone: `America/Philadelphia` is not a time zone",
    ),
    ("review_by = 2027-04-01", "renewal = true", "term.renewal: is not a field here"),
    ('ori = "ZZ0020000"', 'ori = "zz2"', "receiver.ori: must be an ORI"),
    ('ori = "ZZ0020000"', 'ori = "ZZ0010000"', "receiver.ori: is an owner's"),
    ('ori = "ZZ001013A"', 'ori = "ZZ0010000"', "owners[2].ori: is the ORI of an owner above"),
    ('kind = "police"', 'kind = "militia"', "receiver.kind: `militia` is not one of"),
    (
        "criminal_justice = true",
        'criminal_justice = "yes"',
        "receiver.criminal_justice: must be true or false",
    ),
    ('signatory = "Chief of Police"\n', "", "receiver.signatory: is missing"),
    ("needed = 2", "needed = 4", "votes.needed: 4 votes are needed, and 3 owners vote"),
    ('give = ["18 Pa.C.S. 9121(a)"]', "give = []", "authority.give: must not be empty"),
    ('clause = "3.1"', 'clause = "three"', "permits[1].clause: must be a clause number"),
    ('clause = "4.2"', 'clause = "4.1"', "clause: `4.1` is the number of another clause too"),
    ('"sex",', '"hat_size",', "permits[1].elements: `hat_size` is not a data element"),
    ('"sex",', '"citizenship",', "permits[1].elements: `citizenship` is not a data element"),
    (
        '"sex",',
        '"sex:hue",',
        "permits[1].elements: `sex:hue`: `sex` has no such coarser form (there is: none)",
    ),
    ('"arrested_at:day"', '"arrested_at:hour"', "has no such coarser form (there is: day)"),
    ('"sex",', '"name",', "permits[1].elements: `name` is there twice"),
    ('"sex",', '"otn", "birth_date:year",', "permits[1].elements: `birth_date` is there twice"),
    ('"sex",', '"victim_name",', "`victim_name` needs victims_and_witnesses = true"),
    (
        '"sid", "otn"',
        '"sid"',
        "permits[1].ask_by: to ask by `otn`, the element `otn` must be permitted, and whole",
    ),
    (
        '"birth_date", "sex"',
        '"birth_date:year", "sex"',
        "to ask by `birth_date`, the element `birth_date` must be",
    ),
    ('["sid"]]', '["hat"]]', "permits[1].ask_by: `hat` is not a key that one can ask by"),
    ('["sid"]]', '["otn"]]', "permits[1].ask_by: holds the same key, or the same keys together, twice"),
    (
        'ask_by = [["name", "birth_date"], ["otn"], ["sid"]]',
        'ask_by = ["name"]',
        "permits[1].ask_by: must be a list of lists",
    ),
    (
        '[["name", "birth_date"], ["otn"], ["sid"]]',
        '[["name"], ["otn"], ["sid"]]',
        "tolerance_years: has no meaning",
    ),
    ("tolerance_years = 1", "tolerance_years = 11", "tolerance_years: must be a whole number from 0 to 10"),
    ("lists = false", "lists = true", "permits[1].lists: to list who is held, permit whole: arrested_at"),
    (
        'requires = ["case_number", "case_exists"]',
        'requires = ["a_reason"]',
        "permits[1].requires: `a_reason` is not a requirement",
    ),
    (
        "results_per_request = 5",
        "results_per_request = 501",
        "results_per_request: must be a whole number from 1 to 500",
    ),
    ('"CrimeArrestDetention"]', '"LawEnforcement"]', "permits[1].purposes: `LawEnforcement` is a parent"),
    ('"CrimeArrestDetention"]', '"CrimeArest"]', "permits[1].purposes: `CrimeArest` is not an exact purpose"),
    (
        '"CrimeArrestDetention"]',
        '"ImmigrationManagement"]',
        "`ImmigrationManagement` is not an exact purpose that can be",
    ),
    (
        '"CrimeArrestDetention"]',
        '"CrimeInvestigation"]',
        "permits[1].purposes: `CrimeInvestigation` is there twice",
    ),
    (
        'charge_status = "approved"',
        'charge_status = "maybe"',
        "permits[1].rows.charge_status: `maybe` is not one of",
    ),
    ("juveniles = false\n", "", "permits[1].rows.juveniles: is missing"),
    (
        "limited_access = false",
        'limited_access = false\ndistricts = ["24; DROP"]',
        "`24; DROP` must be one to four letters",
    ),
    ("limited_access = false", "limited_access = false\ndistricts = []", "rows.districts: must not be empty"),
    ("victims_and_witnesses = false", "victims_and_witnesses = true", "is for opening records only"),
    ('clause = "3.1"', 'clause = "3.1"\noffice = "police"', "permits[1].office: is for charters"),
    ('clause = "3.1"', 'clause = "3.1"\nroles = ["officer"]', "permits[1].roles: is for charters"),
    (
        "[[law]]",
        '[[powers]]\nclause = "12.1"\noffice = "police"\nroles = ["officer"]\nverbs = ["expunge"]\n\n[[law]]',
        "powers: is for charters",
    ),
    ('shapes = ["list"]', 'shapes = ["browse"]', "prohibitions[4].shapes: `browse` is not a way of asking"),
    ('shapes = ["list"]\n', "", "prohibitions[4]: prohibits nothing"),
    ('kind = "recall"', 'kind = "forget"', "duties[3].kind: `forget` is not one of"),
    ("within_hours = 72", "within_hours = 0", "duties[3].within_hours: must be a whole number from 1"),
    ('measure = "requests-per-day"', 'measure = "mood"', "thresholds[1].measure: `mood` is not one of"),
    ('then = "review"', 'then = "shrug"', "thresholds[1].then: `shrug` is not one of"),
    ("cents_a_year = 0", "cents_a_year = 0.5", "fee.cents_a_year: must be a whole number"),
    ("[fee]", "[fees]", "fees: is not a field here; did you mean `fee`?"),
    ("[votes]\nneeded = 2\n", "", "votes: is missing"),
    ("[[law]]", "[[laws]]", "laws: is not a field here"),
    (
        "tolerance_years = 1",
        "tolerance_year = 1",
        "permits[1].tolerance_year: is not a field here; did you mean",
    ),
]


@pytest.mark.parametrize(("old", "new", "said"), FAULTS)
def test_a_fault_is_named_with_its_field_and_line(old: str, new: str, said: str) -> None:
    problems = changed(old, new)
    assert any(said in problem for problem in problems), problems
    assert all(re.match(r"line \d+, ", problem) or "is missing" in problem for problem in problems), problems


def test_a_word_in_a_long_list_is_named_with_its_own_line() -> None:
    (problem,) = changed('"bail_status", "next_date"', '"bail_status", "next_dat"')
    assert problem.startswith(f"line {line_of(chr(34) + 'bail_status')}, permits[1].elements: `next_dat`")
    assert problem.endswith("did you mean `next_date`?")


CHARTER_FAULTS = [
    (
        'office = "police"\nroles = ["officer", "booking supervisor"]\nelements',
        "elements",
        "permits[1].office: is missing",
    ),
    (
        'office = "defender"\nvotes',
        'office = "court"\nvotes',
        "].office: `defender` is not the office of an owner",
    ),
    ("[votes]", '[receiver]\nname = "x"\n\n[votes]', "receiver: has no place in a charter"),
    (
        'roles = ["pretrial"]',
        'roles = ["magistrat"]',
        "powers[5].roles: `magistrat` is not a role of `court`; did",
    ),
    ('roles = ["pretrial"]', 'roles = ["officer"]', "powers[5].roles: `officer` is not a role of `court`"),
    ('roles = ["pretrial"]', "roles = []", "powers[5].roles: must not be empty"),
    ('roles = ["pretrial"]\n', "", "powers[5].roles: is missing"),
    (
        'verbs = ["hold_interview", ',
        'verbs = ["hold_interviews", ',
        "powers[5].verbs: `hold_interviews` is not some",
    ),
    ('verbs = ["hold_interview", "keep_draft", "drop_draft"]\n', "", "powers[5].verbs: is missing"),
    ('clause = "12.2"', 'clause = "12.1"', "clause: `12.1` is the number of another clause too"),
    (
        'roles = ["officer", "booking supervisor"]',
        'roles = ["officer", "clerk"]',
        "permits[1].roles: `clerk` is not a role of `police`",
    ),
    ('roles = ["officer", "booking supervisor"]', "roles = []", "permits[1].roles: must not be empty"),
    ("last_day = 2027-06-30", "last_day = 2031-07-01", "term.last_day: the term is longer than 5 years"),
]


@pytest.mark.parametrize(("old", "new", "said"), CHARTER_FAULTS)
def test_a_fault_of_a_charter(old: str, new: str, said: str) -> None:
    assert any(said in problem for problem in changed(old, new, CHARTER))


def test_all_faults_are_told_at_once() -> None:
    text = (
        STARTER.replace("version = 1", "version = 0")
        .replace('"sex",', '"hat",')
        .replace("needed = 2", "needed = 9")
    )
    with pytest.raises(AgreementMalformed) as caught:
        parse(text)
    assert [problem.where for problem in caught.value.problems] == [
        "version",
        "votes.needed",
        "permits[1].elements",
    ]
    assert [problem.line for problem in caught.value.problems] == sorted(
        problem.line or 0 for problem in caught.value.problems
    )


NOT_TOML = [
    ("", 0),
    ("format = ", 1),
    ('format = "openpars.agreement/1"\nformat = "again"', 2),
    ("a = 1\nb = [1, 2\n", 3),
    ("x = '''\nnever closed", 2),
    ("a = " + "[" * 5000, 0),
    ("a = " + "9" * 5000, 0),
    ("\x00", 1),
    ("a = 1\r b = 2", 1),
]


@pytest.mark.parametrize(("text", "line"), NOT_TOML)
def test_what_is_not_toml_is_said_with_its_line(text: str, line: int) -> None:
    with pytest.raises(AgreementMalformed) as caught:
        parse(text)
    if line:
        assert caught.value.problems[0].line == line


def test_an_endless_text_is_refused_unread() -> None:
    with pytest.raises(AgreementMalformed, match="at most"):
        parse("#" * 200_001)


@given(st.text(max_size=200) | st.text(alphabet="[]{}\"'=.,#\n ab1\\", max_size=80))
def test_any_text_is_an_agreement_or_malformed(text: str) -> None:
    with pytest.raises(AgreementMalformed):
        parse(text)


@given(st.data())
def test_any_line_lost_or_doubled_is_an_agreement_or_malformed(data: st.DataObject) -> None:
    lines = STARTER.split("\n")
    place = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.booleans())
    text = "\n".join(lines[:place] + ([] if cut else [lines[place]] * 2) + lines[place + 1 :])
    try:
        agreement = parse(text)
    except AgreementMalformed:
        return
    assert parse(render(agreement)) == agreement


def test_lines_of_strange_but_lawful_toml() -> None:
    text = '# c\n"a b" = """x\n"quoted"" """\n[t]\nk.j = { p = [\n1, # ]\n2] }\n'
    text += "[[l]]\nq = '\\'\n[[l]]\nz = 1\n[l.sub]\ny = 2\n"
    lines = Lines(text)
    assert lines.of(("a b",)) == 2
    assert lines.of(("t", "k", "j")) == 5
    assert lines.of(("t", "k", "j", "p", 1)) == 5
    assert lines.of(("l", 0, "q")) == 9
    assert lines.of(("l", 1, "z")) == 11
    assert lines.of(("l", 1, "sub", "y")) == 13
    assert lines.of(("l", 1, "missing")) == 10
    assert lines.of(("nothing",)) is None
