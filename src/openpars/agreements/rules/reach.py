"""What an agreement can disclose at all, as a set that can be compared with another version's, exactly.

A permit's conditions are independent of each other (this purpose, that way of asking, those arrests), so what it
reaches is a box: a set of values in each dimension. A version reaches the union of its permits' boxes. Whether one
version reaches beyond another is then a question of subtracting boxes, and whatever is left over holds a case to show:
no case needs to be guessed.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from openpars.agreements.rules.dimensions import DIMENSIONS, Case
from openpars.agreements.rules.safeguards import SILENT
from openpars.agreements.rules.terms import Agreement, Permit

Box = tuple[frozenset[Any], ...]
"""A set of values for each field of a case."""


@dataclass(frozen=True, eq=False)
class Scale:
    """The points of each dimension, the most ordinary first. One is itself alone: what was found over it is remembered,
    and to compare it point by point would cost more than to find it."""

    listed: tuple[tuple[Any, ...], ...]


def scale(*versions: Agreement) -> Scale:
    """The points that these versions tell apart, and so does any version made of their words."""
    return Scale(tuple(tuple(dict.fromkeys(d.points(versions))) for d in DIMENSIONS.values()))


def beyond(new: Agreement, old: Agreement, points: Scale) -> Case | None:
    """A case that `new` discloses and `old` does not; None where there is none."""
    limits = reach(old, points)
    for box in reach(new, points):
        if left := outside(box, limits):
            return Case(
                *(
                    next(p for p in listed if p in held)
                    for listed, held in zip(points.listed, left[0], strict=True)
                )
            )
    return None


def outside(box: Box, limits: Sequence[Box]) -> list[Box]:
    """What of `box` is in none of `limits`."""
    left = [box]
    for limit in limits:
        left = [part for one in left for part in _without(one, limit)]
        if not left:
            break
    return left


def reach(agreement: Agreement, points: Scale) -> list[Box]:
    """The boxes of all that the agreement discloses, over these points."""
    return [box for _, parts in by_permit(agreement, points) for box in parts]


def by_permit(agreement: Agreement, points: Scale) -> Iterator[tuple[Permit, list[Box]]]:
    """Each permit with the boxes in which it is the one that answers: none where another always comes first."""
    before: list[tuple[Permit, Box]] = []
    for permit in agreement.permits:
        taken, whole = _boxes(replace(agreement, permits=(permit,), **_SAYS_NOTHING_HERE), points)
        parts = [whole] if all(whole) else []
        for earlier, gone in before:
            if _takes(agreement, earlier, permit):
                parts = [left for part in parts for left in _without(part, gone)]
        before.append((permit, taken))
        yield permit, parts


def _takes(agreement: Agreement, earlier: Permit, later: Permit) -> bool:
    """Whether a request that asks for all that `later` gives, word by word, is one that `earlier` can answer: the
    first permit that fits decides, so that nobody comes to the later one."""
    known = {word for grant in agreement.granted(earlier) for word in (grant.element, grant.spelling)}
    return all(grant.spelling in known for grant in agreement.granted(later))


def _without(box: Box, taken: Box) -> Iterator[Box]:
    """The parts of `box` outside `taken`, none overlapping another."""
    if any(held.isdisjoint(gone) for held, gone in zip(box, taken, strict=True)):
        yield box
        return
    for place, gone in enumerate(taken):
        if left := box[place] - gone:
            yield (*box[:place], left, *box[place + 1 :])
            box = (*box[:place], box[place] & gone, *box[place + 1 :])


_SAYS_NOTHING_HERE: Mapping[str, Any] = {
    "identifier": "", "version": 0, "title": "", "statement": "", "votes_needed": 0, "duties": (), "thresholds": (),
    "notices": (), "fee": None, "law": (), "powers": (), "consultation_days": 0, "safeguards": SILENT,
}  # fmt: skip


@lru_cache(maxsize=1024)
def _boxes(alone: Agreement, points: Scale) -> tuple[Box, Box]:
    """The requests that fall under the one permit of this agreement, and what of them it covers."""
    (permit,) = alone.permits
    taken = tuple(
        frozenset(point for point in listed if dimension.takes(alone, permit, point))
        for dimension, listed in zip(DIMENSIONS.values(), points.listed, strict=True)
    )
    covered = tuple(
        frozenset(point for point in held if dimension.shows(alone, permit, point))
        for dimension, held in zip(DIMENSIONS.values(), taken, strict=True)
    )
    return taken, covered
