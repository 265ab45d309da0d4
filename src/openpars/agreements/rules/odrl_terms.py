"""The terms of the ODRL profile: its context, and how a field of the agreement's file is written in it."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

PROFILE = "urn:openpars:odrl:1"
"""The profile's name."""

_IDS = {"@type": "@id"}
_TERMS = {"@type": "@vocab"}
CONTEXT: Mapping[str, Any] = {
    "@version": 1.1,
    "@vocab": "http://www.w3.org/ns/odrl/2/",
    "odrl": "http://www.w3.org/ns/odrl/2/",
    "dpv": "https://w3id.org/dpv#",
    "law": "https://w3id.org/dpv/sector/law#",
    "op": {"@id": "urn:openpars:odrl:1#", "@prefix": True},
    "xsd": "http://www.w3.org/2001/XMLSchema#",
    "uid": "@id",
    "type": "@type",
    "title": "http://purl.org/dc/terms/title",
    "description": "http://purl.org/dc/terms/description",
    "profile": _IDS,
    "conflict": _TERMS,
    "assigner": _IDS,
    "assignee": _IDS,
    "target": _IDS,
    "action": _TERMS,
    "leftOperand": _TERMS,
    "operator": _TERMS,
}
"""Carried in each document: reading one needs no network. Terms without a prefix are ODRL's, as in its own context."""

OPERATORS: Mapping[str, str] = {
    "tolerance_years": "lteq",
    "results_per_request": "lteq",
    "arrested_within_days": "lteq",
    "requests_per_person_per_day": "lteq",
    "requests_per_day": "lteq",
    "results_per_day": "lteq",
    "roles": "isAnyOf",
    "districts": "isAnyOf",
    "categories": "isAnyOf",
    "events": "isAnyOf",
    "requires": "isAllOf",
}
"""How a permit's field limits; `eq` where none is named."""

OWN_ACTIONS: Mapping[str, str] = {"delete": "delete", "notify-breach": "inform", "answer-audit": "inform"}
"""Duties that ODRL has an action for; the others are the profile's own."""

_FIELD = re.compile(r"[a-z][a-z_]{0,40}")


def to_terms(raw: Mapping[str, Any]) -> dict[str, Any]:
    """Fields of the file as terms of the profile."""
    return {f"op:{name}": _out(value) for name, value in raw.items()}


def from_terms(node: Mapping[str, Any]) -> dict[str, Any]:
    """The fields that a node carries as terms of the profile. ValueError where one has no name of a field."""
    found = {}
    for name, value in node.items():
        if name.startswith("op:"):
            field = name.removeprefix("op:")
            if not _FIELD.fullmatch(field):
                raise ValueError("not the name of a field")
            found[field] = _in(value)
    return found


def _out(value: Any) -> Any:
    if isinstance(value, date):
        return {"@value": value.isoformat(), "@type": "xsd:date"}
    if isinstance(value, list):
        return {"@list": [_out(part) for part in value]}
    return to_terms(value) if isinstance(value, Mapping) else value


def _in(value: Any) -> Any:
    if isinstance(value, Mapping):
        if "@value" in value:
            return date.fromisoformat(value["@value"])
        return [_in(part) for part in value["@list"]] if "@list" in value else from_terms(value)
    return [_in(part) for part in value] if isinstance(value, list) else value
