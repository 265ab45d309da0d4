"""What they see: an invented person's record through an agreement, by the rules that cut every answer down."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.language import parse
from openpars.agreements.rules.rows import Facts, hidden_by
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.vocabulary import ARREST_CATEGORIES
from openpars.disclosure.rules.sight import sight
from openpars.disclosure.rules.specimen import RECORD, SITUATIONS, USUAL
from openpars.records.rules.elements import CATALOGUE, Relation
from tests.reference import minimize_reference
from tests.reference.disclosed_reference import NOW
from tests.strategies.agreements import agreements, rows

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.toml"))


def test_the_record_is_whole() -> None:
    """Every column of the catalogue, coarser forms included, and nothing else, has its place in each row."""
    for relation in Relation:
        elements = [e for e in CATALOGUE.values() if e.relation is relation]
        columns = {
            c.name
            for e in elements
            for c in (*e.columns, *(c for g in e.generalizations.values() for c in g))
        }
        for row in RECORD[relation]:
            assert set(row) == columns, relation


@given(agreements(shortest=True))
def test_law_what_is_seen_is_what_the_views_hold(agreement: Agreement) -> None:
    """The columns shown are those of the permit's compiled views, but for those that only serve to find and to join."""
    for permit in agreement.permits:
        seen = sight(agreement, permit, USUAL)
        if seen.hidden is not None:
            assert seen.counts[0] == 0
            continue
        views = compiler.columns(agreement, permit)
        for relation, lines in seen.lines.items():
            shown = {name for line in lines if line.shown for row in line.shown for name in row}
            made = {column.name for column in views.get(relation, ())}
            only_to_find = {c.name for e in CATALOGUE.values() for c in e.keys}
            assert shown <= made
            assert made - shown <= {"arrest", "subject", "row"} | only_to_find


@given(rows(), st.data())
def test_law_rows_hide_what_the_oracle_hides(of: object, data: st.DataObject) -> None:
    days = data.draw(st.integers(0, 4000) | st.just(of.arrested_within_days or 0))
    arrested = NOW - minimize_reference.timedelta(days=days, hours=12)
    day = arrested.astimezone(minimize_reference.NEW_YORK).date()
    facts = data.draw(
        st.builds(
            Facts,
            juvenile=st.booleans(),
            charged_as_adult=st.booleans(),
            limited_access=st.booleans(),
            charges=st.frozensets(st.sampled_from(["approved", "declined", "pending"])),
            district=st.sampled_from(["22", *(of.districts or [])]),
            category=st.sampled_from(["", *ARREST_CATEGORIES]),
            days=st.just(days),
            own_client=st.booleans(),
            on_case=st.booleans(),
            arrested_on=st.just(day),
        )
    )
    permit = Permit(1, "3.1", (), (), of)
    whole = {
        "juvenile": facts.juvenile,
        "direct_file": "murder" if facts.charged_as_adult else "",
        "limited_access_at": NOW if facts.limited_access else None,
        "charge_statuses": facts.charges,
        "district": facts.district,
        "category": {"on-view": "O", "summoned": "S", "on-a-warrant": "T"}.get(facts.category, ""),
        "moment": NOW - minimize_reference.timedelta(days=facts.days, hours=12),
        "counsel_id": "asker" if facts.own_client else None,
    }
    seen = minimize_reference.visible(permit, whole, asker="asker", now=NOW)
    assert (hidden_by(of, facts) is None) == (seen and (facts.on_case or not of.own_case))


@pytest.mark.parametrize("file", EXAMPLES, ids=lambda file: file.stem)
def test_each_situation_is_judged(file: Path) -> None:
    agreement = parse(file.read_text())
    for permit in agreement.permits:
        for _, facts in SITUATIONS.values():
            shown, among = sight(agreement, permit, facts).counts
            assert 0 <= shown <= among == len(CATALOGUE)


def test_what_a_clause_takes_back_is_not_seen_and_says_which() -> None:
    agreement = parse((EXAMPLES[0].parent / "neighbor-police.toml").read_text())
    permit = agreement.permits[0]
    granted = replace(permit, elements=(*permit.elements, type(permit.elements[0])("birth_place")))
    lines = sight(agreement, granted, USUAL).lines[Relation.ARREST]
    (line,) = [line for line in lines if line.element.name == "birth_place"]
    assert (line.shown, line.prohibited) == (None, "4.2")
