"""The catalogue of offenses, and finding in it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.grades import GRADES, OffenseKind
from openpars.records.rules.names import fold
from openpars.records.rules.statutes import CATALOGUE, OFTEN, SOURCE, VERSION, by_statute, find, kind_of
from openpars.synthetic import calibration
from openpars.synthetic.calibration import Kind

KINDS = {
    Kind.PERSON: {OffenseKind.PERSON},
    Kind.PROPERTY: {OffenseKind.PROPERTY},
    Kind.DRUGS: {OffenseKind.DRUGS},
    Kind.WEAPON: {OffenseKind.WEAPONS},
    Kind.TRAFFIC: {OffenseKind.DUI, OffenseKind.OTHER},
    Kind.ORDER: {OffenseKind.ORDER},
}


def sections(text, limit=10):
    return [offense.written for offense in find(text, limit)]


def test_the_catalogue_holds_each_statute_once_with_known_grades():
    assert 150 <= len(CATALOGUE) <= 300
    assert len({offense.statute for offense in CATALOGUE}) == len(CATALOGUE)
    assert VERSION
    assert SOURCE
    for offense in CATALOGUE:
        assert set(offense.grades) <= set(GRADES), offense.written
        assert offense.grade or offense.statute.title == 42, offense.written
        assert by_statute(offense.written) is offense
        assert by_statute(str(offense.statute)) is offense
    assert set(OFTEN) <= {offense.statute for offense in CATALOGUE}


@pytest.mark.parametrize("charge", calibration.OFFENSES, ids=lambda charge: charge.statute)
def test_the_invented_citys_charges_agree_with_the_catalogue(charge):
    offense = by_statute(charge.statute)
    assert offense is not None
    assert offense.words == charge.words
    assert charge.grade in (offense.grades or ("",))
    assert offense.kind in KINDS[charge.kind] | {OffenseKind.PERSON}


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("2702", "18 Pa.C.S. 2702(a)(1)"),
        ("18 2702", "18 Pa.C.S. 2702(a)(1)"),
        ("2702(a)(4)", "18 Pa.C.S. 2702(a)(4)"),
        ("2702 a 4", "18 Pa.C.S. 2702(a)(4)"),
        ("2702a4", "18 Pa.C.S. 2702(a)(4)"),
        ("18 Pa.C.S. § 2702(a)(4)", "18 Pa.C.S. 2702(a)(4)"),
        ("18 § 2702 §§ A4", "18 Pa.C.S. 2702(a)(4)"),
        ("780-113", "35 P.S. 780-113(a)(30)"),
        ("35 P.S. 780-113(a)(16)", "35 P.S. 780-113(a)(16)"),
        ("3802", "75 Pa.C.S. 3802(a)(1)"),
        ("2702 off", "18 Pa.C.S. 2702(a)(2)"),
        ("DUI", "75 Pa.C.S. 3802(a)(1)"),
        ("pwid", "35 P.S. 780-113(a)(30)"),
        ("REAP", "18 Pa.C.S. 2705"),
        ("pic", "18 Pa.C.S. 907(a)"),
        ("vufa", "18 Pa.C.S. 6106(a)(1)"),
        ("agg ass", "18 Pa.C.S. 2702(a)(1)"),
        ("assault simple", "18 Pa.C.S. 2701(a)(1)"),
        ("shopl", "18 Pa.C.S. 3929(a)(1)"),
        ("carjack", "18 Pa.C.S. 3702(a)"),
        ("K&I", "35 P.S. 780-113(a)(16)"),
    ],
)
def test_what_is_typed_finds_what_is_meant(typed, first):
    assert sections(typed)[0] == first


@pytest.mark.parametrize("typed", ["", "  ", "§", "xyzzy", "9999999", "2702 burglary", "()"])
def test_nothing_is_found_for_nothing(typed):
    assert find(typed) == ()


@given(st.sampled_from(CATALOGUE), st.integers(1, 12), st.booleans())
def test_law_an_offense_is_found_by_every_beginning_of_its_words(offense, length, turned):
    words = [word[:length] for word in fold(offense.words).split() if not word[0].isdigit()]
    typed = " ".join(words[::-1] if turned else words)
    assert offense in find(typed, len(CATALOGUE))


@given(st.sampled_from(CATALOGUE), st.data())
def test_law_an_offense_is_found_by_every_beginning_of_its_number_and_first_by_the_whole(offense, data):
    number = offense.statute.section + offense.statute.subsections
    typed = number[: data.draw(st.integers(1, len(number)))]
    assert offense in find(typed, len(CATALOGUE))
    assert offense in find(f"{offense.statute.title} {typed}", len(CATALOGUE))
    assert find(offense.written)[0] == offense
    assert find(str(offense.statute))[0] == offense


@given(st.text(max_size=100) | st.text("2 7(a)§.psc-", max_size=12), st.integers(0, 20))
def test_law_any_text_finds_at_most_the_limit_each_once(typed, limit):
    found = find(typed, limit)
    assert len(found) == len(set(found)) <= limit


def test_finding_takes_less_than_a_millisecond():
    typed = ["2", "a", "assault", "theft by un", "780-113(a)", "18 Pa.C.S. 2702(a)", "dui", "no such thing"]
    look = find.__wrapped__
    best = min(_took(look, typed) for _ in range(20)) / len(typed)
    assert best < 0.001, "the whole catalogue, per look"


def _took(look, typed):
    began = time.perf_counter()
    for text in typed:
        look(text, 10)
    return time.perf_counter() - began


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("18 § 2702 §§ A", "person"),
        ("18 Pa.C.S. § 3921(a)", "property"),
        ("18 § 3921 §§ ZZ", "property"),
        ("99 § 3921", "other"),
        ("nonsense", "other"),
    ],
)
def test_what_an_offense_is_about_is_told_by_statute_or_section(text, kind):
    assert kind_of(text) == kind
