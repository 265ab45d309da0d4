"""The laws of the watch over agreements."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from openpars.agreements.rules.terms import Agreement, Prohibition, Term
from openpars.agreements.rules.vocabulary import MEASURES, PROHIBITABLE, SHAPES
from openpars.agreements.rules.watch import Held, Rule, contradictions, findings, reached
from openpars.records.rules.elements import CATALOGUE
from tests.strategies import agreements as some

AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
ON = date(2026, 11, 23)


@st.composite
def rules(draw: st.DrawFn) -> Rule:
    """A rule that forbids something."""
    return Rule(
        "Ordinance",
        "1-1",
        draw(st.frozensets(st.sampled_from(list(PROHIBITABLE)), max_size=4)),
        draw(st.frozensets(st.sampled_from(list(CATALOGUE)), max_size=4)),
        draw(st.frozensets(st.sampled_from(list(SHAPES)), max_size=2)),
        ON,
    )


@given(some.agreements(), rules())
def test_an_agreement_that_says_the_rule_itself_does_not_contradict_it(
    agreement: Agreement, rule: Rule
) -> None:
    if not (rule.purposes or rule.elements or rule.shapes):
        assert contradictions(rule, agreement) == ()
        return
    said = Prohibition(
        "99", "As the rule says.", tuple(rule.purposes), tuple(rule.elements), tuple(rule.shapes)
    )
    told = replace(agreement, prohibitions=(*agreement.prohibitions, said))
    assert contradictions(rule, told) == ()


@given(some.agreements(), rules())
def test_a_contradiction_names_a_clause_that_gives_it(agreement: Agreement, rule: Rule) -> None:
    clauses = {permit.clause for permit in agreement.permits}
    found = contradictions(rule, agreement)
    assert {clause for clause, _ in found} <= clauses
    given_away = {g.element for p in agreement.permits for g in agreement.granted(p)} & rule.elements
    assert bool(given_away) <= bool(found)


@given(some.agreements(kind="outside"), st.integers(0, 400))
def test_unused_counts_from_the_last_request(agreement: Agreement, days: int) -> None:
    used = AT - timedelta(days=days)
    own = [one.at_least for one in agreement.thresholds if one.measure == "days-unused"]
    for held in (Held(1, agreement, used, None), Held(1, agreement, AT - timedelta(days=900), used)):
        kinds = [found.kind for found in findings(held, at=AT, on=ON)]
        assert ("unused" in kinds) is (days >= 90 and not own)
        assert kinds.count("threshold") == sum(days >= at_least for at_least in own)


@given(some.agreements(), st.dictionaries(st.sampled_from(list(MEASURES)), st.integers(0, 300)))
def test_law_a_threshold_is_reached_by_as_much_as_it_says_and_not_by_less(
    agreement: Agreement, today: dict[str, int]
) -> None:
    today.pop("days-unused", None)
    found = dict(reached(Held(1, agreement, AT, AT, today), at=AT))
    for one in agreement.thresholds:
        assert (one in found) is (today.get(one.measure, 0) >= one.at_least)
        assert one not in found or found[one] == today[one.measure]


@given(some.agreements(), st.integers(-30, 30))
def test_a_review_is_overdue_the_day_after(agreement: Agreement, days: int) -> None:
    review = ON + timedelta(days=days)
    term = Term(review, review, "UTC", review)
    held = Held(1, replace(agreement, term=term), AT, AT)
    assert ("review" in [found.kind for found in findings(held, at=AT, on=ON)]) is (days < 0)
