"""From a question to a governed answer: search by name, date and number; open; list; receipts."""

from datetime import date

import pytest

from openpars import clock
from openpars.agreements.rules.terms import Grant, Rows
from openpars.disclosure import actions, queries
from openpars.errors import NotPermitted, RequestMalformed
from openpars.records import actions as records
from openpars.translog import actions as log
from openpars.translog import signers
from tests.integration.disclosure.city import City, permit, under

CASE = "N-2031-17"


def ask(asker, **question):
    return actions.search(asker=asker, purpose="CrimeInvestigation", case_number=CASE, **question)


def test_an_agency_is_answered_with_the_permitted_elements_only(city: City) -> None:
    held = city.arrest("Odalys", "Quimby", date(1988, 4, 17), birth_place="XX", address="1 Invented Street")
    asker, _ = under()
    answer = ask(asker, name="Quimby, Odalys", birth_date="1988-04-17")
    mine = next(record for record in answer.results if record["arrest"] == str(held.arrest.id))
    assert set(mine) == {
        "arrest", "given_name", "middle_name", "surname", "suffix", "birth_date", "otn", "arrested_at",
        "lead_charge", "custody_state",
    }  # fmt: skip
    assert (mine["surname"], mine["birth_date"]) == ("Quimby", "1988-04-17")


@pytest.mark.parametrize(
    ("recorded", "asked"),
    [
        (("Odalys", "Quimby"), "Qimby, Odalys"),
        (("Odalys", "Quimby"), "Quimby, Odayls"),
        (("Quimby", "Odalys"), "Quimby, Odalys"),
        (("Zoé", "Nuñez"), "Nunez, Zoe"),
        (("Ana", "Vela-Quint"), "Vela Quint, Ana"),
        (("Ana", "Vela-Quint"), "Vela, Ana"),
        (("Bríd", "O'Dwyer"), "ODwyer, Brid"),
    ],
)
def test_a_person_is_found_in_spite_of(city: City, recorded: tuple[str, str], asked: str) -> None:
    held = city.arrest(*recorded, date(1979, 11, 2))
    asker, _ = under(permit(results_per_request=20))
    found = ask(asker, name=asked, birth_date="1979-11-02").results
    assert str(held.arrest.id) in [record["arrest"] for record in found]


def test_a_date_of_birth_is_exact_unless_a_tolerance_is_asked_for(city: City) -> None:
    held = city.arrest("Mirela", "Stanchfield", date(1990, 6, 30))
    asker, _ = under()
    reference = str(held.arrest.id)
    near = ask(asker, name="Stanchfield, Mirela", birth_date="1990-12-30")
    assert reference not in [record["arrest"] for record in near.results]
    tolerant = ask(asker, name="Stanchfield, Mirela", birth_date="1990-12-30", tolerance_years=1)
    assert reference in [record["arrest"] for record in tolerant.results]


@pytest.mark.parametrize("written", ["Z123456-7", "z 123456-7", "Z1234567"])
def test_a_number_is_read_in_any_of_its_forms(city: City, written: str) -> None:
    held = city.arrest(otn="Z1234567")
    asker, _ = under(permit(results_per_request=50))
    found = ask(asker, number=written).results
    assert str(held.arrest.id) in [record["arrest"] for record in found]


def test_opening_shows_what_hangs_on_the_arrest(city: City) -> None:
    held = city.arrest()
    asker, _ = under()
    answer = actions.open_arrest(
        asker=asker, purpose="CrimeInvestigation", case_number=CASE, arrest=held.arrest.id
    )
    assert [charge["grade"] for charge in answer.results[0]["charge"]] == ["F1", "M2"]
    assert set(answer.results[0]["charge"][0]) == {"statute", "grade"}


def test_absent_and_not_shown_are_the_same_answer(city: City) -> None:
    hidden = city.arrest(juvenile=True)
    asker, _ = under()
    answers = [
        actions.open_arrest(asker=asker, purpose="CrimeInvestigation", case_number=CASE, arrest=reference)
        for reference in (hidden.arrest.id, "5a0a9d2e-0000-4000-8000-000000000000")
    ]
    comparable = [{k: v for k, v in a.body.items() if k not in ("disclosure", "as_of")} for a in answers]
    assert comparable[0] == comparable[1]
    assert answers[0].results == []


def test_a_search_without_a_hit_is_recorded_too(city: City) -> None:
    asker, _ = under()
    answer = ask(asker, name="Nobodyatall, Xerxes", birth_date="1901-01-01")
    assert answer.results == []
    assert queries.counted(user=asker.user_id, since=clock.now().replace(year=2020)).disclosures == 1


def test_every_answer_and_every_refusal_has_a_receipt(city: City) -> None:
    city.arrest()
    asker, _ = under()
    answer = ask(asker, name="Quimby, Odalys", birth_date="1988-04-17")
    with pytest.raises(NotPermitted) as refusal:
        ask(asker, number="MC-51-CR-0001234-2031")
    while log.integrate(signer=signers.configured(), at=clock.now()).added:
        pass
    for reference in (answer.disclosure, refusal.value.reference):
        text = queries.receipt_of(reference, asker=asker.user_id).text
        assert text is not None
        assert text.startswith("c2sp.org/tlog-proof@v1\n")


def test_a_days_limit_is_a_limit(city: City) -> None:
    asker, _ = under(permit(requests_per_person_per_day=2))
    for _ in range(2):
        ask(asker, number="Z0000001")
    with pytest.raises(NotPermitted):
        ask(asker, number="Z0000001")


@pytest.mark.parametrize(
    ("question", "field"),
    [
        ({}, "name"),
        ({"name": "!!!"}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "a\x00b"}, "name"),
        ({"birth_date": "31/12/1990"}, "birth_date"),
        ({"birth_date": "1790-01-01"}, "birth_date"),
        ({"name": "A B", "tolerance_years": 2}, "tolerance_years"),
        ({"name": "A B", "birth_date": "1990-01-01", "tolerance_years": -1}, "tolerance_years"),
        ({"number": "no number"}, "number"),
        ({"number": "Z1234567", "elements": []}, "elements"),
        ({"number": "Z1234567", "elements": "name"}, "elements"),
    ],
)
def test_a_malformed_question_names_its_field_and_repeats_no_value(city: City, question, field: str) -> None:
    asker, _ = under()
    with pytest.raises(RequestMalformed) as error:
        ask(asker, **question)
    assert field in [problem.where for problem in error.value.problems]
    for value in question.values():
        assert not isinstance(value, str) or len(value) < 8 or value not in str(error.value)


def test_a_permit_that_names_victims_opens_the_wall_for_them_alone(city: City) -> None:
    held = city.arrest()
    records.add_victim(
        incident=held.arrest.incident_id,
        name="Perpetua Invented",
        birth_date=date(2001, 2, 3),
        contact="by the duty desk",
        by="test",
        at=clock.now(),
    )
    rule = permit(
        elements=(Grant("otn"), Grant("victim_name"), Grant("victim_contact")),
        rows=Rows(victims_and_witnesses=True),
        ask_by=(),
        tolerance_years=0,
    )
    asker, _ = under(rule)
    answer = actions.open_arrest(
        asker=asker, purpose="CrimeInvestigation", case_number=CASE, arrest=held.arrest.id
    )
    assert answer.results[0]["victim"] == [
        {"victim_name": "Perpetua Invented", "victim_contact": "by the duty desk"}
    ]
    assert "witness" not in answer.results[0]
