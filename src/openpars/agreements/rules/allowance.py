"""How often on one day, and how much: the limits of permits, added up where several permits answer the same.

The guard counts each permit apart, so a clause that is split in two has its limit twice. One version allows no more
than another where each of its permits has one of the other's that stands for it: that answers all that it answers, and
whose limits hold those of all that it stands for. Where no such choice is found it counts as more: this errs to that
side alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf
from typing import NamedTuple

from openpars.agreements.rules import reach
from openpars.agreements.rules.dimensions import DIMENSIONS
from openpars.agreements.rules.reach import Box, Scale
from openpars.agreements.rules.terms import Agreement, Permit

_PURPOSE, _WAY = (list(DIMENSIONS).index(name) for name in ("purpose", "way"))
_TRIES = 5_000
"""How many choices are looked at: texts that need more are nobody's honest narrowing."""


class Allowance(NamedTuple):
    """Most requests of one person, of the agency, and most results, on one day."""

    person: float
    agency: float
    results: float

    @classmethod
    def of(cls, permit: Permit) -> "Allowance":
        """The permit's, each limit no looser than the others make it."""
        person, agency, results = (
            inf if limit is None else limit
            for limit in (permit.requests_per_person_per_day, permit.requests_per_day, permit.results_per_day)
        )
        return cls(min(person, agency), agency, min(results, agency * permit.results_per_request))

    def holds(self, other: "Allowance") -> bool:
        """Whether all of `other` is within it."""
        return all(mine >= theirs for mine, theirs in zip(self, other, strict=True))

    def less(self, other: "Allowance") -> "Allowance":
        """What is left when `other` is used."""
        return Allowance(*(m if m == inf else m - t for m, t in zip(self, other, strict=True)))


NO_LIMIT = Allowance(inf, inf, inf)


@dataclass(frozen=True)
class _Need:
    """Part of what a permit of the one version answers, and which permits of the other answer all of that."""

    permit: int
    allowance: Allowance
    choices: tuple[int, ...]


def exceeds(one: Agreement, other: Agreement, points: Scale) -> bool:
    """Whether somebody may ask more often on a day under `one`, or be shown more. What is told of events is neither."""
    held = [(Allowance.of(permit), _asked(boxes)) for permit, boxes in reach.by_permit(other, points)]
    if all(allowance == NO_LIMIT for allowance, _ in held):
        return False
    needs = [
        need
        for place, (permit, boxes) in enumerate(reach.by_permit(one, points))
        for need in _needs(place, Allowance.of(permit), boxes, held)
    ]
    return not _Search([allowance for allowance, _ in held]).met(needs)


def _asked(boxes: Sequence[Box]) -> list[Box]:
    """The boxes without events, one for each purpose and kind of request."""
    return [
        (*box[:_PURPOSE], frozenset({purpose}), *box[_PURPOSE + 1 : _WAY], frozenset(ways), *box[_WAY + 1 :])
        for box in boxes
        for purpose in sorted(box[_PURPOSE])
        for kind, ways in groupby(sorted(box[_WAY], key=lambda way: way.kind), lambda way: way.kind)
        if kind != "event"
    ]


def _needs(
    place: int, allowance: Allowance, boxes: Sequence[Box], held: Sequence[tuple[Allowance, Sequence[Box]]]
) -> Iterator[_Need]:
    for part in _asked(boxes):
        choices = [n for n, (_, limits) in enumerate(held) if not reach.outside(part, limits)]
        if not any(held[n][0] == NO_LIMIT for n in choices):
            yield _Need(place, allowance, tuple(choices))


class _Search:
    """A choice of who stands for whom, sought one need after the other."""

    def __init__(self, left: list[Allowance]) -> None:
        self.left = left
        self.charged: set[tuple[int, int]] = set()
        self.tries = 0

    def met(self, needs: Sequence[_Need]) -> bool:
        """Whether every need can be met. A permit is charged once with what it stands for, however often it does."""
        self.tries += 1
        if not needs or self.tries > _TRIES:
            return not needs
        need, others = needs[0], needs[1:]
        if any((need.permit, choice) in self.charged for choice in need.choices):
            return self.met(others)
        for choice in need.choices:
            if self.left[choice].holds(need.allowance):
                before = self.left[choice]
                self.left[choice] = before.less(need.allowance)
                self.charged.add((need.permit, choice))
                if self.met(others):
                    return True
                self.left[choice] = before
                self.charged.remove((need.permit, choice))
        return False
