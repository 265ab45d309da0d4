"""From an answer's values to words."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import showing
from openpars.records.rules.elements import CATALOGUE, Relation


def body(elements: list[str], **result: object) -> dict:
    return {"agreement": {"clause": "3.2"}, "elements": elements, "results": [{"arrest": "r", **result}]}


def test_generalized_values_are_marked_with_the_clause() -> None:
    (shape,) = showing.shapes(body(["birth_date:year", "address:zip"], birth_year=1988, zip="00017"))
    assert [(field.text, field.note) for field in shape.fields] == [
        ("1988", "year only, clause 3.2"),
        ("00017", "ZIP code only, clause 3.2"),
    ]


@given(st.sets(st.sampled_from([name for name, e in CATALOGUE.items() if e.relation is Relation.ARREST])))
def test_only_granted_elements_have_a_line_even_if_more_came(granted: set[str]) -> None:
    everything = {column.name: "x" for element in CATALOGUE.values() for column in element.columns}
    (shape,) = showing.shapes(body(sorted(granted), **everything))
    assert len(shape.fields) == len(granted)
    assert shape.tables == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "—"),
        ("", "—"),
        (True, "yes"),
        (3, "3"),
        ("2026-11-20", "November 20, 2026"),
        ("2026-13-20", "2026-13-20"),
        ("2026-07-04T16:05:00Z", "July 4, 2026, 12:05 p.m."),
        ("2026-11-20T05:00:00.123Z", "Nov. 20, 2026, 12:00 a.m."),
    ],
)
def test_values_in_words(value: object, text: str) -> None:
    assert showing.words(value)[0] == text


@given(st.text(max_size=40))
def test_any_text_has_words(text: str) -> None:
    assert isinstance(showing.words(text)[0], str)


def test_amounts_names_and_codes() -> None:
    (shape,) = showing.shapes(
        body(
            ["name", "arrest_category", "bail_amount"],
            given_name="Odalys", middle_name="", surname="Quimby", suffix="", arrest_category="O",
            bail=[{"bail_amount": "2500.00"}, {"bail_amount": None}],
        )
    )  # fmt: skip
    assert shape.heading == "Quimby, Odalys"
    assert [field.text for field in shape.fields] == ["Quimby, Odalys", "on view"]
    assert [row[0].text for row in shape.tables[0].rows] == ["$2,500.00", "—"]


def test_the_day_begins_at_the_citys_midnight() -> None:
    at = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
    assert showing.midnight(at).astimezone(UTC) == datetime(2026, 11, 23, 5, 0, tzinfo=UTC)


def test_a_list_is_shown_by_its_parts() -> None:
    assert showing.words([])[0] == "—"
    assert showing.words(["Officer One", "Officer Two"])[0] == "Officer One, Officer Two"
