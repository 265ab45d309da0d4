"""Permit or deny, with the clauses that made it: specs/disclosure-decision.md, whose clause numbers are
cited.

Pure and total: default deny, prohibition beats permission, an error denies. Which agreements are in force is
the caller's fact, and the database checks it again; whether one applies to the asker is decided here.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from openpars.agreements.rules.terms import Agreement, Grant, Permit, applies
from openpars.agreements.rules.vocabulary import EVENT_SHOWS
from openpars.records.rules.elements import ASK_BY

KINDS = ("search", "open", "list", "event")


@dataclass(frozen=True)
class Request:
    """What is asked, and as whom. `keys` are the kinds of keys given (never their values); `office` is the
    asker's office among the owners, None for an outside agency, and `role` the asker's role there;
    `elements` None asks for all that is permitted, otherwise element names, with or without their
    generalization; `list_needs` are the elements that a list selects and orders by;
    `events` are those that a subscription would tell of, or the one that is told; its `keys` are those by which the
    subjects of the case that it follows are named."""

    kind: str
    agency_ori: str
    office: str | None
    purpose: str
    case_number: str
    keys: frozenset[str] = frozenset()
    tolerance_years: int = 0
    elements: frozenset[str] | None = None
    role: str | None = None
    list_needs: frozenset[str] = frozenset()
    events: frozenset[str] = frozenset()


@dataclass(frozen=True)
class InForce:
    """An agreement version that is in force, by its number."""

    number: int
    agreement: Agreement


Place = tuple[int, int]
"""Where a permit stands: the number of its agreement version, and its position there."""


@dataclass(frozen=True)
class Decision:
    """The answer. When permitted: under which agreement and permit, and exactly which elements. When denied:
    `reason` is a code word for the log and the auditor (never for the asker) and `clauses` are those that
    denied, or that came nearest to permitting. `number` is the agreement meant, if any. `ranks`: this
    search orders people by how well they fit, and a date of birth leaves nobody out (clause 5.2)."""

    permitted: bool
    number: int | None
    permit: Permit | None
    elements: tuple[Grant, ...]
    clauses: tuple[str, ...]
    reason: str
    ranks: bool = False


# How near a permit came to permitting, nearest last (clause 4.3); the report names the nearest.
_STEPS = (
    "purpose-not-permitted",
    "lists-not-permitted",
    "events-not-permitted",
    "key-not-permitted",
    "keys-missing",
    "case-number-missing",
    "tolerance-too-wide",
    "element-not-permitted",
)
_NEARNESS = {reason: place for place, reason in enumerate(_STEPS)}

REASONS = (
    "permitted",
    "no-agreement",
    "purpose-prohibited",
    "shape-prohibited",
    "element-prohibited",
    *_STEPS,
    "error",
)
"""Every code word that a Decision can carry."""

_NOTHING: Mapping[str, str] = MappingProxyType({})


def decide(
    request: Request, in_force: Sequence[InForce], *, passing_over: Collection[Place] = ()
) -> Decision:
    """Decide `request` under the agreements `in_force`, in their order. `passing_over` are permits whose requirements
    the guard found unmet (clause 6.2): as if absent. Never raises: an error denies."""
    try:
        return _decide(request, in_force, passing_over)
    except Exception:
        # Clause 2.3: whatever breaks, a prohibition among it, must not open the door.
        return _denied("error")


def _decide(request: Request, in_force: Sequence[InForce], passing_over: Collection[Place]) -> Decision:
    if request.kind not in KINDS:
        return _denied("error")
    ours = [
        held for held in in_force if applies(held.agreement, ori=request.agency_ori, office=request.office)
    ]
    permits = [
        (held, permit)
        for held in ours
        for permit in held.agreement.permits_for(office=request.office, role=request.role)
        if not passing_over or (held.number, permit.position) not in passing_over
    ]
    if not permits:
        return _denied("no-agreement")
    for held in ours:
        refused = _prohibited(request, held)
        if refused is not None:
            return refused
    prohibited = _all_prohibited_elements(ours)
    forgiving = not any("tolerance" in held.agreement.prohibited_shapes for held in ours)
    nearest: Decision | None = None
    for held, permit in permits:
        decision = _under(request, held, permit, prohibited)
        if decision.permitted:
            return replace(decision, ranks=True) if forgiving and _ranks(request, permit) else decision
        if nearest is None or _NEARNESS[decision.reason] > _NEARNESS[nearest.reason]:
            nearest = decision
    return nearest if nearest is not None else _denied("no-agreement")


def _prohibited(request: Request, held: InForce) -> Decision | None:
    """Clause 3: the denial by a prohibition of `held`, if there is one."""
    agreement = held.agreement
    if request.purpose in agreement.prohibited_purposes:
        return _denied("purpose-prohibited", held, agreement.prohibited_purposes[request.purpose])
    shapes = agreement.prohibited_shapes
    if request.kind in shapes:
        return _denied("shape-prohibited", held, shapes[request.kind])
    if request.tolerance_years and "tolerance" in shapes:
        return _denied("shape-prohibited", held, shapes["tolerance"])
    if agreement.prohibited_elements:
        named = {ASK_BY.get(key, key) for key in request.keys}
        named.update(word.partition(":")[0] for word in request.elements or ())
        for element in sorted(named):
            if element in agreement.prohibited_elements:
                return _denied("element-prohibited", held, agreement.prohibited_elements[element])
    return None


def _all_prohibited_elements(ours: Sequence[InForce]) -> Mapping[str, str]:
    found = [held.agreement.prohibited_elements for held in ours if held.agreement.prohibited_elements]
    if not found:
        return _NOTHING
    return found[0] if len(found) == 1 else {name: clause for each in found for name, clause in each.items()}


def _under(request: Request, held: InForce, permit: Permit, prohibited: Mapping[str, str]) -> Decision:
    """Clause 4: what one permit says of the request."""
    if request.purpose not in permit.purposes:
        return _denied("purpose-not-permitted", held, permit.clause)
    granted = permit.elements
    if prohibited:
        granted = tuple(grant for grant in granted if grant.element not in prohibited)
    shape = _shape(request, permit, granted)
    if shape is not None:
        return _denied(shape, held, permit.clause)
    if "case_number" in permit.requires and not request.case_number.strip():
        return _denied("case-number-missing", held, permit.clause)
    if not 0 <= request.tolerance_years <= permit.tolerance_years:
        return _denied("tolerance-too-wide", held, permit.clause)
    if request.elements is not None:
        wanted = request.elements
        chosen = tuple(grant for grant in granted if grant.element in wanted or grant.spelling in wanted)
        known = {grant.element for grant in chosen} | {grant.spelling for grant in chosen}
        if not wanted or not wanted <= known:
            # Clause 4.8: a word that no catalogue knows and an element that is not granted end here alike.
            return _denied("element-not-permitted", held, permit.clause)
        granted = chosen
    if not granted:
        return _denied("element-not-permitted", held, permit.clause)
    return Decision(True, held.number, permit, granted, (permit.clause,), "permitted")


def _shape(request: Request, permit: Permit, granted: Sequence[Grant]) -> str | None:
    """Clauses 4.2-4.4: why this way of asking is not permitted, or None."""
    if request.kind == "list":
        whole = {grant.spelling for grant in granted}
        if not permit.lists or not request.list_needs <= whole:
            return "lists-not-permitted"
    if request.kind == "event":
        whole = {grant.spelling for grant in granted}
        if not request.events or not request.events <= permit.events:
            return "events-not-permitted"
        if not all(EVENT_SHOWS[event] in whole for event in request.events):
            return "events-not-permitted"
    if request.kind != "search" and not (request.kind == "event" and request.keys):
        return "key-not-permitted" if request.keys else None
    allowed: frozenset[str] = frozenset().union(*permit.ask_by)
    if not request.keys <= allowed:
        return "key-not-permitted"
    if not any(together <= request.keys for together in permit.ask_by):
        return "keys-missing"
    return None


def _ranks(request: Request, permit: Permit) -> bool:
    """Clause 5.2: whether the permit would answer this search without its date of birth, by name."""
    left = request.keys - {"birth_date"}
    return not permit.exact and any("name" in together and together <= left for together in permit.ask_by)


def _denied(reason: str, held: InForce | None = None, clause: str | None = None) -> Decision:
    number = held.number if held is not None else None
    return Decision(False, number, None, (), (clause,) if clause else (), reason)
