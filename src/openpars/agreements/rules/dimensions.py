"""Every condition of a permit, each about one field of a case: what is shown, to whom, asked how and when, about which
arrest. Values that no word of the versions compared tells apart are one point.
"""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import time
from enum import IntEnum
from itertools import combinations
from typing import Any, NamedTuple

from openpars.agencies.rules import ROLES
from openpars.agreements.rules import moments
from openpars.agreements.rules.decision import InForce, Request, decide
from openpars.agreements.rules.moments import WHEN, Covers, Versions, When, permits_of
from openpars.agreements.rules.rows import HELD_FOR_COURT, charged
from openpars.agreements.rules.terms import Agreement, Grant, Permit
from openpars.agreements.rules.vocabulary import ARREST_CATEGORIES

CHARGES = (
    *(frozenset({status}) for status in ("approved", "pending", "declined")),
    frozenset[str](),
    *(frozenset({status, HELD_FOR_COURT}) for status in ("approved", "withdrawn", "pending")),
)
"""What became of an arrest's charges, as far as some rows tell it apart."""


class Asker(NamedTuple):
    """Of which agency somebody asks; office and role count for the owners' people."""

    ori: str
    office: str | None
    role: str | None


class Way(NamedTuple):
    """A way of asking: the kind, the keys given (of an `event`: the event), how many years a date of birth may be
    off; `near`: the name that is given fits only nearly."""

    kind: str
    keys: frozenset[str] = frozenset()
    tolerance: int = 0
    near: bool = False

    def request(self) -> dict[str, Any]:
        """What a request says that asks this way."""
        named = {"events" if self.kind == "event" else "keys": self.keys}
        return {"kind": self.kind, "tolerance_years": self.tolerance, **named}


class OfCase(IntEnum):
    """What the case that a request names is to the arrest. Each is all that those before it are: whoever was arrested
    under a number, or is a subject of a case, is of a case that exists, whose number was given."""

    NO_NUMBER = 0
    NUMBER_OF_NO_CASE = 1
    CASE_OF_OTHERS = 2
    ARRESTED_UNDER_IT = 3
    SUBJECT_OF_OWN = 4


class Juvenile(IntEnum):
    """Whether somebody arrested is a juvenile; the second is charged as an adult."""

    NO = 0
    AS_ADULT = 1
    YES = 2


class Case(NamedTuple):
    """One thing that may be shown. `approved`: a supervisor approved the request; `fact` is the element, whole or
    coarser; it stands in the `result`-th result of the answer."""

    when: When
    hour: time
    asker: Asker
    purpose: str
    way: Way
    of_case: OfCase
    approved: bool
    fact: Grant
    juvenile: Juvenile
    limited_access: bool
    charges: frozenset[str]
    district: str
    category: str
    own_client: bool
    result: int


def _any(agreement: Agreement, permit: Permit, value: Any) -> bool:
    return True


@dataclass(frozen=True)
class Dimension:
    """One field of a case: the values that `versions` tell apart, the most ordinary first; with which of them a request
    falls under a permit, so that nobody comes to a later one; and what of those it then shows."""

    points: Callable[[Versions], Iterable[Hashable]]
    takes: Covers = _any
    shows: Covers = _any

    def covers(self, agreement: Agreement, permit: Permit, value: Any) -> bool:
        """Whether the permit takes such a request, and shows such a case."""
        return self.takes(agreement, permit, value) and self.shows(agreement, permit, value)


# -- asking


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


def _purposes(versions: Versions) -> Iterator[str]:
    return (word for permit in permits_of(versions) for word in permit.purposes)


def _for_purpose(agreement: Agreement, permit: Permit, word: str) -> bool:
    return word in permit.purposes and word not in agreement.prohibited_purposes


def _ways(versions: Versions) -> Iterator[Way]:
    permits = tuple(permits_of(versions))
    keys = sorted({key for permit in permits for together in permit.ask_by for key in together})
    years = sorted({0, *(permit.tolerance_years for permit in permits)})
    near = (False, True) if any(permit.exact for permit in permits) else (False,)
    yield Way("open")
    for count in range(len(keys) + 1):
        for together in combinations(keys, count):
            # A tolerance is one of a date of birth: without one there is nothing to be off. So with a name.
            for off in years if "birth_date" in together else (0,):
                for nearly in near if "name" in together else (False,):
                    yield Way("search", frozenset(together), off, nearly)
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


def asks_of_case(permit: Permit) -> OfCase:
    """What the case must be for a request to fall under the permit."""
    if "case_exists" in permit.requires:
        return OfCase.CASE_OF_OTHERS
    return OfCase.NUMBER_OF_NO_CASE if "case_number" in permit.requires else OfCase.NO_NUMBER


def shows_of_case(permit: Permit) -> OfCase:
    """What the case must be to the arrests that the permit shows."""
    if permit.rows.own_case:
        return OfCase.SUBJECT_OF_OWN
    return OfCase.ARRESTED_UNDER_IT if "subject_on_case" in permit.requires else asks_of_case(permit)


def _approved(_: Agreement, permit: Permit, yes: bool) -> bool:
    return yes or "supervisor_approval" not in permit.requires


# -- what is shown, of which arrest


def _facts(versions: Versions) -> Iterator[Grant]:
    return (grant for permit in permits_of(versions) for grant in permit.elements)


def _shows(agreement: Agreement, permit: Permit, fact: Grant) -> bool:
    """Who is given an element whole knows its coarser forms too."""
    return any(
        grant.element == fact.element and grant.generalization in (None, fact.generalization)
        for grant in agreement.granted(permit)
    )


def _of_age(agreement: Agreement, permit: Permit, who: Juvenile) -> bool:
    return (
        who is Juvenile.NO
        or permit.rows.juveniles
        or (who is Juvenile.AS_ADULT and permit.rows.charged_as_adults)
    )


def _districts(versions: Versions) -> Iterator[str]:
    named = {name for permit in permits_of(versions) for name in permit.rows.districts or ()}
    yield next(name for name in ("1", *map(str, range(2, 10_000))) if name not in named)
    yield from sorted(named)


def _categories(versions: Versions) -> Iterator[str]:
    """A kind that all show who do not name any comes first: an arrest whose kind nobody noted is of none."""
    named = {name for permit in permits_of(versions) for name in permit.rows.categories or ()}
    yield next((name for name in ARREST_CATEGORIES if name not in named), "")
    yield from (name for name in ARREST_CATEGORIES if name in named)


DIMENSIONS: Mapping[str, Dimension] = {
    "when": Dimension(moments.whens, shows=lambda a, p, when: all(covers(a, p, when) for covers in WHEN.values())),
    "hour": Dimension(moments.hours, moments.in_hours),
    "asker": Dimension(_askers, _asks),
    "purpose": Dimension(_purposes, _for_purpose),
    "way": Dimension(_ways, _allows, lambda _, p, way: not (way.near and p.exact)),
    "of_case": Dimension(
        lambda _: reversed(OfCase),
        lambda _, p, held: held >= asks_of_case(p),
        lambda _, p, held: held >= shows_of_case(p),
    ),
    "approved": Dimension(lambda _: (True, False), _approved),
    "fact": Dimension(_facts, shows=_shows),
    "juvenile": Dimension(lambda _: (Juvenile.NO, Juvenile.YES, Juvenile.AS_ADULT), shows=_of_age),
    "limited_access": Dimension(lambda _: (False, True), shows=lambda _, p, yes: p.rows.limited_access or not yes),
    "charges": Dimension(lambda _: CHARGES, shows=lambda _, p, held: charged(p.rows.charge_status, held)),
    "district": Dimension(_districts, shows=lambda _, p, name: p.rows.districts is None or name in p.rows.districts),
    "category": Dimension(_categories, shows=lambda _, p, name: p.rows.categories is None or name in p.rows.categories),
    "own_client": Dimension(lambda _: (True, False), shows=lambda _, p, yes: yes or not p.rows.own_clients),
    "result": Dimension(
        # The first that every limit allows, then the first that each one refuses.
        lambda versions: [1, *sorted({p.results_per_request + 1 for p in permits_of(versions)})],
        shows=lambda _, p, place: place <= p.results_per_request,
    ),
}  # fmt: skip
"""Every condition of a permit, under the name of the case's field that it is about."""
assert tuple(DIMENSIONS) == Case._fields
