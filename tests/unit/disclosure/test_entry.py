"""An entry's bytes (specs/disclosure-entry.md)."""

import json
from pathlib import Path
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from openpars.disclosure.rules import entry
from openpars.disclosure.rules.request import Question
from openpars.translog.rules.commitment import opens

SALT = bytes(range(32))
REFERENCE = UUID("9c85baec-8cc3-408e-83f8-79f941da86e9")
ASKER = UUID("00000000-0000-4000-8000-00000000000a")
SPEC = Path(__file__).resolve().parents[3] / "specs" / "disclosure-entry.md"


def permitted(question: Question, answer: object = None) -> dict[str, object]:
    leaf = entry.permitted(
        disclosure=REFERENCE,
        at="2031-01-02T03:04:05.678Z",
        salt=SALT,
        question=question,
        asker=ASKER,
        agency_ori="ZZ0020000",
        agreement_hash="ab" * 32,
        clause="3.1",
        elements=["name", "otn"],
        subjects=["cd" * 32],
        records=1,
        answer=answer,
    )
    return json.loads(leaf)


def test_the_members_are_those_of_the_specification() -> None:
    spec = SPEC.read_text()
    example = spec[spec.index('{"agency"') : spec.index("## 1.")]
    assert set(permitted(Question("search", "CrimeInvestigation", "C-1"))) == set(json.loads(example))


@given(
    given_name=st.text(min_size=4, max_size=20),
    number=st.from_regex(r"[A-Z]\d{7}", fullmatch=True),
    case=st.text(min_size=4, max_size=20),
)
def test_nothing_that_was_typed_is_in_the_entry(given_name: str, number: str, case: str) -> None:
    question = Question(
        "search", "CrimeInvestigation", case, given=given_name, number_kind="otn", number=number
    )
    text = json.dumps(permitted(question), ensure_ascii=False)
    # Hexadecimal may spell a short word by chance; what was typed here is not all of hexadecimal digits.
    for typed in (given_name, number, case):
        assert typed not in text or set(typed) <= set("0123456789abcdef")


def test_each_commitment_opens_with_the_salt_and_for_its_own_value_only() -> None:
    question = Question("search", "CrimeInvestigation", "C-1", surname="quimby")
    made = permitted(question, answer={"results": []})
    assert opens(str(made["case"]), "case", "C-1", SALT)
    assert not opens(str(made["case"]), "case", "C-2", SALT)
    assert not opens(str(made["case"]), "criteria", "C-1", SALT)
    assert opens(str(made["criteria"]), "criteria", question.as_json(), SALT)
    assert opens(str(made["answer"]), "answer", {"results": []}, SALT)


def test_a_refusal_shows_neither_purpose_nor_reason() -> None:
    leaf = entry.refused(
        disclosure=REFERENCE,
        at="2031-01-02T03:04:05.678Z",
        salt=SALT,
        question=Question("search", "to see my neighbor", None),
        asker=ASKER,
        agency_ori="ZZ0020000",
        reason="purpose-not-permitted",
    )
    assert b"neighbor" not in leaf
    assert b"purpose" not in leaf
