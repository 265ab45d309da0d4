"""What changes from one wording of a clause to another, in words: prohibitions, duties, thresholds, powers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from openpars.agreements.rules.terms import Duty, Power, Prohibition, Threshold
from openpars.agreements.rules.vocabulary import (
    CONSEQUENCES,
    DUTIES,
    MEASURES,
    OFFICES,
    PROHIBITABLE,
    SHAPES,
    VERBS,
)
from openpars.agreements.rules.wording import counted, listed
from openpars.records.rules.elements import CATALOGUE

Part = tuple[str, str, Any]
"""A change within a part of an agreement: clause, words, and the part after it."""


def texts(old: Any, new: Any) -> Iterator[Part]:
    """The words of a clause that is nothing but words."""
    if old.text != new.text:
        yield new.clause, f"The words change: {new.text}", replace(old, text=new.text)


def _prohibited(kind: str, word: str) -> str:
    words = {"purposes": PROHIBITABLE, "shapes": SHAPES}
    if kind == "elements":
        return f"being shown the {CATALOGUE[word].words}"
    return f"asking for {words[kind][word]}" if kind == "purposes" else words[kind][word]


def all_prohibited(p: Prohibition) -> str:
    """All that a prohibition names."""
    kinds = ("purposes", "elements", "shapes")
    return listed([_prohibited(kind, word) for kind in kinds for word in getattr(p, kind)], "or")


def prohibition(old: Prohibition, new: Prohibition) -> Iterator[Part]:
    """A prohibition, word by word."""
    for kind in ("purposes", "elements", "shapes"):
        was, now = getattr(old, kind), getattr(new, kind)
        for word in (word for word in now if word not in was):
            old = _with(old, kind, (*getattr(old, kind), word))
            yield new.clause, f"Now prohibited: {_prohibited(kind, word)}.", old
        for word in (word for word in was if word not in now):
            old = _with(old, kind, tuple(one for one in getattr(old, kind) if one != word))
            yield new.clause, f"No longer prohibited: {_prohibited(kind, word)}.", old
    yield from texts(old, new)


def _with(p: Prohibition, kind: str, words: tuple[str, ...]) -> Prohibition:
    changed: dict[str, Any] = {kind: words}
    return replace(p, **changed)


def duty(old: Duty, new: Duty) -> Iterator[Part]:
    """A duty: what it is, when it is due, its words."""
    if old.kind != new.kind:
        old = replace(old, kind=new.kind)
        yield new.clause, f"The duty is now to {DUTIES[new.kind]}.", old
    if old.within_hours != new.within_hours:
        due, before = (
            "at no set time" if one.within_hours is None else f"within {counted(one.within_hours, 'hour')}"
            for one in (new, old)
        )
        old = replace(old, within_hours=new.within_hours)
        yield new.clause, f"The duty to {DUTIES[new.kind]} is due {due}; before, {before}.", old
    yield from texts(old, new)


def threshold_words(t: Threshold) -> str:
    """A threshold in words."""
    return f"at {t.at_least:,} {MEASURES[t.measure]} comes {CONSEQUENCES[t.then]}"


def threshold(old: Threshold, new: Threshold) -> Iterator[Part]:
    """A threshold."""
    if replace(old, clause=new.clause) != new:
        made = replace(new, clause=old.clause)
        yield new.clause, f"Now {threshold_words(new)}; before, {threshold_words(old)}.", made


def power_words(p: Power) -> str:
    """A power in words."""
    roles = ", ".join(sorted(p.roles))
    return f"{OFFICES[p.office]} ({roles}) may {listed([VERBS[verb] for verb in p.verbs])}"


def power(old: Power, new: Power) -> Iterator[Part]:
    """A power: for whom, and verb by verb."""
    if (old.office, old.roles) != (new.office, new.roles):
        old = replace(old, office=new.office, roles=new.roles)
        yield new.clause, f"This is now for {OFFICES[new.office]} ({', '.join(sorted(new.roles))}).", old
    for verb in (verb for verb in new.verbs if verb not in old.verbs):
        old = replace(old, verbs=(*old.verbs, verb))
        yield new.clause, f"They may now {VERBS[verb]}.", old
    for verb in (verb for verb in old.verbs if verb not in new.verbs):
        old = replace(old, verbs=tuple(one for one in old.verbs if one != verb))
        yield new.clause, f"They may no longer {VERBS[verb]}.", old
