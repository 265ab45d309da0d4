"""Two versions of an agreement, compared: every change in words, and whether it widens or narrows.

A change is judged by what it does, not by how it reads: each is tried on the version that the changes above it leave.
What can be disclosed is compared exactly (`reach`), and where one version discloses more, a case is found, tried on
both versions (`trial`), and shown. How often one may ask has its own comparison (`allowance`), and so has what is no
disclosure: powers, votes, review, duties, thresholds, safeguards. Whatever neither widens nor narrows is words, and
people judge it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from openpars.agreements.rules import allowance, examples, reach, strictness
from openpars.agreements.rules.amendment import steps
from openpars.agreements.rules.terms import Agreement


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
    if allowance.exceeds(new, old, points) or any(looser(new, old) for looser in _LOOSER):
        return Effect.WIDENS, None
    if (case := reach.beyond(old, new, points)) is not None:
        return Effect.NARROWS, examples.told(case, shown_by=old, hidden_by=new, before=True)
    if allowance.exceeds(old, new, points) or any(looser(old, new) for looser in _LOOSER):
        return Effect.NARROWS, None
    return Effect.NEITHER, None


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


def _promises_less(one: Agreement, other: Agreement) -> bool:
    """Whether a safeguard of `one` is weaker than `other`'s."""
    return strictness.weaker(one.safeguards, other.safeguards)


_LOOSER: tuple[Callable[[Agreement, Agreement], bool], ...] = (
    _may_more,
    _passes_easier,
    _consulted_less,
    _reviewed_later,
    _owes_less,
    _watched_less,
    _prohibits_less,
    _promises_less,
)
"""Each: whether the first version is looser than the second in something that is no disclosure."""
