"""Questions: read in the forms that people write, refused with the field's name, never repeating a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.disclosure.rules import request
from openpars.errors import RequestMalformed


def asked(**question: object) -> request.Question:
    return request.search(purpose="CrimeInvestigation", case_number="C-1", **question)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("written", "given_name", "surname"),
    [
        ("Quimby, Odalys", "odalys", "quimby"),
        ("Odalys Quimby", "odalys", "quimby"),
        ("  Quimby ,  Odalys  Rae ", "odalys rae", "quimby"),
        ("Quimby", "", "quimby"),
        ("Nuñez-Ortega, Zoë", "zoe", "nunez ortega"),
    ],
)
def test_a_name_is_read_in_both_orders(written: str, given_name: str, surname: str) -> None:
    question = asked(name=written)
    assert (question.given, question.surname) == (given_name, surname)
    assert question.keys == {"name"}


@pytest.mark.parametrize(
    ("written", "kind", "number"),
    [
        ("Z123456-7", "otn", "Z1234567"),
        ("mc-51-cr-0001234-2031", "docket_number", "MC-51-CR-0001234-2031"),
        ("31-24-012345", "dc_number", "31-24-012345"),
        ("SID 123-45-67", "sid", "123-45-67"),
    ],
)
def test_a_number_is_known_by_its_form(written: str, kind: str, number: str) -> None:
    question = asked(number=written)
    assert (question.number_kind, question.number) == (kind, number)
    assert question.keys == {kind}


@pytest.mark.parametrize(
    "born", ["19951005", "1995-W40-4", "1995-10-5", "1995-10-05T00:00", "\u0661995-10-05"]
)
def test_a_date_is_written_as_year_month_day_and_no_other_way(born: str) -> None:
    with pytest.raises(RequestMalformed) as error:
        asked(birth_date=born)
    assert [problem.where for problem in error.value.problems] == ["birth_date"]


def test_all_problems_are_told_at_once() -> None:
    with pytest.raises(RequestMalformed) as error:
        asked(name="x" * 300, birth_date="yesterday", number="??", elements="name")
    assert [p.where for p in error.value.problems] == ["name", "birth_date", "number", "elements"]


@given(st.text(max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_any_text_is_understood_or_refused_by_field(name: str, born: str, number: str) -> None:
    try:
        question = asked(name=name, birth_date=born, number=number)
    except RequestMalformed as error:
        assert all(problem.where in {"name", "birth_date", "number"} for problem in error.problems)
    else:
        assert question.keys


@pytest.mark.parametrize("reference", ["", "1", "nonsense", None, "5a0a9d2e-0000-4000-8000-00000000000g"])
def test_opening_wants_a_reference(reference: str | None) -> None:
    with pytest.raises(RequestMalformed, match="reference"):
        request.open_arrest(purpose="P", case_number=None, arrest=reference)  # type: ignore[arg-type]


@pytest.mark.parametrize("purpose", ["", "  ", "x" * 65, "a\x00b", "\ud800"])
def test_a_purpose_is_a_word_that_can_be_kept(purpose: str) -> None:
    with pytest.raises(RequestMalformed, match="purpose"):
        request.list_arrests(listing="held", purpose=purpose)


@pytest.mark.parametrize("text", ["a\x00b", "\ud800", "x" * 65])
def test_no_text_reaches_the_database_that_it_cannot_keep(text: str) -> None:
    with pytest.raises(RequestMalformed):
        asked(number="Z1234567", elements=[text])
    with pytest.raises(RequestMalformed):
        request.search(purpose="P", case_number=text, number="Z1234567")
    with pytest.raises(RequestMalformed):
        asked(name=f"A {text * 4}")
