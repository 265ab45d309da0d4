"""How likely two descriptions are of one person, in bits of evidence: Fellegi and Sunter's weights.

Each field is compared on a short scale of levels. A level's weight is log2 of how much more often two
descriptions of one person show it than those of two people do. The weights below were counted on one half of the
people of the record-linkage set febrl4 (`make match ARGS=--learn` counts them, `make match` measures them on the
other half and on febrl1-3; no row is kept here) and are read and changed like code. They rank and they suggest; they
never decide who somebody is, and a person confirms.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA, Indel

from openpars.records.rules.names import likeness

WEIGHTS: Mapping[str, Mapping[str, float]] = {
    "given": {"equal": 7.5, "near": 7.0, "alike": 5.5, "far": -0.8, "other": -3.4},
    "surname": {"equal": 7.3, "near": 7.0, "alike": 6.9, "far": -1.7, "other": -4.1},
    "birth_date": {"equal": 14.5, "one": 3.8, "two": -2.9, "other": -4.5},
    "address": {"equal": 8.0, "near": 8.0, "alike": 6.0, "far": 4.0, "other": -5.1},
    "sex": {"equal": 1.0, "other": -4.6},
    "sid": {"equal": 40.0, "other": -6.0},
}
"""Bits of evidence for one person, by field and level. A field that either side lacks weighs nothing.

Changed on review: less likeness never weighs more (in the set, near surnames are rarer than equal ones); address was
counted at up to 19 bits, but there nobody lives with anybody, and in a city families do; sex is not in the
set, and one record in fifty is taken to have it wrong. Nor is the SID: prints that come back with one number are one
person's, whatever name was given, so that it outweighs all the rest; two numbers are a slip, or one person registered
twice, about once in sixty."""

SWAPPED = -3.7
"""What it costs to read one side's names the other way round."""

OFFER = 12.0
"""The weight from which two people are offered as perhaps one; `make match` prints what that means in precision.

It is an offer: father and son of one name at one address reach it, and a person tells them apart."""

_EARLIEST = 1880
_ADDRESS = ((0.9, "near"), (0.75, "alike"), (0.6, "far"), (0.0, "other"))
_NAME = ((0.88, "near"), (0.75, "alike"), (0.6, "far"), (0.0, "other"))


@dataclass(frozen=True)
class Described:
    """What is known of a person; names and address folded (`names.fold`), empty or None where unknown. `sid` is
    the state's number of the prints."""

    given: str = ""
    surname: str = ""
    birth_date: date | None = None
    sex: str = ""
    address: str = ""
    sid: str = ""


def weight(one: Described, other: Described) -> float:
    """Bits of evidence that both describe one person; negative where they rather describe two."""
    return name_weight(one, other) + other_weight(one, other)


def name_weight(one: Described, other: Described) -> float:
    """The part of the weight that the names have, straight or swapped."""
    turned = Described(other.surname, other.given)
    return max(_names(one, other), SWAPPED + _names(one, turned))


def other_weight(one: Described, other: Described) -> float:
    """The part of the weight that everything but the names has."""
    return sum(WEIGHTS[field][level] for field, level in _rest(one, other))


def attainable(asked: Described) -> float:
    """The weight of a description that says the very same as `asked`."""
    return weight(asked, asked)


def levels(one: Described, other: Described) -> dict[str, str]:
    """The level of each field that both sides have: what the weights are counted from."""
    return dict([*_name_levels(one, other), *_rest(one, other)])


def mistyped(born: date) -> tuple[date, ...]:
    """The date itself, and the dates that one slip makes of it: a wrong digit, two neighboring digits or day and
    month changing places. In order; none before 1880, for no living person is asked about by such a date."""
    digits = _digits(born)
    made = {digits, digits[:4] + digits[6:] + digits[4:6]}
    for place in range(8):
        before, here, after = digits[:place], digits[place : place + 2], digits[place + 1 :]
        made.update(before + digit + after for digit in "0123456789")
        made.add(before + here[::-1] + digits[place + 2 :])
    dates = (_date(written) for written in made)
    return tuple(sorted(day for day in dates if day is not None))


def _names(one: Described, other: Described) -> float:
    return sum(WEIGHTS[field][level] for field, level in _name_levels(one, other))


def _name_levels(one: Described, other: Described) -> Iterator[tuple[str, str]]:
    for field, left, right in (
        ("given", one.given, other.given),
        ("surname", one.surname, other.surname),
    ):
        if left and right:
            yield field, _name_level(left, right)


def _rest(one: Described, other: Described) -> Iterator[tuple[str, str]]:
    if one.birth_date and other.birth_date:
        yield "birth_date", _date_level(one.birth_date, other.birth_date)
    if one.sex and other.sex:
        yield "sex", "equal" if one.sex == other.sex else "other"
    if one.address and other.address:
        yield "address", _address_level(one.address, other.address)
    if one.sid and other.sid:
        yield "sid", "equal" if one.sid == other.sid else "other"


def _name_level(left: str, right: str) -> str:
    if left == right:
        return "equal"
    found = likeness(left, right)
    return next(level for least, level in _NAME if found >= least)


def _date_level(left: date, right: date) -> str:
    if left == right:
        return "equal"
    one, other = _digits(left), _digits(right)
    if one[:4] + one[6:] + one[4:6] == other:
        return "one"
    return {1: "one", 2: "two"}.get(OSA.distance(one, other, score_cutoff=2), "other")


def _address_level(left: str, right: str) -> str:
    if left == right:
        return "equal"
    found = Indel.normalized_similarity(" ".join(sorted(left.split())), " ".join(sorted(right.split())))
    return next(level for least, level in _ADDRESS if found >= least)


def _digits(day: date) -> str:
    return day.isoformat().replace("-", "")


def _date(digits: str) -> date | None:
    try:
        made = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
    return made if made.year >= _EARLIEST else None
