"""specs/disclosure-decision.md, transcribed clause by clause: slow, plain, independent of the real one.

It shares the frozen values of `terms` with it and nothing else; it looks at every permit each time.
"""

from openpars.agreements.rules.decision import Decision, InForce, Request
from openpars.agreements.rules.terms import Permit

ELEMENT_OF_KEY = {
    "name": "name",
    "birth_date": "birth_date",
    "otn": "otn",
    "dc_number": "dc_number",
    "docket_number": "docket_number",
    "sid": "sid",
}

ELEMENT_OF_EVENT = {
    "arrested": "arrested_at",
    "custody": "custody_state",
    "released": "custody_state",
    "disposed": "disposition",
}

# Clause 4.9: how near each failure is.
NEARNESS = [
    "purpose-not-permitted",
    "lists-not-permitted",
    "events-not-permitted",
    "key-not-permitted",
    "keys-missing",
    "case-number-missing",
    "tolerance-too-wide",
    "element-not-permitted",
]


def decide(request: Request, in_force: list[InForce]) -> Decision:
    """Clauses 1 to 5 in their order."""
    if request.kind not in {"search", "open", "list", "event"}:
        return deny("error")
    pairs = [
        (held, permit)
        for held in in_force
        for permit in held.agreement.permits
        if for_asker(request, held, permit)
    ]
    if not pairs:
        return deny("no-agreement")
    binding = [held for held in in_force if binds(request, held)]
    for held in binding:
        for wanted, reason in ((purpose, "purpose-prohibited"), (shape, "shape-prohibited")):
            clause = wanted(request, held)
            if clause:
                return deny(reason, held, clause)
        clause = element(request, held)
        if clause:
            return deny("element-prohibited", held, clause)
    forbidden = {
        name for held in binding for clause in held.agreement.prohibitions for name in clause.elements
    }
    failures = []
    for held, permit in pairs:
        failure = first_failure(request, permit, forbidden)
        if failure is None:
            return Decision(
                True,
                held.number,
                permit,
                tuple(given(request, permit, forbidden)),
                (permit.clause,),
                "permitted",
                ranks(request, permit, binding),
            )
        failures.append((failure, held, permit))
    furthest = max(NEARNESS.index(failure) for failure, _, _ in failures)
    for failure, held, permit in failures:
        if NEARNESS.index(failure) == furthest:
            return deny(failure, held, permit.clause)
    raise AssertionError("some failure is the nearest")


def binds(request: Request, held: InForce) -> bool:
    """Clause 1.2."""
    if held.agreement.kind == "outside":
        return held.agreement.receiver.ori == request.agency_ori
    return any(o.ori == request.agency_ori and o.office == request.office for o in held.agreement.owners)


def for_asker(request: Request, held: InForce, permit: Permit) -> bool:
    """Clause 1.3."""
    if held.agreement.kind == "outside":
        askers = held.agreement.safeguards.people.askers
        return binds(request, held) and (len(askers) == 0 or any(role == request.role for role in askers))
    if permit.roles is not None and request.role not in permit.roles:
        return False
    return binds(request, held) and permit.office == request.office


def purpose(request: Request, held: InForce) -> str | None:
    """Clause 3.1."""
    return last_clause(held, lambda p: request.purpose in p.purposes)


def shape(request: Request, held: InForce) -> str | None:
    """Clause 3.2: the kind of asking first, then the tolerance."""
    by_kind = last_clause(held, lambda p: request.kind in p.shapes)
    if by_kind:
        return by_kind
    return last_clause(held, lambda p: request.tolerance_years != 0 and "tolerance" in p.shapes)


def element(request: Request, held: InForce) -> str | None:
    """Clause 3.3: of the elements named, the first in alphabetical order that is prohibited."""
    named = {ELEMENT_OF_KEY.get(key, key) for key in request.keys}
    named |= {word.split(":")[0] for word in request.elements or []}
    for name in sorted(named):
        clause = last_clause(held, lambda p, name=name: name in p.elements)
        if clause:
            return clause
    return None


def last_clause(held, matches) -> str | None:
    """Clause 3.4: where several prohibit, the last is cited."""
    cited = [p.clause for p in held.agreement.prohibitions if matches(p)]
    return cited[-1] if cited else None


def first_failure(request: Request, permit: Permit, forbidden: set[str]) -> str | None:
    """Clauses 4.1 to 4.8 in their order."""
    usable = {key for together in permit.ask_by for key in together}
    whole = [grant.element for grant in permit.elements if grant.generalization is None]
    shown = [element for element in whole if element not in forbidden]
    complete = [together for together in permit.ask_by if all(key in request.keys for key in together)]
    checks = [
        (request.purpose in permit.purposes, "purpose-not-permitted"),
        (request.kind != "list" or permit.lists, "lists-not-permitted"),
        (
            request.kind != "list" or all(element in shown for element in request.list_needs),
            "lists-not-permitted",
        ),
        (
            request.kind != "event"
            or (request.events and all(event in permit.events for event in request.events)),
            "events-not-permitted",
        ),
        (
            request.kind != "event" or all(ELEMENT_OF_EVENT.get(event) in shown for event in request.events),
            "events-not-permitted",
        ),
        (request.kind in ("search", "event") or not request.keys, "key-not-permitted"),
        (all(key in usable for key in request.keys), "key-not-permitted"),
        (request.kind != "search" or complete, "keys-missing"),
        (request.kind != "event" or not request.keys or complete, "keys-missing"),
        ("case_number" not in permit.requires or request.case_number.strip() != "", "case-number-missing"),
        (0 <= request.tolerance_years <= permit.tolerance_years, "tolerance-too-wide"),
        (given(request, permit, forbidden) != [], "element-not-permitted"),
    ]
    for passed, failure in checks:
        if not passed:
            return failure
    return None


def given(request: Request, permit: Permit, forbidden: set[str]) -> list:
    """Clauses 4.7 and 4.8: nothing at all where one word asked for is not granted."""
    granted = [grant for grant in permit.elements if grant.element not in forbidden]
    if request.elements is None:
        return granted
    for word in request.elements:
        if not any(word == grant.element or word == str(grant) for grant in granted):
            return []
    return [g for g in granted if g.element in request.elements or str(g) in request.elements]


def ranks(request: Request, permit: Permit, binding: list[InForce]) -> bool:
    """Clause 5.2: nobody who binds the asker prohibits a tolerance; and some set of `ask_by` names the name,
    not the date of birth, and nothing that was not given."""
    for held in binding:
        for prohibition in held.agreement.prohibitions:
            if "tolerance" in prohibition.shapes:
                return False
    if permit.exact:
        return False
    for together in permit.ask_by:
        if "name" in together and "birth_date" not in together and together.issubset(request.keys):
            return True
    return False


def deny(reason: str, held: InForce | None = None, clause: str | None = None) -> Decision:
    """A denial that cites at most one clause."""
    return Decision(False, held.number if held else None, None, (), (clause,) if clause else (), reason)
