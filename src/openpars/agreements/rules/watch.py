"""What stands out about agreements in force: unused, not reviewed, at odds with a rule that was entered since. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from openpars.agreements.rules.terms import Agreement, Threshold
from openpars.agreements.rules.vocabulary import CONSEQUENCES, MEASURES, PROHIBITABLE, SHAPES
from openpars.records.rules.elements import CATALOGUE

UNUSED_AFTER = timedelta(days=90)
"""An agreement that nobody asked under for so long is in question, unless its text has a threshold of its own."""


@dataclass(frozen=True)
class Held:
    """An agreement in force: since when, when somebody last asked under it, and of today each measure of a threshold
    that is counted by the day."""

    number: int
    agreement: Agreement
    enforced_at: datetime
    last_used_at: datetime | None
    today: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Rule:
    """A rule from elsewhere, as a prohibition in the format's words."""

    title: str
    citation: str
    purposes: frozenset[str]
    elements: frozenset[str]
    shapes: frozenset[str]
    effective_on: date


@dataclass(frozen=True)
class Finding:
    """Something about an agreement that somebody should look at; `kind` is one word, `since` when it began."""

    number: int
    kind: str
    words: str
    since: date


def findings(held: Held, *, at: datetime, on: date) -> tuple[Finding, ...]:
    """What stands out about one agreement in force at `at`, which is the city's day `on`."""
    found = [
        Finding(held.number, "threshold", in_words(threshold, measured), on)
        for threshold, measured in reached(held, at=at)
    ]
    used = held.last_used_at or held.enforced_at
    own = any(one.measure == "days-unused" for one in held.agreement.thresholds)
    if held.agreement.receiver is not None and not own and at - used >= UNUSED_AFTER:
        words = f"nobody has asked under it for {(at - used).days} days"
        found.append(Finding(held.number, "unused", words, used.date()))
    review = held.agreement.term.review_by
    if review is not None and review < on:
        found.append(Finding(held.number, "review", "its review is overdue", review))
    return tuple(found)


def at_odds(rule: Rule, agreement: Agreement) -> str:
    """What `agreement` gives that `rule` forbids, in words; empty where it gives none of it."""
    given: dict[str, list[str]] = {}
    for clause, what in contradictions(rule, agreement):
        given.setdefault(what, []).append(clause)
    if not given:
        return ""
    gives = "; ".join(f"{what} (clause{'s' * (len(c) > 1)} {', '.join(c)})" for what, c in given.items())
    return f"it gives {gives}, which {rule.title} ({rule.citation}) forbids"


def reached(held: Held, *, at: datetime) -> Iterator[tuple[Threshold, int]]:
    """The thresholds of the text that use has come to (clause 8), each with what was measured."""
    measured = {**held.today, "days-unused": (at - (held.last_used_at or held.enforced_at)).days}
    for threshold in held.agreement.thresholds:
        if measured.get(threshold.measure, 0) >= threshold.at_least:
            yield threshold, measured[threshold.measure]


def in_words(threshold: Threshold, measured: int) -> str:
    """What has come to what, and what clause asks for what."""
    return (
        f"{measured:,} {MEASURES[threshold.measure]}: at {threshold.at_least:,} clause {threshold.clause} asks for"
        f" {CONSEQUENCES[threshold.then]}"
    )


def contradictions(rule: Rule, agreement: Agreement) -> tuple[tuple[str, str], ...]:
    """Where `agreement` gives what `rule` forbids: clause and what, in words. What the text itself prohibits it does
    not give."""
    found: list[tuple[str, str]] = []
    for permit in agreement.permits:
        found += [
            (permit.clause, PROHIBITABLE[purpose])
            for purpose in permit.purposes
            if purpose in rule.purposes and purpose not in agreement.prohibited_purposes
        ]
        found += [
            (permit.clause, f"the {CATALOGUE[grant.element].words}")
            for grant in agreement.granted(permit)
            if grant.element in rule.elements
        ]
        ways = {
            "search": bool(permit.ask_by),
            "open": True,
            "list": permit.lists,
            "event": bool(permit.events),
            "tolerance": bool(permit.tolerance_years),
        }
        found += [
            (permit.clause, SHAPES[shape])
            for shape in sorted(rule.shapes)
            if ways.get(shape, False) and shape not in agreement.prohibited_shapes
        ]
    return tuple(dict.fromkeys(found))
