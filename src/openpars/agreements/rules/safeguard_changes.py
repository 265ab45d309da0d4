"""What changes from one version's safeguards to another's, field by field, in the sentences of the plain rendering."""

from collections.abc import Iterator
from dataclasses import fields, replace

from openpars.agreements.rules.clause_changes import Part
from openpars.agreements.rules.plain_safeguards import safeguards
from openpars.agreements.rules.safeguards import Safeguards


def changes(old: Safeguards, new: Safeguards) -> Iterator[Part]:
    """Every change: its section, words, and the safeguards after it."""
    for section in fields(Safeguards):
        for field in fields(getattr(new, section.name)):
            held, wanted = getattr(old, section.name), getattr(new, section.name)
            was, now = getattr(held, field.name), getattr(wanted, field.name)
            if was != now:
                after = replace(old, **{section.name: replace(held, **{field.name: now})})
                yield section.name, _told(section.name, old, after) or _plainly(field.name, was, now), after
                old = after


def _told(section: str, old: Safeguards, new: Safeguards) -> str:
    before, now = ([text for name, text in safeguards(one) if name == section] for one in (old, new))
    said = [text for text in now if text not in before]
    gone = [text for text in before if text not in now]
    if gone and not said:
        return " ".join(["No longer promised:", *gone])
    return " ".join([*said, "Before:", *gone] if gone else said)


def _plainly(name: str, was: object, now: object) -> str:
    """Where no sentence says it: it has no meaning beside the other fields."""
    return f"The {name.replace('_', ' ')} changes from {_shown(was)} to {_shown(now)}."


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) or "none" if isinstance(value, tuple) else str(value)
