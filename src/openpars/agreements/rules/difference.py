"""Two versions of an agreement, compared: every change in words, and whether it widens or narrows.

A change is judged by what it does, not by how it reads: each is tried on the version that the changes above it leave.
What can be disclosed is compared exactly (`reach`), and where one version discloses more, a case is found, tried on
both versions (`trial`), and shown. What is no disclosure has its own comparisons: powers, votes, review, duties,
thresholds. Whatever neither widens nor narrows is words, and people judge it.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, fields
from enum import StrEnum
from itertools import product

from openpars.agreements.rules import examples, reach
from openpars.agreements.rules.amendment import steps
from openpars.agreements.rules.terms import Agreement, Permit, Rows


class Effect(StrEnum):
    """What a change does to what may be disclosed or done."""

    WIDENS = "widens"
    NARROWS = "narrows"
    NEITHER = "neither"


@dataclass(frozen=True)
class Change:
    """One change: its clause (or section), what changes, its effect, and an example where what is disclosed differs:
    a case that one version shows and the other does not."""

    clause: str
    text: str
    effect: Effect
    example: str | None = None


def changes(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """Every change from `old` to `new`, in the order of the text, each judged on top of those above it."""
    points = reach.scale(old, new)
    made: list[Change] = []
    before = old
    for step in steps(old, new):
        effect, example = _effect(before, step.after, points)
        made.append(Change(step.clause, step.text, effect, example))
        before = step.after
    return tuple(made)


def effect(old: Agreement, new: Agreement) -> Effect:
    """What the amendment does as a whole: widens if anything is wider, narrows if nothing is and something is
    narrower."""
    return _effect(old, new, reach.scale(old, new))[0]


def widens(old: Agreement, new: Agreement) -> bool:
    """Whether `new` lets anybody see or do anything, or owe anything less, that `old` does not."""
    return effect(old, new) is Effect.WIDENS


def _effect(old: Agreement, new: Agreement, points: reach.Scale) -> tuple[Effect, str | None]:
    if (case := reach.beyond(new, old, points)) is not None:
        return Effect.WIDENS, examples.told(case, shown_by=new, hidden_by=old)
    if _asks_oftener(new, old, points) or any(looser(new, old) for looser in _LOOSER):
        return Effect.WIDENS, None
    if (case := reach.beyond(old, new, points)) is not None:
        return Effect.NARROWS, examples.told(case, shown_by=old, hidden_by=new, before=True)
    if _asks_oftener(old, new, points) or any(looser(old, new) for looser in _LOOSER):
        return Effect.NARROWS, None
    return Effect.NEITHER, None


def _asks_oftener(one: Agreement, other: Agreement, points: reach.Scale) -> bool:
    """Whether somebody may ask more often on a day under `one`, in all, for one purpose or in one kind of request."""
    before = _a_day(other, points)
    return any(times > before[who] for who, times in _a_day(one, points).items())


def _a_day(agreement: Agreement, points: reach.Scale) -> defaultdict[tuple[Hashable, ...], float]:
    """How often each asker may ask on one day, by purpose and kind (None: any). Each permit counts for itself, as it
    does in the guard: a clause that is split in two has its limit twice. Events are told, not asked for."""
    times: defaultdict[tuple[Hashable, ...], float] = defaultdict(float)
    for permit, boxes in reach.by_permit(agreement, points):
        limit = permit.requests_per_person_per_day
        whom: set[tuple[Hashable, ...]] = set()
        for box in boxes:
            held = dict(zip(reach.DIMENSIONS, box, strict=True))
            kinds = {way.kind for way in held["way"]} - {"event"}
            whom.update(product(held["asker"], {*held["purpose"], None}, {*kinds, None} if kinds else ()))
        for who in whom:
            times[who] += float("inf") if limit is None else limit
    return times


def _may_more(one: Agreement, other: Agreement) -> bool:
    """Whether `one` gives somebody a power over records that `other` does not."""

    def powers(a: Agreement) -> set[tuple[str, str, str, str]]:
        return {
            (owner.ori, owner.office, role, verb)
            for power in a.powers
            for owner in a.owners
            if owner.office == power.office
            for role in power.roles
            for verb in power.verbs
        }

    return not powers(one) <= powers(other)


def _passes_easier(one: Agreement, other: Agreement) -> bool:
    """Whether some owners can pass `one` by their votes who could not pass `other`."""
    voting, before = ({owner.ori for owner in a.owners if owner.votes} for a in (one, other))
    # The fewest voters of before among those who suffice now: all newcomers first.
    fewest = max(0, one.votes_needed - len(voting - before))
    return fewest < other.votes_needed


def _consulted_less(one: Agreement, other: Agreement) -> bool:
    """Whether the public has less time for a proposal."""
    return one.consultation_days < other.consultation_days


def _reviewed_later(one: Agreement, other: Agreement) -> bool:
    """Whether `other` demands a review by a day at which `one` does not yet."""
    wanted = other.term.review_by
    return wanted is not None and (one.term.review_by is None or one.term.review_by > wanted)


def _owes_less(one: Agreement, other: Agreement) -> bool:
    """Whether a duty of `other` has none of its kind in `one` that is due as soon, each counted once."""

    def due(a: Agreement, kind: str) -> list[float]:
        return sorted(float(d.within_hours or "inf") for d in a.duties if d.kind == kind)

    for kind in {duty.kind for duty in other.duties}:
        has, owed = due(one, kind), due(other, kind)
        if len(has) < len(owed) or any(later > hours for later, hours in zip(has, owed, strict=False)):
            return True
    return False


def _watched_less(one: Agreement, other: Agreement) -> bool:
    """Whether a threshold of `other` has no match in `one` that acts as soon and as hard."""
    return any(
        not any(
            t.measure == wanted.measure
            and t.at_least <= wanted.at_least
            and (t.then == wanted.then or t.then == "suspend")
            for t in one.thresholds
        )
        for wanted in other.thresholds
    )


def _prohibits_less(one: Agreement, other: Agreement) -> bool:
    """Whether `other` prohibits what `one` does not: it binds the same asker's other agreements too."""
    return any(
        not getattr(other, kind).keys() <= getattr(one, kind).keys()
        for kind in ("prohibited_purposes", "prohibited_elements", "prohibited_shapes")
    )


_TAUGHT = {
    Agreement: {
        "identifier", "version", "kind", "title", "statement", "owners", "votes_needed", "consultation_days",
        "authority", "term", "permits", "receiver", "prohibitions", "duties", "thresholds", "notices", "fee", "law",
        "powers",
    },
    Permit: {
        "position", "clause", "elements", "purposes", "rows", "office", "roles", "ask_by", "tolerance_years", "lists",
        "events", "requires", "results_per_request", "requests_per_person_per_day",
    },
    Rows: {
        "charge_status", "juveniles", "limited_access", "own_clients", "victims_and_witnesses", "districts",
        "arrested_within_days",
    },
}  # fmt: skip
"""What `reach` and the comparisons here weigh, and what they know to be words alone."""


_CAUTIOUS = {
    Agreement: {"safeguards"},
    Permit: {"exact", "hours", "requests_per_day", "results_per_day"},
    Rows: {"own_case", "arrested_from", "arrested_to"},
}
"""What is not weighed yet, and so counts as wider, whichever way it changes: then the owners vote on it."""


def _differs_untaught(one: Agreement, other: Agreement) -> bool:
    """What nobody taught this module to weigh counts as wider, whichever way it changes."""

    def untaught(part: Agreement | Permit | Rows) -> tuple[object, ...]:
        names = (field.name for field in fields(part) if field.name not in _TAUGHT[type(part)])
        return tuple(getattr(part, name) for name in names)

    def all_of(a: Agreement) -> set[tuple[object, ...]]:
        return {untaught(a), *((untaught(p), untaught(p.rows)) for p in a.permits)}

    return all_of(one) != all_of(other)


_LOOSER: tuple[Callable[[Agreement, Agreement], bool], ...] = (
    _may_more,
    _passes_easier,
    _consulted_less,
    _reviewed_later,
    _owes_less,
    _watched_less,
    _prohibits_less,
    _differs_untaught,
)
"""Each: whether the first version is looser than the second in something that is no disclosure."""
