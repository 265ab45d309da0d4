"""An agreement's tabs: what they see, what changed, how it is used."""

from dataclasses import replace
from datetime import date

from openpars.agreements.rules.terms import Grant
from tests.factories import agencies as made
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, permit
from tests.integration.portal.test_portal_pages import logged_in


def test_what_they_see_names_the_hidden_left_and_shows_the_rest_right() -> None:
    somebody = made.user()
    text = agreement(
        somebody.ori,
        permit(elements=(Grant("name"), Grant("birth_date", "year")), ask_by=(), tolerance_years=0),
    )
    number = enforce(text)
    page = logged_in(somebody).get(f"/agreements/{number}/see/").content.decode()
    assert "2 of " in page
    assert '1991 <span class="coarse">(year only, clause 3.1)</span>' in page
    assert "April 17, 1991" in page
    assert 'Place of birth <span class="sight__why">not shown</span>' in page
    assert "Dana Example does not exist" in page


def test_rows_that_hide_the_arrest_say_why_and_show_nothing() -> None:
    somebody = made.user()
    number = enforce(agreement(somebody.ori, permit(elements=(Grant("name"),), ask_by=(), tolerance_years=0)))
    client = logged_in(somebody)
    page = client.get(f"/agreements/{number}/see/", {"of": "juvenile", "clause": "3.1"}).content.decode()
    assert "Nothing of this record is shown" in page
    assert "arrests of juveniles are not shown" in page
    strange = client.get(f"/agreements/{number}/see/", {"of": "<script>", "clause": "'"})
    assert strange.status_code == 200
    assert b"<script>'" not in strange.content


def test_the_limits_beside_a_text_are_all_that_it_sets() -> None:
    somebody = made.user()
    limits = {
        "results_per_request": 5, "requests_per_person_per_day": 60, "requests_per_day": 300, "results_per_day": 500,
    }  # fmt: skip
    number = enforce(agreement(somebody.ori, permit(**limits)))
    page = logged_in(somebody).get(f"/agreements/{number}/").content.decode()
    _, _, box = page.partition("<h2>Limits</h2>")
    assert all(f" {limit} " in box for limit in limits.values())


def test_changes_are_told_against_the_version_before() -> None:
    somebody = made.user()
    old = agreement(somebody.ori, permit(elements=(Grant("name"),), ask_by=(), tolerance_years=0))
    first = enforce(old)
    client = logged_in(somebody)
    assert "This is the first version" in client.get(f"/agreements/{first}/changes/").content.decode()
    wider = replace(old.permits[0], elements=(Grant("name"), Grant("race")))
    second = enforce(replace(old, version=old.version + 1, permits=(wider,)))
    page = client.get(f"/agreements/{second}/changes/").content.decode()
    assert "Against version 1 this version widens" in page
    assert "Shown too: race." in page
    assert "The race of a person arrested: not shown before, shown now." in page


def test_use_is_counted_clause_by_clause() -> None:
    from openpars.disclosure import actions
    from openpars.disclosure.rules.request import Asker

    City().arrest("Odalys", "Quimby", date(1988, 4, 17))
    somebody = made.user()
    number = enforce(
        agreement(
            somebody.ori,
            permit(
                elements=(Grant("name"), Grant("birth_date")), ask_by=(frozenset({"name", "birth_date"}),)
            ),
        )
    )
    for _ in range(2):
        actions.search(
            asker=Asker(somebody.id, somebody.ori, None),
            purpose=PURPOSE,
            case_number="N-1",
            name="Quimby, Odalys",
            birth_date="1988-04-17",
        )
    page = logged_in(somebody).get(f"/agreements/{number}/use/").content.decode()
    assert '<td data-label="Answers">2</td>' in page
    assert '<td data-label="Most by one person in a day">2</td>' in page


def test_an_agreement_that_there_is_not_has_no_tabs() -> None:
    client = logged_in(made.user())
    for tab in ("see", "changes", "use"):
        assert client.get(f"/agreements/999/{tab}/").status_code == 404
