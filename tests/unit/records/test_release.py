"""Whom the officer may let go (Pa.R.Crim.P. 519(B)): by the gravest charge, and never on a warrant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.grades import GRADES, gravity
from openpars.records.rules.release import eligibility

THEFT, DUI = "18 § 3921 §§ A", "75 § 3802 §§ A1"


@pytest.mark.parametrize(
    ("charges", "allowed"),
    [
        ([(THEFT, "M2")], True),
        ([(THEFT, "S"), (THEFT, "M3"), (THEFT, "M")], True),
        ([(THEFT, "M1")], False),
        ([(DUI, "M1"), (THEFT, "M2")], True),
        ([(DUI, "M1"), (THEFT, "M1")], False),
        ([(DUI, "F3")], False),
        ([(THEFT, "IC")], False),
        ([(THEFT, "")], None),
        ([(THEFT, ""), (THEFT, "F1")], False),
        ([], None),
    ],
)
def test_the_gravest_charge_decides(charges, allowed):
    found = eligibility(charges, warrant=False)
    assert found.allowed is allowed
    assert found.why
    assert eligibility(charges, warrant=True).allowed is False


@given(st.lists(st.tuples(st.sampled_from([THEFT, DUI]), st.sampled_from([*GRADES])), min_size=1))
def test_law_nobody_is_let_go_by_a_desk_who_is_charged_with_more_than_the_rule_says(charges):
    if eligibility(charges, warrant=False).allowed:
        others = [grade for statute, grade in charges if statute != DUI]
        assert all(gravity(grade) <= gravity("M2") for grade in others)
        assert all(gravity(grade) <= gravity("M1") for _, grade in charges)
