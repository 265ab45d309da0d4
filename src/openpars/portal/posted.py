"""What a form posts, field by field: as it is kept, carried along, and told in words."""

from collections.abc import Mapping
from typing import Any

from django.http import QueryDict

BUTTONS = frozenset(("wish", "act", "do"))
"""What a button says: it is pressed, not typed."""

_CONTROLS = BUTTONS | {"draft", "draft_kind", "draft_arrest", "draft_seen", "draft_wish"}
_CARRIED = frozenset(("seen", "seen_texts", "seen_charges", "version", "known_for", "charges_before"))
"""Fields that nobody types."""

Fields = dict[str, list[str]]


def fields(post: QueryDict) -> Fields:
    """Everything that a form posts, but what proves from where it comes."""
    given = ((name, [str(value) for value in values]) for name, values in post.lists())
    return {name: values for name, values in given if name != "csrfmiddlewaretoken"}


def content(post: QueryDict) -> Fields:
    """What was typed into a form, as it is kept: each field's values."""
    return {name: values for name, values in fields(post).items() if name not in _CONTROLS}


def as_posted(kept: Mapping[str, Any]) -> QueryDict:
    """What is kept, as its form would post it."""
    query = QueryDict(mutable=True)
    for name, values in kept.items():
        query.setlist(name, list(values))
    return query


def pairs(given: Fields) -> list[tuple[str, str]]:
    """Each field's name with each of its values, as a form that carries them lists them."""
    return [(name, value) for name, values in given.items() for value in values]


def told(given: Mapping[str, object]) -> dict[str, str]:
    """What somebody typed, by the names of the fields, each in one line."""
    return {name: _line(values) for name, values in given.items() if name not in _CONTROLS | _CARRIED}


def label(name: str) -> str:
    """A field's name as a person reads it."""
    # Charging's fields end in the reference of their charge.
    plain = name.removeprefix("c-").removesuffix(name[-37:] if len(name) > 37 else "")
    return plain.replace("-", " ").replace("_", " ").capitalize()


def _line(values: object) -> str:
    texts = values if isinstance(values, list) else []
    return " · ".join(" ".join(str(text).split()) for text in texts if str(text).strip())
