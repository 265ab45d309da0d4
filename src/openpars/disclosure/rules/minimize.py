"""From a permit's grants to the columns that are read, and from a row to what is handed over.

The views hold no more than the permit's columns, so nothing here can leak; this cuts further, to the elements
that were asked for, and makes every value one that JSON can carry.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from openpars.agreements.rules.terms import Grant
from openpars.records.rules.elements import CATALOGUE, Relation


def relation(grant: Grant) -> Relation:
    """The relation that holds the granted element."""
    return CATALOGUE[grant.element].relation


def columns(grants: Iterable[Grant], of: Relation) -> tuple[str, ...]:
    """The columns of the relation that hold the granted elements, in the agreement's order; without those that
    only serve to seek."""
    names: list[str] = []
    for grant in grants:
        element = CATALOGUE[grant.element]
        if element.relation is of:
            granted = (
                element.generalizations[grant.generalization] if grant.generalization else element.columns
            )
            names.extend(column.name for column in granted)
    return tuple(dict.fromkeys(names))


def shown(row: Mapping[str, object], wanted: Sequence[str]) -> dict[str, object]:
    """The wanted columns of a row as JSON values: moments in UTC, amounts as text (no floats)."""
    return {name: _plain(row[name]) for name in wanted}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (Decimal, UUID)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
