"""Searches under a permit that lets one ask by name alone: a date of birth ranks, and leaves nobody out."""

from datetime import date
from uuid import UUID

import pytest

from bench import febrl
from openpars.agreements.rules.terms import Grant
from openpars.disclosure import actions, gateway, ranking
from openpars.disclosure.rules.request import Asker
from tests.integration.disclosure.city import GRANTED, City, permit, under

BORN = date(1990, 6, 30)
BY_NAME = (frozenset({"name"}), frozenset({"name", "birth_date"}))


def officer(**changes: object) -> Asker:
    whole = {"ask_by": BY_NAME, "tolerance_years": 0, "results_per_request": 20} | changes
    return under(permit(**whole))[0]


def found(asker: Asker, name: str, born: date | None = None) -> list[str]:
    answer = actions.search(
        asker=asker, purpose="CrimeInvestigation", case_number="1", name=name, birth_date=born
    )
    return [str(record["arrest"]) for record in answer.results]


def reference(arrest: UUID) -> str:
    return str(arrest)


@pytest.mark.parametrize(
    ("asked", "born"),
    [
        ("Stanchworth, Mirelda", date(1990, 6, 30)),
        ("Stanchworth, Mirelda", date(1909, 6, 30)),  # digits changed places
        ("Stanchworth, Mirelda", date(1990, 8, 30)),  # a wrong digit
        ("Stanchworth, Mirelda", date(1955, 1, 2)),  # another date altogether
        ("Stanchworth, Mirelda", None),
        ("Mirelda, Stanchworth", date(1990, 6, 20)),  # swapped, and a wrong digit
        ("Kowalczyk, Mirelda", date(1990, 6, 30)),  # a married name
        ("Stanchworth", date(1990, 6, 30)),
        (", Mirelda", date(1990, 6, 30)),
        ("Stamchvorth, Nirelda", None),  # no sound is right
        ("Stamchvorth, Nirelda", date(1990, 6, 20)),
    ],
)
def test_a_person_is_found_in_spite_of(city: City, asked: str, born: date | None) -> None:
    held = city.arrest("Mirelda", "Stanchworth", BORN)
    assert reference(held.arrest.id) in found(officer(results_per_request=100), asked, born)


def test_a_person_without_a_recorded_date_is_found(city: City) -> None:
    held = city.arrest("Eulalie", "Brannaugh", None)
    assert reference(held.arrest.id) in found(officer(), "Brannaugh, Eulalie", BORN)


def test_the_one_born_on_the_date_comes_first_then_a_slip_then_the_namesake(city: City) -> None:
    namesake = city.arrest("Perpetuo", "Okonjo-Wynn", date(1951, 12, 1))
    slip = city.arrest("Perpetuo", "Okonjo-Wynn", date(1990, 6, 20))
    right = city.arrest("Perpetuo", "Okonjo-Wynn", BORN)
    expected = [reference(held.arrest.id) for held in (right, slip, namesake)]
    assert found(officer(), "Okonjo-Wynn, Perpetuo", BORN) == expected


def test_somebody_else_is_not_answered(city: City) -> None:
    other = city.arrest("Anneka", "Thistlewood", date(1964, 2, 3))
    for name in ("Vanterpool, Quillon", "Vanterpool", ", Quillon"):
        for born in (None, date(1921, 9, 9)):
            assert reference(other.arrest.id) not in found(officer(), name, born)


def test_a_date_alone_brings_few_and_none_where_the_name_is_found(city: City) -> None:
    born = date(1933, 3, 13)
    strangers = {
        reference(city.arrest("Anneka", surname, born).arrest.id)
        for surname in ("Thistlewood", "Umberfield", "Wexcombe", "Yarnleigh", "Zollander")
    }
    false_name = found(officer(), "Vanterpool, Quillon", born)
    assert len(strangers & set(false_name)) == ranking.STRANGERS == len(false_name)
    held = city.arrest("Quillon", "Vanterpool", born)
    assert found(officer(), "Vanterpool, Quillon", born) == [reference(held.arrest.id)]


def test_a_permit_that_demands_the_date_answers_nobody_by_another(city: City) -> None:
    held = city.arrest("Lysander", "Featherby", BORN)
    outside, _ = under()
    assert reference(held.arrest.id) in found(officer(), "Featherby, Lysander", date(1990, 6, 20))
    assert found(outside, "Featherby, Lysander", date(1990, 6, 20)) == []


def test_a_permit_without_dates_of_birth_ranks_by_name(city: City) -> None:
    held = city.arrest("Clementina", "Rookwood", BORN)
    blind = officer(
        ask_by=(frozenset({"name"}),), elements=tuple(g for g in GRANTED if g != Grant("birth_date"))
    )
    assert reference(held.arrest.id) in found(blind, "Rokwood, Clementyna")


@pytest.mark.skipif(not febrl.installed(), reason="the febrl sets are not installed: `make match` does")
def test_law_febrl_people_are_found_in_the_first_ten(city: City) -> None:
    originals = {entry.person: entry for entry in febrl.entries("4a")}
    asked = [entry for entry in febrl.entries("4b") if entry.given or entry.surname][:150]
    held = {
        entry.person: city.arrest(
            originals[entry.person].given, originals[entry.person].surname, originals[entry.person].born
        )
        for entry in asked
    }
    asker = officer()
    hits = [
        reference(held[entry.person].arrest.id) in found(asker, entry.name, entry.born)[:10]
        for entry in asked
    ]
    assert sum(hits) / len(hits) > 0.963


def test_a_wider_look_is_planned_with_its_values_and_nothing_after_it_is(city: City) -> None:
    settings = (
        b"SELECT current_setting('plan_cache_mode') AS plan,"
        b" current_setting('pg_trgm.similarity_threshold') AS alike"
    )
    with gateway.connection() as opened:
        opened.execute(
            "SELECT similarity('a', 'b')"
        )  # the setting is known once the extension's code is loaded
        before = gateway.read(opened, settings, [])
        opened.execute("BEGIN")
        assert gateway.look_wider(opened, settings, [], alike=0.5) == [
            {"plan": "force_custom_plan", "alike": "0.5"}
        ]
        assert gateway.read(opened, settings, [])[0]["plan"] == before[0]["plan"] == "force_generic_plan"
        opened.execute("ROLLBACK")
        assert gateway.read(opened, settings, []) == before
