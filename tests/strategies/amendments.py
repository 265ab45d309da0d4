"""Amendments, generated: two versions of one agreement, and cases to try on both."""

from dataclasses import replace
from datetime import time, timedelta

from hypothesis import strategies as st

from openpars.agencies.rules import ROLES
from openpars.agreements.rules.dimensions import (
    CHARGES,
    DIMENSIONS,
    Asker,
    Case,
    Juvenile,
    Way,
    shows_of_case,
)
from openpars.agreements.rules.moments import When, window
from openpars.agreements.rules.reach import scale
from openpars.agreements.rules.terms import Agreement, Grant, Permit
from openpars.records.rules.elements import CATALOGUE
from tests.strategies.agreements import agreements, permits, prohibitions, rows, safeguards

_FIELDS = (
    "elements", "purposes", "rows", "ask_by", "roles", "tolerance_years", "lists", "requires", "results_per_request",
    "requests_per_person_per_day", "exact", "hours", "requests_per_day", "results_per_day",
)  # fmt: skip
_MINUTE = timedelta(minutes=1)
_WORDS = st.sampled_from(["Words.", "Other words."])


@st.composite
def amendments(draw: st.DrawFn) -> tuple[Agreement, Agreement]:
    """An agreement and an amendment of it: mostly a few fields of a few clauses, sometimes another text altogether."""
    old = draw(agreements(texts=_WORDS, shortest=draw(st.integers(0, 3)) > 0))
    if draw(st.integers(0, 9)) == 0:
        return old, draw(agreements(kind=old.kind, texts=_WORDS, shortest=True))
    new = old
    for _ in range(draw(st.integers(1, 3))):
        new = draw(_amended(new))
    return old, replace(new, version=old.version + 1)


@st.composite
def _amended(draw: st.DrawFn, a: Agreement) -> Agreement:
    """One thing changed."""
    what = draw(
        st.sampled_from(
            ["permit"] * 5 + ["add", "drop", "order", "prohibitions", "term", "duties", "votes", "safeguards"]
        )
    )
    listed = list(a.permits)
    place = draw(st.integers(0, len(listed) - 1))
    if what == "permit":
        listed[place] = draw(_changed(listed[place]))
    elif what == "add":
        fresh = draw(permits(len(listed) + 1, listed[place].office))
        listed.insert(place, replace(fresh, clause=f"30.{draw(st.integers(1, 99))}"))
    elif what == "drop" and len(listed) > 1:
        del listed[place]
    elif what == "order":
        listed = draw(st.permutations(listed))
    elif what == "prohibitions":
        kept = [p for p in a.prohibitions if draw(st.booleans())]
        fresh = [replace(draw(prohibitions(1, _WORDS)), clause="40.1")] if draw(st.booleans()) else []
        return replace(a, prohibitions=(*kept, *fresh))
    elif what == "term":
        days = timedelta(days=draw(st.integers(-40, 40)))
        return replace(a, term=replace(a.term, last_day=max(a.term.first_day, a.term.last_day + days)))
    elif what == "duties":
        return replace(a, duties=a.duties[1:], thresholds=a.thresholds[:1])
    elif what == "safeguards" and a.receiver is not None:
        supervised = any("supervisor_approval" in permit.requires for permit in a.permits)
        return replace(a, safeguards=draw(safeguards(_WORDS, supervised)))
    elif what == "votes":
        return replace(a, votes_needed=draw(st.integers(1, 2)))
    return replace(a, permits=tuple(replace(p, position=n) for n, p in enumerate(listed, 1)))


@st.composite
def _changed(draw: st.DrawFn, old: Permit) -> Permit:
    """A permit with one field of another that the format can say."""
    other = draw(permits(old.position, old.office))
    name = draw(st.sampled_from(["fewer", "coarser", *["rows"] * 10, *_FIELDS]))
    if name == "fewer":
        return replace(old, elements=old.elements[: draw(st.integers(1, len(old.elements)))])
    if name == "coarser":
        return replace(old, elements=tuple(_otherwise(grant) for grant in old.elements))
    if name == "rows":
        fresh = draw(rows(old.rows.victims_and_witnesses))
        other_now = [field for field in vars(fresh) if getattr(fresh, field) != getattr(old.rows, field)]
        field = draw(st.sampled_from(other_now or ["juveniles"]))
        return replace(old, rows=replace(old.rows, **{field: getattr(fresh, field)}))
    return replace(old, **{name: getattr(other, name)})


def _otherwise(grant: Grant) -> Grant:
    forms = CATALOGUE[grant.element].generalizations
    return Grant(grant.element, None if grant.generalization else next(iter(forms), None))


@st.composite
def cases(draw: st.DrawFn, old: Agreement, new: Agreement) -> Case:
    """A case that the words of a permit of `new` mostly allow, but for at most one field."""
    permit = draw(st.sampled_from(new.permits))
    near = draw(st.booleans()) and not permit.exact
    ways = [
        Way("open"),
        *(
            Way(
                "search", keys, permit.tolerance_years if "birth_date" in keys else 0, near and "name" in keys
            )
            for keys in permit.ask_by
        ),
        *([Way("list")] if permit.lists else []),
    ]
    asked_at = new.term.starts_at
    first, last = window(new, permit)
    case = Case(
        when=When(asked_at, min(asked_at, first or (last - _MINUTE if last else asked_at))),
        hour=permit.hours.opens if permit.hours else time(3),
        asker=draw(st.sampled_from(_askers(new, permit))),
        purpose=draw(st.sampled_from(permit.purposes)),
        way=draw(st.sampled_from(ways)),
        of_case=shows_of_case(permit),
        approved="supervisor_approval" in permit.requires,
        fact=draw(st.sampled_from(permit.elements)),
        juvenile=Juvenile.YES
        if permit.rows.juveniles
        else Juvenile.AS_ADULT
        if permit.rows.charged_as_adults
        else Juvenile.NO,
        limited_access=permit.rows.limited_access,
        charges=draw(st.sampled_from(CHARGES))
        if permit.rows.charge_status == "any"
        else frozenset({"approved"}),
        district=min(permit.rows.districts or ["99ZZ"]),
        category=min(permit.rows.categories or [""]),
        own_client=permit.rows.own_clients,
        result=permit.results_per_request,
    )
    points = dict(zip(DIMENSIONS, scale(old, new).listed, strict=True))
    field = draw(st.none() | st.sampled_from(list(DIMENSIONS)))
    return case if field is None else case._replace(**{field: draw(st.sampled_from(points[field]))})


def _askers(a: Agreement, permit: Permit) -> list[Asker]:
    if a.receiver is not None:
        return [Asker(a.receiver.ori, None, None)]
    ours = [owner for owner in a.owners if owner.office == permit.office]
    return [Asker(o.ori, o.office, role) for o in ours for role in sorted(permit.roles or ROLES[o.office])]
