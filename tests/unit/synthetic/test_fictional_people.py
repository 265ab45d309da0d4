"""Fictional people: the same key, the same person."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.identifiers import Statute
from openpars.synthetic.calibration import AGES, DISTRICTS, OFFENSES, RACES
from openpars.synthetic.names import SURNAMES, fictional_person

VECTOR = ("Raúl", "Kelmore", "1995-12-14")
DAYS = st.dates(date(1990, 1, 1), date(2040, 12, 31))


def _age(born, on):
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


@given(st.text(max_size=20), st.integers(10, 100), DAYS)
def test_law_the_birth_date_is_of_the_age(key, age, on):
    assert _age(fictional_person(key, age, on).birth_date, on) == age


@given(st.text(max_size=20), st.integers(10, 100), DAYS)
def test_law_the_name_depends_on_the_key_alone(key, age, on):
    first, second = fictional_person(key, age, on), fictional_person(key, None, date(2020, 1, 1))
    assert (first.given_name, first.middle_name, first.surname) == (
        second.given_name,
        second.middle_name,
        second.surname,
    )
    assert second.birth_date is None
    assert first.facts().invented


def test_the_same_in_every_run():
    person = fictional_person("vector", 30, date(2026, 1, 1))
    assert (person.given_name, person.surname, person.birth_date.isoformat()) == VECTOR


def test_keys_make_many_different_people():
    people = {
        (p.given_name, p.surname)
        for p in (fictional_person(str(n), None, date(2026, 1, 1)) for n in range(3000))
    }
    assert len(people) > 2700
    assert len(SURNAMES) > 1500


@pytest.mark.parametrize("shares", [[s for *_, s in AGES], [s for _, s in RACES]])
def test_shares_add_up(shares):
    assert sum(shares) == pytest.approx(1, abs=0.01)


def test_tables_are_well_formed():
    assert sum(share for _, share in DISTRICTS) == pytest.approx(100, abs=2)
    for offense in OFFENSES:
        assert str(Statute.parse(offense.statute)) == offense.statute
        assert offense.monetary + offense.unsecured <= 1
    assert len(OFFENSES) == 40
    assert 85 < sum(offense.share for offense in OFFENSES) <= 100
