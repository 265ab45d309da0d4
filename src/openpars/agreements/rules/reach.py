"""What an agreement can disclose at all, as a set that can be compared with another version's, exactly.

A permit's conditions are independent of each other (this purpose, that way of asking, those arrests, so many a day),
so what it reaches is a box: a set of values in each dimension. A version reaches the union of its permits' boxes.
Whether one version reaches beyond another is then a question of subtracting boxes, and whatever is left over holds a
case to show: no case needs to be guessed. Values that no word of either version tells apart are one point.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from itertools import chain, combinations
from typing import Any, NamedTuple

from openpars.agencies.rules import ROLES
from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.rows import charged
from openpars.agreements.rules.terms import Agreement, Grant, Permit
from openpars.agreements.rules.vocabulary import REQUIREMENTS

CHARGES = (frozenset({"approved"}), frozenset({"pending"}), frozenset({"declined"}), frozenset[str]())
"""Statuses of an arrest's charges that some rows tell apart."""


class Asker(NamedTuple):
    """Of which agency somebody asks; office and role count for the owners' people."""

    ori: str
    office: str | None
    role: str | None


class Way(NamedTuple):
    """A way of asking: the kind, the keys given (of an `event`: the event), and how many years a date of birth may be
    off."""

    kind: str
    keys: frozenset[str] = frozenset()
    tolerance: int = 0

    def request(self) -> dict[str, Any]:
        """What a request says that asks this way."""
        named = {"events" if self.kind == "event" else "keys": self.keys}
        return {"kind": self.kind, "tolerance_years": self.tolerance, **named}


class Case(NamedTuple):
    """One thing that may be shown: to whom and when, asked how and for what, about which arrest. `met` are the
    requirements that the request meets; `fact` is the element, whole or coarser; it stands in the `result`-th result
    of the `request`-th request of that person on that day."""

    moment: datetime
    asker: Asker
    purpose: str
    way: Way
    met: frozenset[str]
    fact: Grant
    juvenile: bool
    limited_access: bool
    charges: frozenset[str]
    district: str
    days: int
    own_client: bool
    result: int
    request: int


Box = tuple[frozenset[Any], ...]
"""A set of values for each field of a case."""

Versions = tuple[Agreement, ...]


@dataclass(frozen=True)
class Dimension:
    """One field of a case: the values that `versions` tell apart, the most ordinary first, and which of them a permit
    covers. `asked`: the decision looks at it when it chooses the permit."""

    points: Callable[[Versions], Iterable[Hashable]]
    covers: Callable[[Agreement, Permit, Any], bool]
    asked: bool = False


Scale = tuple[tuple[Any, ...], ...]
"""The points of each dimension, the most ordinary first."""


def scale(*versions: Agreement) -> Scale:
    """The points that these versions tell apart, and so does any version made of their words."""
    return tuple(tuple(dict.fromkeys(d.points(versions))) for d in DIMENSIONS.values())


def beyond(new: Agreement, old: Agreement, points: Scale) -> Case | None:
    """A case that `new` discloses and `old` does not; None where there is none."""
    limits = reach(old, points)
    for box in reach(new, points):
        left = [box]
        for limit in limits:
            left = [part for one in left for part in _without(one, limit)]
            if not left:
                break
        if left:
            return Case(
                *(next(p for p in listed if p in held) for listed, held in zip(points, left[0], strict=True))
            )
    return None


def reach(agreement: Agreement, points: Scale) -> list[Box]:
    """The boxes of all that the agreement discloses, over these points."""
    return [box for _, parts in by_permit(agreement, points) for box in parts]


def by_permit(agreement: Agreement, points: Scale) -> Iterator[tuple[Permit, list[Box]]]:
    """Each permit with the boxes in which it is the one that answers: none where another always comes first."""
    agreement = replace(agreement, **_SAYS_NOTHING_HERE)
    before: list[tuple[Permit, Box]] = []
    for permit in agreement.permits:
        whole = _box(agreement, permit, points)
        parts = [whole] if all(whole) else []
        for earlier, taken in before:
            if _takes(agreement, earlier, permit):
                parts = [left for part in parts for left in _without(part, taken)]
        before.append((permit, _asked(whole, points)))
        yield permit, parts


def _takes(agreement: Agreement, earlier: Permit, later: Permit) -> bool:
    """Whether a request that asks for all that `later` gives, word by word, is one that `earlier` can answer: the
    first permit that fits decides, so that nobody comes to the later one."""
    known = {word for grant in agreement.granted(earlier) for word in (grant.element, grant.spelling)}
    return all(grant.spelling in known for grant in agreement.granted(later))


def _asked(box: Box, points: Scale) -> Box:
    return tuple(
        held if dimension.asked else frozenset(listed)
        for dimension, held, listed in zip(DIMENSIONS.values(), box, points, strict=True)
    )


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
    "notices": (), "fee": None, "law": (), "powers": (),
}  # fmt: skip


@lru_cache(maxsize=1024)
def _box(agreement: Agreement, permit: Permit, points: Scale) -> Box:
    alone = replace(agreement, permits=(permit,))
    return tuple(
        frozenset(point for point in listed if dimension.covers(alone, permit, point))
        for dimension, listed in zip(DIMENSIONS.values(), points, strict=True)
    )


def _moments(versions: Versions) -> Iterable[datetime]:
    return sorted({one.term.starts_at for one in versions} | {one.term.ends_at for one in versions})


def _permits(versions: Versions) -> Iterator[Permit]:
    return chain.from_iterable(one.permits for one in versions)


def _askers(versions: Versions) -> Iterator[Asker]:
    for one in versions:
        if one.receiver is not None:
            yield Asker(one.receiver.ori, None, None)
        for owner in one.owners if one.receiver is None else ():
            yield from (Asker(owner.ori, owner.office, role) for role in ROLES[owner.office])


def _asks(agreement: Agreement, permit: Permit, asker: Asker) -> bool:
    if agreement.receiver is not None:
        return asker == (agreement.receiver.ori, None, None)
    ours = (asker.ori, asker.office) in agreement.oris and asker.office == permit.office
    return ours and (permit.roles is None or asker.role in permit.roles)


def _ways(versions: Versions) -> Iterator[Way]:
    permits = tuple(_permits(versions))
    keys = sorted({key for permit in permits for together in permit.ask_by for key in together})
    years = sorted({0, *(permit.tolerance_years for permit in permits)})
    yield Way("open")
    for count in range(len(keys) + 1):
        for together in combinations(keys, count):
            # A tolerance is one of a date of birth: without one there is nothing to be off.
            for off in years if "birth_date" in together else (0,):
                yield Way("search", frozenset(together), off)
    yield Way("list")
    for event in sorted({event for permit in permits for event in permit.events}):
        yield Way("event", frozenset({event}))


def _allows(agreement: Agreement, permit: Permit, way: Way) -> bool:
    """Asked of the decision itself, with everything else as the permit wants it."""
    purpose = next((word for word in permit.purposes if word not in agreement.prohibited_purposes), "")
    ori, office = next((pair for pair in agreement.oris if pair[1] == permit.office), ("", None))
    request = Request(
        agency_ori=ori,
        office=office,
        role=min(permit.roles) if permit.roles else None,
        purpose=purpose,
        case_number="given",
        **way.request(),
    )
    return decide(request, [InForce(1, agreement)]).permitted


def _facts(versions: Versions) -> Iterator[Grant]:
    for one in versions:
        for permit in one.permits:
            yield from permit.elements


def _shows(agreement: Agreement, permit: Permit, fact: Grant) -> bool:
    """Who is given an element whole knows its coarser forms too."""
    return any(
        grant.element == fact.element and grant.generalization in (None, fact.generalization)
        for grant in agreement.granted(permit)
    )


def _met(versions: Versions) -> Iterator[frozenset[str]]:
    # Whoever meets just what one permit requires meets the least of what others do: no other set tells more apart. What
    # no permit here requires is met by everybody.
    listed = {permit.requires for permit in _permits(versions)}
    beyond = REQUIREMENTS.keys() - frozenset().union(*listed)
    yield from sorted({words | beyond for words in listed}, key=lambda words: (-len(words), sorted(words)))


def _districts(versions: Versions) -> Iterator[str]:
    named = {name for permit in _permits(versions) for name in permit.rows.districts or ()}
    yield next(name for name in ("1", *map(str, range(2, 10_000))) if name not in named)
    yield from sorted(named)


def _steps(limits: Iterable[int | None]) -> list[int]:
    """The first that every limit allows, then the first that each one refuses."""
    return [1, *sorted({limit + 1 for limit in limits if limit is not None})]


def _at_most(count: int, limit: int | None) -> bool:
    return limit is None or count <= limit


DIMENSIONS: Mapping[str, Dimension] = {
    "moment": Dimension(_moments, lambda a, _, at: a.term.starts_at <= at < a.term.ends_at),
    "asker": Dimension(_askers, _asks, asked=True),
    "purpose": Dimension(
        lambda versions: (word for permit in _permits(versions) for word in permit.purposes),
        lambda a, p, word: word in p.purposes and word not in a.prohibited_purposes,
        asked=True,
    ),
    "way": Dimension(_ways, _allows, asked=True),
    "met": Dimension(_met, lambda _, p, met: p.requires <= met, asked=True),
    "fact": Dimension(_facts, _shows),
    "juvenile": Dimension(lambda _: (False, True), lambda _, p, yes: p.rows.juveniles or not yes),
    "limited_access": Dimension(lambda _: (False, True), lambda _, p, yes: p.rows.limited_access or not yes),
    "charges": Dimension(lambda _: CHARGES, lambda _, p, held: charged(p.rows.charge_status, held)),
    "district": Dimension(
        _districts, lambda _, p, name: p.rows.districts is None or name in p.rows.districts
    ),
    "days": Dimension(
        lambda versions: [0, *sorted({p.rows.arrested_within_days or 0 for p in _permits(versions)})],
        lambda _, p, days: p.rows.arrested_within_days is None or days < p.rows.arrested_within_days,
    ),
    "own_client": Dimension(lambda _: (True, False), lambda _, p, yes: yes or not p.rows.own_clients),
    "result": Dimension(
        lambda versions: _steps(p.results_per_request for p in _permits(versions)),
        lambda _, p, place: _at_most(place, p.results_per_request),
    ),
    "request": Dimension(
        lambda versions: _steps(p.requests_per_person_per_day for p in _permits(versions)),
        lambda _, p, place: _at_most(place, p.requests_per_person_per_day),
    ),
}
"""Every condition of a permit, under the name of the case's field that it is about."""
assert tuple(DIMENSIONS) == Case._fields
