"""The catalogue of offenses for the booking desk, and how one is found while it is typed.

The offenses are data (`statutes.toml`, with its source and version): section, caption, grades, kind. The
catalogue helps; it does not bind: a statute that is not in it can be charged.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from openpars.errors import IdentifierMalformed
from openpars.records.rules.grades import OffenseKind
from openpars.records.rules.identifiers import Statute
from openpars.records.rules.names import fold


@dataclass(frozen=True)
class Offense:
    """One offense. `written` is the section as lawyers cite it; `statute` the same, parsed; `grades` the usual
    one first, empty where the law gives none; `known_as` other words for it."""

    statute: Statute
    written: str
    words: str
    grades: tuple[str, ...]
    kind: OffenseKind
    known_as: str = ""

    @property
    def grade(self) -> str:
        """The usual grade; empty where there is none."""
        return self.grades[0] if self.grades else ""


@dataclass(frozen=True)
class _Shelf:
    """An offense as the search sees it: folded words, each after a space; the number without its marks."""

    offense: Offense
    words: str
    number: str
    place: int
    """Its rank among the frequent charges, then in the order of the file."""


def _read() -> tuple[dict[str, Any], tuple[Offense, ...]]:
    data = tomllib.loads(files(__package__).joinpath("statutes.toml").read_text("utf-8"))
    return data, tuple(
        Offense(Statute.parse(written), written, words, tuple(grades.split()), OffenseKind(kind), known_as)
        for kind, rows in data["offenses"].items()
        for written, words, grades, known_as in rows
    )


_DATA, CATALOGUE = _read()
VERSION: str = _DATA["version"]
SOURCE: str = _DATA["source"]

_BY_STATUTE = {offense.statute: offense for offense in CATALOGUE}
OFTEN = {Statute.parse(written): place for place, written in enumerate(_DATA["often"])}
_CITING = re.compile(r"\b(?:pa\.? ?c\.? ?s\.?(?:a\.?)?|p\.? ?s\.?)(?=[\s§\d]|$)|§+", re.IGNORECASE)
_TYPED_LIMIT = 80


def by_statute(text: str) -> Offense | None:
    """The offense of a statute written in any form, or None: unknown, or not a statute."""
    try:
        return _BY_STATUTE.get(Statute.parse(text))
    except IdentifierMalformed:
        return None


def kind_of(text: str) -> OffenseKind:
    """What an offense is about: by its statute, else by its section; OTHER where neither is known."""
    try:
        given = Statute.parse(text)
    except IdentifierMalformed:
        return OffenseKind.OTHER
    if exact := _BY_STATUTE.get(given):
        return exact.kind
    same = (each for each in CATALOGUE if each.statute.section == given.section)
    return next((each.kind for each in same if each.statute.title == given.title), OffenseKind.OTHER)


@lru_cache(maxsize=1024)
def find(text: str, limit: int = 10) -> tuple[Offense, ...]:
    """The offenses that somebody who typed `text` may mean, best first, at most `limit`.

    By number: what was typed begins the section, with the title or without ("2702", "18 2702", "780-113(a)").
    By words: every typed word begins a word of the caption or of a common name ("agg ass", "PWID"). Both may
    be mixed ("2702 officer"). Nothing typed, nothing found.
    """
    typed = _CITING.sub(" ", text[:_TYPED_LIMIT])
    whole = _digits(typed) if typed.strip()[:1].isdigit() else ""
    tokens = typed.split()
    number = _digits("".join(token for token in tokens if token[0].isdigit()))
    words = fold(" ".join(token for token in tokens if not token[0].isdigit())).split()
    if not (number or words):
        return ()
    found = [
        (rank, shelf.place, shelf.offense)
        for shelf in _SHELVES
        if (rank := _rank(shelf, whole, number, words)) is not None
    ]
    return tuple(offense for _, _, offense in sorted(found, key=lambda each: each[:2])[:limit])


def _rank(shelf: _Shelf, whole: str, number: str, words: list[str]) -> int | None:
    """How well an offense fits: 0 is the number itself; None is not at all."""
    ways = (shelf.number, f"{shelf.offense.statute.title}{shelf.number}")
    if whole and any(way.startswith(whole) for way in ways):
        return 0 if whole in ways else 1
    if number and not any(way.startswith(number) for way in ways):
        return None
    if not all(f" {word}" in shelf.words for word in words):
        return None
    if f" {' '.join(words)} " in f"{shelf.words} ":
        return 2
    return 3 if shelf.words.startswith(f" {' '.join(words[:1])}") else 4


def _digits(text: str) -> str:
    return "".join(letter for letter in text.lower() if letter.isalnum())


def _shelve(place: int, offense: Offense) -> _Shelf:
    statute = offense.statute
    return _Shelf(
        offense,
        f" {fold(f'{offense.words} {offense.known_as}')}",
        _digits(statute.section + statute.subsections),
        OFTEN.get(statute, len(OFTEN) + place),
    )


_SHELVES = tuple(_shelve(place, offense) for place, offense in enumerate(CATALOGUE))
