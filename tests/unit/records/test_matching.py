"""The weights of records.rules.matching. Everybody here is invented."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules import matching
from openpars.records.rules.matching import Described, attainable, levels, mistyped, weight
from openpars.records.rules.names import fold

ODALYS = Described("odalys", "quimby", date(1988, 4, 17), "F", "12 made up row 00000", "1")
ORDER = ("equal", "near", "alike", "far", "one", "two", "other")

words = st.text(max_size=12).map(fold)
dates = st.none() | st.dates(date(1880, 1, 1), date(2030, 12, 31))
people = st.builds(
    Described, words, words, dates, st.sampled_from(["", "F", "M"]), words, st.sampled_from(["", "1", "2"])
)


@given(people, people)
def test_law_nobody_fits_better_than_the_same_again(one: Described, other: Described) -> None:
    assert weight(one, other) <= attainable(one)
    assert attainable(one) >= 0


def test_less_likeness_never_weighs_more() -> None:
    for field, scale in matching.WEIGHTS.items():
        ordered = [scale[level] for level in ORDER if level in scale]
        assert ordered == sorted(ordered, reverse=True), field
        assert set(scale) <= set(ORDER)


@given(people, people)
def test_every_level_has_its_weight(one: Described, other: Described) -> None:
    for field, level in levels(one, other).items():
        assert level in matching.WEIGHTS[field]


@pytest.mark.parametrize(
    "changes",
    [
        {"surname": "qimby"},
        {"given": "odayls", "birth_date": date(1988, 4, 11)},
        {"given": "quimby", "surname": "odalys"},
        {"birth_date": None},
        {"birth_date": date(1898, 4, 17)},
        {"address": "elsewhere 1"},
        {"surname": "vandermolen"},
        {"given": "", "address": ""},
        {"sid": "2"},
        {
            "given": "ilse",
            "surname": "vandermolen",
            "birth_date": date(1961, 2, 3),
            "sex": "M",
            "address": "9 far",
        },
    ],
)
def test_a_person_written_down_twice_is_offered(changes: dict[str, object]) -> None:
    assert weight(replace(ODALYS, **changes), ODALYS) >= matching.OFFER


@pytest.mark.parametrize(
    "other",
    [
        Described("odalys", "quimby", date(1961, 12, 30), "F"),
        Described("tobiah", "quimby", date(2009, 1, 2), "M", ODALYS.address),
        Described("ilse", "vandermolen", date(1988, 4, 17), "F", "7 other lane"),
        Described("", "quimby"),
        Described(),
    ],
)
def test_a_namesake_a_relative_and_a_birthday_are_not(other: Described) -> None:
    assert weight(ODALYS, other) < matching.OFFER


@given(st.dates(date(1880, 1, 1), date(2099, 12, 31)), st.data())
def test_law_a_slip_is_one_step_of_the_scale_and_can_be_undone(born: date, data: st.DataObject) -> None:
    slips = mistyped(born)
    assert born in slips
    assert list(slips) == sorted(set(slips))
    slip = data.draw(st.sampled_from(slips))
    assert born in mistyped(slip)
    assert levels(Described(birth_date=born), Described(birth_date=slip))["birth_date"] in ("equal", "one")


@given(st.dates(date(1900, 1, 1), date(2020, 12, 31)), st.integers(-40000, 40000))
def test_law_what_is_one_slip_away_is_listed(born: date, days: int) -> None:
    other = max(born + timedelta(days), date(1880, 1, 1))
    step = levels(Described(birth_date=born), Described(birth_date=other))["birth_date"]
    assert (other in mistyped(born)) == (step in ("equal", "one"))
