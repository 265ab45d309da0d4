"""An arrest on record as the booking page's texts, and what differs between what was seen, what stands and what was
typed."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpars.portal.booking import PLACES, Typed, stamp
from openpars.portal.booking_fields import label
from openpars.portal.showing import instant

_RENAMED = {"location": "arrest_location", "category": "arrest_category"}
AMENDED = tuple(PLACES)
"""The fields that are amended. The district is told by no look at the record: it stands empty, and is written where
somebody types one."""


@dataclass(frozen=True)
class Difference:
    """A field that somebody else has changed: what was seen, what stands now, and what was typed."""

    label: str
    seen: str
    now: str
    mine: str


def as_typed(record: Mapping[str, Any]) -> Typed:
    """The record as the page's texts."""
    return {name: _text(record.get(_RENAMED.get(name, name))) for name in AMENDED}


def packed(texts: Typed) -> str:
    """What was seen, for the form to carry: what is amended is what differs from it."""
    return json.dumps({name: texts[name] for name in AMENDED}, ensure_ascii=False)


def unpacked(text: str) -> Typed:
    """What was seen, as the form carried it; nothing, where it was tampered with."""
    try:
        given = json.loads(text)
    except ValueError:
        return {}
    return {name: str(given[name]) for name in AMENDED if name in given} if isinstance(given, dict) else {}


def changed(seen: Typed, mine: Typed) -> set[str]:
    """The places that were typed anew, as `amend_arrest` names them."""
    names = {name for name in AMENDED if mine[name] != seen.get(name, "")}
    places = {PLACES[name] for name in names}
    # An incident's district is its DC number's, or the one that was typed for the arrest.
    return places | {"incident.district"} if names & {"district", "dc_number"} else places


def differences(seen: Typed, now: Typed, mine: Typed) -> list[Difference]:
    """What somebody else has changed since it was seen."""
    return [
        Difference(label(name), seen.get(name, ""), now[name], mine[name])
        for name in AMENDED
        if now[name] != seen.get(name, "")
    ]


def merged(seen: Typed, now: Typed, mine: Typed) -> Typed:
    """What was typed, over what stands now: a field that was not touched takes what somebody else made of it."""
    return mine | {name: now[name] for name in AMENDED if mine[name] == seen.get(name, "")}


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(each) for each in value)
    moment = instant(value)
    return stamp(moment) if moment else str(value)
