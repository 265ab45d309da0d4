"""What a database should hold for one permit, so that what it does hold can be compared (promise 5)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class View:
    """One relation found in a schema: its kind, owner, who else holds which privilege, and its definition."""

    name: str
    kind: str
    owner: str
    grants: frozenset[tuple[str, str]]
    definition: str


@dataclass(frozen=True)
class Deployed:
    """All that a permit is in the database: its views, who may use its schema, and its role. `powers` are
    attributes that the role should not have; `elsewhere` counts what it may touch outside its schema."""

    views: frozenset[View]
    schema_grants: frozenset[tuple[str, str]]
    role_exists: bool
    powers: tuple[str, ...]
    member_of: frozenset[str]
    members: frozenset[str]
    elsewhere: int


@dataclass(frozen=True)
class Deviation:
    """One difference between what an agreement's text compiles to and what the database holds."""

    number: int
    schema: str
    what: str


def differences(number: int, schema: str, *, should: Deployed, found: Deployed) -> tuple[Deviation, ...]:
    """Every difference, in words; none if the database enforces what the text says."""
    said: list[str] = []
    wanted, held = ({view.name: view for view in one.views} for one in (should, found))
    said += [f"the view {name} is missing" for name in sorted(wanted.keys() - held.keys())]
    said += [
        f"there is a relation that the text does not make: {name}" for name in sorted(held.keys() - wanted)
    ]
    for name in sorted(wanted.keys() & held.keys()):
        for what in ("kind", "owner", "grants", "definition"):
            if getattr(wanted[name], what) != getattr(held[name], what):
                said.append(f"the {what} of the view {name} differs")
    for what, words in _ROLE_FACTS:
        if getattr(should, what) != getattr(found, what):
            said.append(words)
    return tuple(Deviation(number, schema, what) for what in said)


_ROLE_FACTS: Sequence[tuple[str, str]] = (
    ("schema_grants", "others than its role may use the schema"),
    ("role_exists", "the permit's role is missing"),
    ("powers", "the permit's role has powers of its own"),
    ("member_of", "the permit's role is a member of other roles"),
    ("members", "the members of the permit's role differ"),
    ("elsewhere", "the permit's role may touch objects outside its schema"),
)
