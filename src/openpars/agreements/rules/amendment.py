"""From one version of an agreement to another, one change at a time: what each changes, in words, and the version
that it leaves. The last leaves the new version; whether a change widens is not this module's to say.

Changes come in the order of the text, prohibitions before permits: what is prohibited with the same amendment is no
permission on the way.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Protocol, TypeVar

from openpars.agreements.rules import clause_changes, permit_changes, safeguard_changes
from openpars.agreements.rules.clause_changes import Part
from openpars.agreements.rules.parties import Owner
from openpars.agreements.rules.terms import Agreement, Permit


@dataclass(frozen=True)
class Step:
    """One change: the clause (or section) that it is in, what it changes, and the version after it."""

    clause: str
    text: str
    after: Agreement


class Claused(Protocol):
    """A clause of an agreement."""

    @property
    def clause(self) -> str:
        """Its number."""


C = TypeVar("C", bound=Claused)


def steps(old: Agreement, new: Agreement) -> Iterator[Step]:
    """Every change from `old` to `new`."""
    now = replace(old, version=new.version)
    for name, parts in _SECTIONS.items():
        for clause, text, part in parts(getattr(now, name), getattr(new, name)):
            now = _put(now, name, _placed(part) if name == "permits" else part)
            yield Step(clause, text, now)
        # What is left is order alone, or what no words are for.
        now = _put(now, name, getattr(new, name))
    told = {"version", *_SECTIONS}
    for field in fields(Agreement):
        if field.name not in told and getattr(now, field.name) != getattr(new, field.name):
            now = _put(now, field.name, getattr(new, field.name))
            yield Step(field.name, f"The section {quoted(field.name)} changes.", now)


def _put(a: Agreement, name: str, value: Any) -> Agreement:
    changed: dict[str, Any] = {name: value}
    return replace(a, **changed)


def _placed(permits: Sequence[Permit]) -> tuple[Permit, ...]:
    return tuple(replace(permit, position=place) for place, permit in enumerate(permits, 1))


def quoted(name: str) -> str:
    """A field's name as words.

    >>> quoted("security_officer")
    '"security officer"'
    """
    return f'"{name.replace("_", " ")}"'


def _value(clause: str, words: str) -> Callable[[Any, Any], Iterator[Part]]:
    def changed(old: Any, new: Any) -> Iterator[Part]:
        if old != new:
            yield clause, words.format(old=old, new=new), new

    return changed


def _fields(clause: str, words: dict[str, str]) -> Callable[[Any, Any], Iterator[Part]]:
    """A section that is a frozen value, told field by field; `words` where a field has its own."""

    def changed(old: Any, new: Any) -> Iterator[Part]:
        if old is None or new is None:
            if old != new:
                yield clause, f"The section {quoted(clause)} is {'new' if old is None else 'gone'}.", new
            return
        for field in fields(new):
            was, now = getattr(old, field.name), getattr(new, field.name)
            if was != now:
                old = replace(old, **{field.name: now})
                said = words.get(field.name, f"The {field.name.replace('_', ' ')} changes: {{new}}.")
                yield clause, said.format(old=_shown(was), new=_shown(now)), old

    return changed


def _shown(value: Any) -> str:
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple | frozenset):
        return "; ".join(map(str, value)) or "none"
    if hasattr(value, "year"):
        return f"{value:%B} {value.day}, {value.year}"
    return str(value)


def _matched(old: Sequence[C], new: Sequence[C]) -> dict[int, int]:
    """Place in the old text -> place in the new: of clauses that say the same, whatever their number; then of those
    that have one number."""
    found: dict[int, int] = {}
    for same in (permit_changes.says_the_same, lambda a, b: a.clause == b.clause):
        for place, one in enumerate(old):
            if place not in found:
                free = (other for other in range(len(new)) if other not in found.values())
                twin = next((other for other in free if same(one, new[other])), None)
                if twin is not None:
                    found[place] = twin
    return found


def clauses(
    gone: Callable[[C], str], changed: Callable[[C, C], Iterator[Part]], added: Callable[[C], str]
) -> Callable[[tuple[C, ...], tuple[C, ...]], Iterator[Part]]:
    """A section that is a list of clauses: what is gone, what changes, their order, what is new."""

    def told(old: tuple[C, ...], new: tuple[C, ...]) -> Iterator[Part]:
        pairs = _matched(old, new)
        now = dict(enumerate(old))
        for place, clause in enumerate(old):
            if place not in pairs:
                del now[place]
                yield clause.clause, gone(clause), tuple(now.values())
        for place, other in sorted(pairs.items(), key=lambda pair: pair[1]):
            after = new[other]
            for number, text, part in (*changed(now[place], after), *_renumbered(now[place], after)):
                now[place] = part
                yield number, text, tuple(now.values())
            now[place] = after
        if [pairs[place] for place in sorted(pairs)] != sorted(pairs.values()):
            kept = [new[other] for other in sorted(pairs.values())]
            yield kept[0].clause, "The order of the clauses changes.", tuple(kept)
        standing = set(pairs.values())
        for other, clause in enumerate(new):
            if other not in standing:
                standing.add(other)
                yield clause.clause, added(clause), tuple(new[place] for place in sorted(standing))

    return told


def _renumbered(before: C, after: C) -> Iterator[Part]:
    if before.clause != after.clause:
        yield after.clause, f"Clause {before.clause} is now clause {after.clause}.", after


def _owners(old: tuple[Owner, ...], new: tuple[Owner, ...]) -> Iterator[Part]:
    now = {owner.ori: owner for owner in old}
    for owner in old:
        if owner.ori not in {one.ori for one in new}:
            del now[owner.ori]
            yield "parties", f"The {owner.name} is no longer an owner.", tuple(now.values())
    for owner in new:
        if owner.ori not in now:
            now[owner.ori] = owner
            voting = "votes" if owner.votes else "does not vote"
            yield "parties", f"The {owner.name} becomes an owner, and {voting}.", tuple(now.values())
        elif now[owner.ori] != owner:
            for _, text, part in _fields("parties", {})(now[owner.ori], owner):
                now[owner.ori] = part
                yield "parties", f"{owner.name}: {text[:1].lower()}{text[1:]}", tuple(now.values())


_SECTIONS: dict[str, Callable[[Any, Any], Iterator[Part]]] = {
    "identifier": _value("head", "The identifier changes: {new}."),
    "kind": _value("head", "The kind changes from {old} to {new}."),
    "title": _value("head", "The title changes: {new}."),
    "statement": _value("statement", "The statement of the purpose changes: {new}"),
    "receiver": _fields("receiver", {"ori": "The receiver is the agency with the ORI {new}; before, {old}."}),
    "owners": _owners,
    "votes_needed": _value("votes", "Votes of the owners that it takes: {new}; before, {old}."),
    "consultation_days": _value(
        "consultation",
        "Days for which a proposal that gives more is open to the public: {new}; before, {old}.",
    ),
    "authority": _fields("authority", {}),
    "term": _fields(
        "term",
        {
            "first_day": "It begins on {new}; before, on {old}.",
            "last_day": "It ends with {new}; before, with {old}.",
            "review_by": "It is to be reviewed by {new}; before, by {old}.",
        },
    ),
    "prohibitions": clauses(
        lambda p: f"This prohibition is gone: {clause_changes.all_prohibited(p)}.",
        clause_changes.prohibition,
        lambda p: f"Now prohibited: {clause_changes.all_prohibited(p)}.",
    ),
    "permits": clauses(permit_changes.gone, permit_changes.changes, permit_changes.added),
    "duties": clauses(
        lambda d: f"This duty is gone: {d.text}", clause_changes.duty, lambda d: f"A new duty: {d.text}"
    ),
    "thresholds": clauses(
        lambda t: f"No longer {clause_changes.threshold_words(t)}.",
        clause_changes.threshold,
        lambda t: f"Now {clause_changes.threshold_words(t)}.",
    ),
    "notices": clauses(
        lambda n: f"This notice is gone: {n.text}", clause_changes.texts, lambda n: f"A new notice: {n.text}"
    ),
    "fee": _fields("fee", {"cents_a_year": "The fee is {new} cents a year; before, {old}."}),
    "law": clauses(
        lambda n: f"This clause is gone: {n.text}", clause_changes.texts, lambda n: f"A new clause: {n.text}"
    ),
    "powers": clauses(
        lambda p: f"This is gone: {clause_changes.power_words(p)}.",
        clause_changes.power,
        lambda p: f"New: {clause_changes.power_words(p)}.",
    ),
    "safeguards": safeguard_changes.changes,
}
"""How each section of a version is told."""
