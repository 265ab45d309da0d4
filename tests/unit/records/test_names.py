"""Folding and scoring of names. Every name here is invented."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.names import fold, score


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Nuñez-O'Brien", "nunez obrien"),
        ("O’Brien", "obrien"),
        ("GARCÍA  LÓPEZ", "garcia lopez"),
        ("Groß", "gross"),
        ("Ødegård", "odegard"),
        ("Łukasz", "lukasz"),
        ("Yılmaz", "yilmaz"),
        ("İbrahim", "ibrahim"),
        ("Phạm", "pham"),
        ("St. Clair", "st clair"),
        ("Smith—Jones", "smith jones"),
        ("Jean\u00a0Paul", "jean paul"),
        ("  ", ""),
        ("", ""),
    ],
)
def test_fold(written, folded):
    assert fold(written) == folded


@given(st.text(max_size=30))
def test_law_folding_twice_changes_nothing(text):
    assert fold(fold(text)) == fold(text)


@given(st.text(max_size=30))
def test_law_case_does_not_matter(text):
    # Upper-casing loses letters in a few scripts; lower-casing what is folded never does.
    assert fold(fold(text).lower()) == fold(text)


@given(st.text(max_size=15), st.text(max_size=15), st.text(max_size=15), st.text(max_size=15))
def test_law_a_score_is_between_0_and_1(query_given, query_surname, given_name, surname):
    assert 0.0 <= score(query_given, query_surname, given_name, surname) <= 1.0


@given(st.text(max_size=15), st.text(max_size=15))
def test_law_a_name_is_wholly_like_itself(given_name, surname):
    if fold(given_name) or fold(surname):
        assert score(given_name, surname, given_name, surname) == 1.0


@pytest.mark.parametrize(
    ("sought", "held", "least"),
    [
        (("Marisol", "Ibanez"), ("Marisol", "Ibáñez"), 1.0),
        (("Marsiol", "Ibanez"), ("Marisol", "Ibáñez"), 0.9),  # transposed
        (("Marisol", "Ibanes"), ("Marisol", "Ibáñez"), 0.9),  # one letter
        (("Ibanez", "Marisol"), ("Marisol", "Ibáñez"), 0.95),  # swapped
        (("Marisol", "Ibanez"), ("Marisol", "Ibáñez-Keane"), 0.9),  # half of a double name
        (("Marisol", "Keane"), ("Marisol", "Ibáñez-Keane"), 0.9),
        (("Jean Paul", "Toussaint"), ("Jean-Paul", "Toussaint"), 1.0),
        (("Jeanpaul", "Toussaint"), ("Jean-Paul", "Toussaint"), 0.95),
        (("", "OBrien"), ("Declan", "O'Brien"), 1.0),  # surname only
        (("M", "Ibanez"), ("Marisol", "Ibáñez"), 0.85),  # an initial
    ],
)
def test_forgiven(sought, held, least):
    assert score(*sought, *held) >= least


@pytest.mark.parametrize(
    ("sought", "held"),
    [
        (("Marisol", "Ibanez"), ("Declan", "Fairbourne")),
        (("Marisol", "Ibanez"), ("Marisol", "Fairbourne")),
        (("", ""), ("Marisol", "Ibáñez")),
    ],
)
def test_not_alike(sought, held):
    assert score(*sought, *held) < 0.75


def test_the_name_straight_ranks_before_the_name_swapped():
    assert score("Leon", "Curtis", "Leon", "Curtis") > score("Leon", "Curtis", "Curtis", "Leon")
