"""The laws and the messages of specs/agreement-file.md."""

import json
import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openpars.agencies.rules import ROLES
from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.compile import columns, role_name, statements
from openpars.agreements.rules.language import agreement_hash, parse, render, text_hash
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.terms import Agreement, Rows, Term, with_term
from openpars.engine import roles
from openpars.errors import AgreementMalformed
from openpars.records.rules.elements import CATALOGUE, FORBIDDEN_WORDS
from tests.strategies import agreements as some

HERE = Path(__file__).resolve().parents[3]
STARTER = (HERE / "examples" / "neighbor-police.toml").read_text()
CHARTER = (HERE / "examples" / "charter.toml").read_text()
VECTORS = sorted((HERE / "specs" / "vectors").glob("agreement-*.json"))


@settings(max_examples=50)
@given(some.agreements())
def test_round_trip(agreement: Agreement) -> None:
    """Text and terms say the same: nothing is lost in writing, nothing is added in reading."""
    text = render(agreement)
    assert parse(text) == agreement
    assert render(parse(text)) == text


@settings(max_examples=50)
@given(some.agreements(texts=st.just("Words.")))
def test_plain_language_covers_every_clause(agreement: Agreement) -> None:
    said = {sentence.clause for sentence in plain(agreement)}
    parts = (agreement.permits, agreement.prohibitions, agreement.duties, agreement.thresholds)
    parts += (agreement.notices, agreement.law, agreement.powers, (agreement.fee,) if agreement.fee else ())
    assert {part.clause for each in parts for part in each} <= said
    assert all(sentence.text.endswith(".") for sentence in plain(agreement))


def test_roles_are_named_as_the_engine_names_them() -> None:
    assert role_name("city", "gateway") == roles.name("city", "gateway")


@settings(max_examples=40)
@given(some.agreements(texts=st.just("x'); DROP TABLE y; --"), shortest=True))
def test_no_free_text_enters_sql(agreement: Agreement) -> None:
    assert not [each for each in statements(agreement, number=1, database="city") if "DROP TABLE" in each]


@settings(max_examples=40)
@given(some.agreements(texts=st.just("Words."), shortest=True))
def test_compiling_is_deterministic_and_gives_granted_columns_only(agreement: Agreement) -> None:
    assert statements(agreement, number=3, database="d") == statements(agreement, number=3, database="d")
    for permit in agreement.permits:
        given_to = {grant.element for grant in agreement.granted(permit)}
        allowed = {"arrest", "subject", "row"}
        for name in given_to:
            element = CATALOGUE[name]
            for each in (element.columns, element.keys, *element.generalizations.values()):
                allowed |= {column.name for column in each}
        assert {column.name for listed in columns(agreement, permit).values() for column in listed} <= allowed


@pytest.mark.parametrize("text", [STARTER, CHARTER])
def test_examples_are_sound(text: str) -> None:
    agreement = parse(text)
    assert parse(render(agreement)) == agreement
    assert agreement_hash(agreement) == text_hash(render(agreement))
    assert not agreement.prohibited_purposes.keys() & {
        p for permit in agreement.permits for p in permit.purposes
    }


def test_the_starter_agreement_is_the_cautious_one() -> None:
    """What would have prevented the dispute of 2018 (stories/philadelphia-2018.md, last section)."""
    (permit,) = parse(STARTER).permits
    granted = {grant.element for grant in permit.elements}
    assert not granted & {"birth_place", "address", "language", "race", "ethnicity"}
    assert permit.rows == Rows(charge_status="approved", arrested_within_days=1_826)
    assert not permit.lists
    assert not permit.events
    assert permit.requires == {"case_number", "case_exists"}
    assert None not in (permit.requests_per_person_per_day, permit.requests_per_day, permit.results_per_day)
    assert set(permit.ask_by) == {frozenset({"name", "birth_date"}), frozenset({"otn"}), frozenset({"sid"})}


def test_the_term_is_local_days_daylight_saving_included() -> None:
    winter_to_summer = Term(date(2027, 3, 14), date(2027, 3, 14), "America/New_York")
    assert winter_to_summer.ends_at.timestamp() - winter_to_summer.starts_at.timestamp() == 23 * 3600
    summer_to_winter = Term(date(2026, 11, 1), date(2026, 11, 1), "America/New_York")
    assert summer_to_winter.ends_at.timestamp() - summer_to_winter.starts_at.timestamp() == 25 * 3600
    # In Havana clocks skip midnight itself: the day begins at what the clock then calls one o'clock.
    havana = Term(date(2026, 3, 8), date(2026, 3, 8), "America/Havana")
    assert (
        havana.starts_at.timestamp()
        == Term(date(2026, 3, 7), date(2026, 3, 7), "America/Havana").ends_at.timestamp()
    )
    assert havana.ends_at.timestamp() - havana.starts_at.timestamp() == 23 * 3600


@given(some.terms())
def test_terms_that_follow_each_other_leave_no_gap(term: Term) -> None:
    day = term.last_day + timedelta(days=1)
    assert term.ends_at == Term(day, day, term.time_zone).starts_at
    assert term.starts_at < term.ends_at


def test_every_role_and_verb_has_plain_words() -> None:
    assert {role for roles in ROLES.values() for role in roles} == set(vocabulary.ROLES)
    assert list(ROLES) == list(vocabulary.OFFICES)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", verb) for verb in vocabulary.VERBS)


def test_the_charter_gives_every_verb_to_somebody_and_says_so_plainly() -> None:
    charter = parse(CHARTER)
    assert {verb for power in charter.powers for verb in power.verbs} == set(vocabulary.VERBS)
    (said,) = [sentence.text for sentence in plain(charter) if sentence.clause == "12.4"]
    shown = next(sentence.text for sentence in plain(charter) if sentence.clause == "3.2")
    assert shown.startswith("An officer and a booking supervisor may ask for this purpose only: ")
    assert said.startswith("A charging ADA and a DA supervisor may do this: decide a charge, file charges, ")


def test_with_term_changes_days_only() -> None:
    agreement = parse(STARTER)
    moved = with_term(agreement, date(2030, 1, 1), date(2030, 12, 31))
    assert parse(render(moved)) == moved
    assert moved.permits == agreement.permits
    assert agreement_hash(moved) != agreement_hash(agreement)


def test_no_vocabulary_names_citizenship() -> None:
    for word in FORBIDDEN_WORDS:
        assert not [purpose for purpose in vocabulary.PURPOSES if word in purpose.lower()]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda path: path.stem)
def test_vectors(vector: Path) -> None:
    case = json.loads(vector.read_text())
    if "problems" in case:
        with pytest.raises(AgreementMalformed) as caught:
            parse(case["text"])
        assert [[p.line, p.where, p.what] for p in caught.value.problems] == case["problems"], case["why"]
    else:
        canonical = render(parse(case["text"]))
        assert canonical == case["canonical"], case["why"]
        assert text_hash(canonical) == case["hash"]


def test_white_space_says_nothing() -> None:
    cases = {path.stem: json.loads(path.read_text()) for path in VECTORS}
    spaced, plainly = cases["agreement-white-space"], cases["agreement-worked-example"]
    assert spaced["text"] != plainly["text"]
    assert spaced["hash"] == plainly["hash"]
