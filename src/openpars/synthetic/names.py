"""Fictional people: the same key always gives the same person, in every run and on every machine.

Names are drawn from short lists of common names and from invented surnames composed of stems and endings.
Whoever comes from here is marked `invented` wherever kept. That some living person bears the same name is
chance.
"""

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from importlib import resources

from openpars.records.rules.facts import PersonFacts

_LISTS = {
    name: tuple(words.split())
    for name, words in tomllib.loads(
        resources.files("openpars.synthetic").joinpath("names.toml").read_text(encoding="utf-8")
    ).items()
}
_MEN, _WOMEN = _LISTS["men"], _LISTS["women"]
_LISTED = len(_LISTS["surnames"])
SURNAMES = _LISTS["surnames"] + tuple(
    dict.fromkeys(stem + end for stem in _LISTS["stems"] for end in _LISTS["endings"])
)
"""Every surname that a fictional person may bear; the common ones first."""

_MALE_SHARE = 0.839
"""Of people arrested (calibration §3.4: court records 2020-21)."""


@dataclass(frozen=True)
class Fictional:
    """A fictional person. `birth_date` is None where no age was given."""

    given_name: str
    middle_name: str
    surname: str
    birth_date: date | None
    sex: str

    def facts(self) -> PersonFacts:
        """As an action takes it, marked as invented."""
        return PersonFacts(
            given_name=self.given_name,
            middle_name=self.middle_name,
            surname=self.surname,
            birth_date=self.birth_date,
            sex=self.sex,
            invented=True,
        )


def fictional_person(key: str, age: int | None, on: date) -> Fictional:
    """The fictional person of `key`, who is `age` years old on the day `on`. A pure function of its
    arguments; the name depends on the key alone."""
    bits = int.from_bytes(
        blake2b(key.encode(), digest_size=16, key=b"openpars fictional person").digest(), "big"
    )
    bits, sex_draw = divmod(bits, 1000)
    male = sex_draw < 1000 * _MALE_SHARE
    given = _MEN if male else _WOMEN
    bits, first = divmod(bits, len(given))
    bits, middle = divmod(bits, len(given) * 2)
    bits, day = divmod(bits, 365)
    bits, listed = divmod(bits, 100)
    # About half bear a listed surname, the rest an invented one.
    surname = (
        SURNAMES[bits % _LISTED] if listed < 50 else SURNAMES[_LISTED + bits % (len(SURNAMES) - _LISTED)]
    )
    return Fictional(
        given[first],
        given[middle] if middle < len(given) and middle != first else "",
        surname,
        None if age is None else _born(age, on, day),
        "male" if male else "female",
    )


def _born(age: int, on: date, day: int) -> date:
    """A day on which somebody was born who is `age` on `on`: `day` (0-364) days before the youngest
    possible."""
    year = on.year - age
    # A birthday on 29 February is kept on the 28th in a common year: either way the age is right.
    latest = date(year, on.month, min(on.day, 28) if on.month == 2 else on.day)
    return latest - timedelta(days=day)
