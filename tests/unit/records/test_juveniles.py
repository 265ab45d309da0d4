"""Which juveniles the law lets be charged as adults (42 Pa.C.S. 6302)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.juveniles import GROUNDS, direct_file_problems, grounds_for

MURDER, ROBBERY, ASSAULT, THEFT = "18 § 2502 §§ A", "18 § 3701 §§ A1I", "18 § 2702 §§ A1", "18 § 3921"


@pytest.mark.parametrize(
    ("age", "statutes", "expected"),
    [
        (12, [MURDER], {"murder", "convicted", "transferred"}),
        (14, [ROBBERY], {"convicted", "transferred"}),
        (15, [ROBBERY], {"weapon", "adjudicated", "convicted", "transferred"}),
        (17, [ASSAULT, THEFT], {"weapon", "convicted", "transferred"}),
        (17, ["18 § 27021"], {"convicted", "transferred"}),
        (None, [ROBBERY], {"convicted", "transferred"}),
        (17, [THEFT], {"convicted", "transferred"}),
    ],
)
def test_the_grounds_that_nothing_known_stands_against(age, statutes, expected):
    assert set(grounds_for(age=age, statutes=statutes)) == expected


@given(st.text(max_size=12), st.none() | st.integers(10, 17), st.lists(st.text(max_size=20), max_size=3))
def test_law_nobody_is_charged_as_an_adult_on_no_ground(ground, age, statutes):
    problems = direct_file_problems(ground, age=age, statutes=statutes)
    if ground not in GROUNDS:
        assert [problem.where for problem in problems] == ["ground"]
    if not problems:
        known = GROUNDS[ground]
        assert not known.age or (age is not None and age >= known.age)
