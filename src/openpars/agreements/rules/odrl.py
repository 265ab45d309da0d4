"""An agreement as an ODRL 2.2 policy with purposes of the Data Privacy Vocabulary, in JSON-LD; and back.

A small closed profile, specs/agreement-odrl.md: what ODRL has a term for is said with it, the rest with terms of the
profile, so that nothing is lost: read(export(a)) == a. A document is of the profile exactly if exporting what was read
from it gives the same document again: nothing in it goes unread, and nothing unknown passes.
"""

import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from openpars.agreements.rules import vocabulary
from openpars.agreements.rules.language import parse, render
from openpars.agreements.rules.odrl_terms import (
    CONTEXT,
    OPERATORS,
    OWN_ACTIONS,
    PROFILE,
    from_terms,
    to_terms,
)
from openpars.agreements.rules.rendering import written
from openpars.agreements.rules.terms import Agreement
from openpars.errors import AgreementMalformed, BadInput

Node = dict[str, Any]


def export(agreement: Agreement) -> Node:
    """The policy, ready for JSON."""
    raw = tomllib.loads(render(agreement))
    owners, receiver = raw.pop("owners"), raw.pop("receiver", None)
    permits, prohibitions = raw.pop("permits"), raw.pop("prohibitions", [])
    duties = raw.pop("duties", [])
    policy: Node = {
        "@context": CONTEXT,
        "type": "Agreement",
        "uid": f"urn:openpars:agreement:{raw['identifier']}:{raw['version']}",
        "profile": PROFILE,
        "conflict": "prohibit",
        "title": raw.pop("title"),
        "description": raw.pop("statement"),
        "assigner": [_party(owner) for owner in owners],
        "permission": [_permission(agreement, permit) for permit in permits],
        "prohibition": [rule for clause in prohibitions for rule in _prohibition(clause)],
        "obligation": [_obligation(duty) for duty in duties],
    }
    if receiver is not None:
        policy["assignee"] = _party(receiver)
    return policy | to_terms(raw)


def read(document: object) -> Agreement:
    """The agreement of a policy of the profile. Raises AgreementMalformed where the document is not one."""
    if not isinstance(document, dict):
        raise AgreementMalformed.one("the document", "must be one JSON object")
    try:
        made = parse(written(_raw(document)))
    except BadInput:
        raise
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError):
        raise AgreementMalformed.one("the document", f"is no policy of the profile {PROFILE}") from None
    for where in _differences(document, export(made), "the document"):
        raise AgreementMalformed.one(where, f"is not as the profile {PROFILE} writes it")
    return made


def _differences(found: Any, wanted: Any, where: str) -> Iterator[str]:
    """Where `found` is not what should be there, by its path."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        if missing := sorted(wanted.keys() - found.keys()):
            yield f"{where}.{missing[0]}"
        for name in found:
            # What a stranger calls a field is not repeated.
            inside = f"{where}.{name}" if name in wanted else f"a field of {where}"
            yield from _differences(found[name], wanted.get(name), inside)
    elif isinstance(found, list) and isinstance(wanted, list) and len(found) == len(wanted):
        for place, (one, other) in enumerate(zip(found, wanted, strict=True), 1):
            yield from _differences(one, other, f"{where}[{place}]")
    elif type(found) is not type(wanted) or found != wanted:
        yield where


def _party(raw: Node) -> Node:
    return {"type": "Party", "uid": f"urn:openpars:party:{raw['ori']}", **to_terms(raw)}


def _purposes(words: list[str]) -> Node:
    return {
        "leftOperand": "purpose",
        "operator": "isAnyOf",
        "rightOperand": [{"@id": vocabulary.iri(word)} for word in words],
    }


def _permission(agreement: Agreement, raw: Node) -> Node:
    rows = raw.pop("rows")
    actions = ["op:open"] + ["op:search"] * bool(raw.get("ask_by")) + ["op:list"] * bool(raw.get("lists"))
    actions += ["op:subscribe"] * bool(raw.get("events"))
    rule: Node = {
        "type": "Permission",
        "op:clause": raw.pop("clause"),
        "target": [f"op:element/{word}" for word in raw.pop("elements")],
        "action": actions,
        "constraint": [
            *(
                {
                    "leftOperand": "dateTime",
                    "operator": operator,
                    "rightOperand": {"@value": at.isoformat(), "@type": "xsd:dateTime"},
                }
                for operator, at in (("gteq", agreement.term.starts_at), ("lt", agreement.term.ends_at))
            ),
            _purposes(raw.pop("purposes")),
            *_constraints("op:", raw),
            *_constraints("op:rows/", rows),
        ],
    }
    if "office" in raw:
        rule["assignee"] = f"op:office/{raw['office']}"
    return rule


def _constraints(prefix: str, raw: Node) -> Iterator[Node]:
    for name, value in raw.items():
        terms = to_terms({name: value})[f"op:{name}"]
        operator = OPERATORS.get(name, "eq")
        if operator in ("isAnyOf", "isAllOf"):
            if not value:
                continue
            terms = value
        yield {"leftOperand": f"{prefix}{name}", "operator": operator, "rightOperand": terms}


def _prohibition(raw: Node) -> Iterator[Node]:
    purposes, elements, shapes = (raw.pop(kind, None) for kind in ("purposes", "elements", "shapes"))
    # ODRL's rules hold where target, action and constraint all fit; a clause prohibits each of what it names alone.
    same: Node = {"type": "Prohibition", **to_terms(raw)}
    if purposes or not (elements or shapes):
        rule = {**same, "target": "op:records", "action": "use"}
        yield {**rule, "constraint": [_purposes(purposes)]} if purposes else rule
    if elements:
        yield {**same, "target": [f"op:element/{word}" for word in elements], "action": "use"}
    if shapes:
        yield {**same, "target": "op:records", "action": [f"op:{word}" for word in shapes]}


def _obligation(raw: Node) -> Node:
    hours = raw.pop("within_hours", None)
    duty: Node = {
        "type": "Duty",
        **to_terms(raw),
        "action": OWN_ACTIONS.get(raw["kind"], f"op:{raw['kind']}"),
    }
    if hours is not None:
        duty["constraint"] = [
            {
                "leftOperand": "elapsedTime",
                "operator": "lteq",
                "rightOperand": {"@value": f"PT{hours}H", "@type": "xsd:duration"},
            }
        ]
    return duty


def _raw(policy: Mapping[str, Any]) -> Node:
    """The tables of the agreement's file, read from where the profile puts them; what is left over shows when the
    result is exported again."""
    raw = from_terms(policy)
    head = {"title": policy["title"], "statement": policy["description"]}
    raw |= {"owners": [from_terms(party) for party in policy["assigner"]]}
    if "assignee" in policy:
        raw["receiver"] = from_terms(policy["assignee"])
    raw["permits"] = [_permit(rule) for rule in policy["permission"]]
    clauses: dict[str, Node] = {}
    for rule in policy["prohibition"]:
        found = from_terms(rule)
        clauses.setdefault(found["clause"], {}).update({**found, **_prohibited(rule)})
    raw["prohibitions"] = list(clauses.values())
    raw["duties"] = [_duty(rule) for rule in policy["obligation"]]
    return {**head, **{name: value for name, value in raw.items() if value != []}}


def _permit(rule: Mapping[str, Any]) -> Node:
    raw: Node = {"clause": rule["op:clause"], "elements": _elements(rule), "rows": {}}
    for constraint in rule["constraint"]:
        left, right = constraint["leftOperand"], constraint["rightOperand"]
        if left == "purpose":
            raw["purposes"] = _words(right)
        elif left.startswith("op:rows/"):
            raw["rows"] |= from_terms({f"op:{left.removeprefix('op:rows/')}": right})
        elif left != "dateTime":
            raw |= from_terms({left: right})
    return raw


def _elements(rule: Mapping[str, Any]) -> list[str]:
    return [target.removeprefix("op:element/") for target in rule["target"]]


def _words(purposes: list[Node]) -> list[str]:
    return [purpose["@id"].rpartition("#")[2] for purpose in purposes]


def _prohibited(rule: Mapping[str, Any]) -> Node:
    if isinstance(rule["target"], list):
        return {"elements": _elements(rule)}
    if isinstance(rule["action"], list):
        return {"shapes": [action.removeprefix("op:") for action in rule["action"]]}
    constraints = rule.get("constraint", [])
    return {"purposes": _words(constraints[0]["rightOperand"])} if constraints else {}


def _duty(rule: Mapping[str, Any]) -> Node:
    raw = from_terms(rule)
    for constraint in rule.get("constraint", []):
        raw["within_hours"] = int(constraint["rightOperand"]["@value"].removeprefix("PT").removesuffix("H"))
    return raw
