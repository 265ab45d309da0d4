"""Bail: its types, conditions and this city's guideline."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.bail import (
    TYPES,
    BailDecision,
    BailKind,
    bail_problems,
    to_be_paid,
    type_in_force,
)
from openpars.records.rules.conditions import (
    CONDITIONS,
    MANDATORY,
    Condition,
    ConditionKind,
    Parameter,
    condition_problems,
    condition_words,
)
from openpars.records.rules.grades import GRADES, OffenseKind
from openpars.records.rules.guideline import guideline

ON = date(2026, 11, 23)
PERSON = str(UUID(int=7))
VALUES = {
    Parameter.PERSON: PERSON,
    Parameter.PLACE: "the 900 block of Alder Street",
    Parameter.DAYS: "7",
    Parameter.HOURS: "21:00-06:00",
}


def condition(kind):
    return Condition(kind, tuple((name, VALUES[each]) for name, each in CONDITIONS[kind].parameters.items()))


STAY_AWAY = (*MANDATORY, condition(ConditionKind.STAY_AWAY))
GOOD = {
    BailKind.ROR: BailDecision(BailKind.ROR),
    BailKind.NONMONETARY: BailDecision(BailKind.NONMONETARY, conditions=STAY_AWAY),
    BailKind.UNSECURED: BailDecision(BailKind.UNSECURED, Decimal(5000)),
    BailKind.NOMINAL: BailDecision(BailKind.NOMINAL, Decimal(1), surety="a bail agency"),
    BailKind.MONETARY: BailDecision(BailKind.MONETARY, Decimal(25000), Decimal(10), STAY_AWAY),
    BailKind.DENIED: BailDecision(BailKind.DENIED, conditions=()),
}
AMOUNTS = st.none() | st.decimals(allow_nan=True, allow_infinity=True)
DECISIONS = st.builds(
    BailDecision,
    st.sampled_from(BailKind),
    AMOUNTS,
    AMOUNTS,
    st.lists(st.builds(Condition, st.sampled_from(ConditionKind))).map(tuple),
    st.text(max_size=3),
    st.booleans(),
)


def wheres(decision):
    return [problem.where for problem in bail_problems(decision, ON)]


@pytest.mark.parametrize("kind", BailKind)
def test_each_type_of_bail_has_a_decision_without_problems(kind):
    assert bail_problems(GOOD[kind], ON) == []


@pytest.mark.parametrize(
    ("kind", "change", "where"),
    [
        (BailKind.ROR, {"amount": Decimal(5)}, "amount"),
        (BailKind.ROR, {"percent": Decimal(10)}, "percent"),
        (BailKind.ROR, {"conditions": STAY_AWAY}, "conditions"),
        (BailKind.ROR, {"conditions": MANDATORY[1:]}, "conditions"),
        (BailKind.NONMONETARY, {"conditions": MANDATORY}, "conditions"),
        (BailKind.UNSECURED, {"amount": None}, "amount"),
        (BailKind.NOMINAL, {"amount": Decimal(100)}, "amount"),
        (BailKind.NOMINAL, {"surety": " "}, "surety"),
        (BailKind.MONETARY, {"amount": Decimal(-1)}, "amount"),
        (BailKind.MONETARY, {"amount": Decimal("0.001") + 5}, "amount"),
        (BailKind.MONETARY, {"percent": Decimal(0)}, "percent"),
        (BailKind.MONETARY, {"percent": Decimal(11)}, "percent"),
        (BailKind.MONETARY, {"percent": Decimal(101)}, "percent"),
        (BailKind.DENIED, {"amount": Decimal(5)}, "amount"),
        (BailKind.DENIED, {"conditions": MANDATORY}, "conditions"),
        (BailKind.UNSECURED, {"conditions": (*STAY_AWAY, STAY_AWAY[-1])}, "conditions"),
        (BailKind.UNSECURED, {"conditions": (*MANDATORY, condition(ConditionKind.NO_ENTRY))}, "conditions.5"),
        (
            BailKind.UNSECURED,
            {"conditions": (*MANDATORY, Condition(ConditionKind.CURFEW))},
            "conditions.5.hours",
        ),
    ],
)
def test_a_decision_that_cannot_be_is_refused_at_the_field(kind, change, where):
    assert wheres(replace(GOOD[kind], **change)) == [where]


@given(DECISIONS)
def test_law_a_decision_without_problems_has_its_mandatory_conditions_and_an_amount_only_where_its_type_has(
    decision,
):
    if bail_problems(decision, ON):
        return
    rule = type_in_force(decision.kind, ON)
    assert (decision.amount is None) == (rule.amount is None)
    assert set(MANDATORY) <= set(decision.conditions) or not rule.mandatory
    paid = to_be_paid(decision)
    assert paid is None or 0 < paid <= decision.amount


@given(st.sampled_from(ConditionKind), st.dictionaries(st.text(max_size=8), st.text(max_size=12), max_size=3))
def test_law_a_condition_is_printed_or_has_a_problem_that_repeats_nothing_given(kind, values):
    made = Condition(kind, tuple(values.items()))
    found = condition_problems(made, "conditions.0", domestic=True)
    if not found:
        assert condition_words(made)
    for problem in found:
        assert problem.where.startswith("conditions.0")
        assert all(text not in problem.what for text in values.values() if len(text) > 6)


@pytest.mark.parametrize("kind", ConditionKind)
def test_each_condition_has_plain_words_without_a_gap(kind):
    assert condition_problems(condition(kind), "x", domestic=True) == []
    words = condition_words(condition(kind), {PERSON: "A. Example"})
    assert "{" not in words
    assert words.endswith(".")


def test_a_protected_person_is_a_reference_and_is_not_named_where_no_name_is_handed_over():
    made = condition(ConditionKind.NO_CONTACT)
    assert condition_words(made) == "Have no contact, directly or through others, with the protected person."
    named = Condition(ConditionKind.NO_CONTACT, (("person", "Jo Example"),))
    assert [each.where for each in condition_problems(named, "x", domestic=False)] == ["x.person"]


def test_a_type_is_in_force_from_its_day():
    assert type_in_force(BailKind.ROR, date(1990, 1, 1)) is None
    assert wheres(GOOD[BailKind.ROR]) == []
    assert [each.where for each in bail_problems(GOOD[BailKind.ROR], date(1990, 1, 1))] == ["type"]
    assert {each.kind for each in TYPES} == set(BailKind)


def test_ten_per_cent_of_the_amount_releases():
    assert to_be_paid(GOOD[BailKind.MONETARY]) == Decimal("2500.00")
    assert to_be_paid(GOOD[BailKind.UNSECURED]) is None


FACTS = st.fixed_dictionaries(
    {"missed_hearings": st.integers(0, 3), "open_cases": st.integers(0, 3), "violent_past": st.booleans()}
)
WEIGHT = {kind: place for place, kind in enumerate(BailKind)}


@given(st.sampled_from([*GRADES, ""]), st.sampled_from(OffenseKind), FACTS, FACTS)
def test_law_a_worse_record_never_lightens_the_guideline(grade, kind, one, other):
    light = guideline(grade, kind, **{name: min(one[name], other[name]) for name in one})
    grave = guideline(grade, kind, **{name: max(one[name], other[name]) for name in one})
    assert (WEIGHT[light.kind], light.high or 0) <= (WEIGHT[grave.kind], grave.high or 0)


@given(st.sampled_from(OffenseKind), FACTS)
def test_law_a_graver_grade_never_lightens_the_guideline(kind, known):
    order = ["S", "M3", "M2", "M1", "F3", "F2", "F1", "H"]
    bands = [guideline(grade, kind, **known) for grade in order]
    weights = [(WEIGHT[band.kind], band.high or 0) for band in bands]
    assert weights == sorted(weights)


@given(st.sampled_from([*GRADES, ""]), st.sampled_from(OffenseKind), FACTS)
def test_law_what_the_guideline_says_can_be_decided(grade, kind, known):
    band = guideline(grade, kind, **known)
    assert "invented city" in band.rule
    for amount in (band.low, band.high):
        assert bail_problems(replace(GOOD[band.kind], amount=amount), ON) == []
