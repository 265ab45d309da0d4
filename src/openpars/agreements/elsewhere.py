"""Rules that come from elsewhere (an ordinance, an order): entered as prohibitions, and repealed.

Each is one call of a function of the guard (disclosure/sql/proceedings.sql), as all that people do in the life of
agreements (`agreements.proceedings`).
"""

import json
from collections.abc import Collection, Mapping
from datetime import date, datetime
from uuid import UUID, uuid4

from openpars.agreements import guarded
from openpars.agreements.rules.grounds import stated
from openpars.agreements.rules.vocabulary import PROHIBITABLE, SHAPES
from openpars.errors import BadInput, Problem
from openpars.records.rules.elements import CATALOGUE

VERBS = ("enter_rule", "repeal_rule")
"""The acts of this module, by which a charter's powers name them."""


def enter_rule(
    *,
    title: str,
    citation: str,
    effective_on: date,
    purposes: Collection[str] = (),
    elements: Collection[str] = (),
    shapes: Collection[str] = (),
    by: UUID,
    at: datetime,
) -> UUID:
    """Enter a rule from elsewhere as a prohibition; answers its id. Raises BadInput naming each unknown word."""
    named = {
        "purposes": (purposes, PROHIBITABLE),
        "elements": (elements, CATALOGUE),
        "shapes": (shapes, SHAPES),
    }
    problems = [
        Problem(where, "names a word that the format does not know")
        for where, (words, known) in named.items()
        if not set(words) <= set(known)
    ]
    if not any(words for words, _ in named.values()):
        problems.append(
            Problem("purposes", "or elements or ways of asking must be named: it prohibits nothing")
        )
    if problems:
        raise BadInput(problems)
    said: Mapping[str, object] = {
        "title": stated(title, where="title"),
        "citation": stated(citation, where="citation"),
        "effective_on": effective_on.isoformat(),
        **{where: sorted(words) for where, (words, _) in named.items()},
    }
    which = uuid4()
    guarded.call("guard.enter_rule(%s, %s, %s)", [which, json.dumps(said), by])
    return which


def repeal_rule(*, rule: UUID, grounds: str, by: UUID, at: datetime) -> None:
    """Strike out an entered rule: it holds no more. Raises NotFound."""
    guarded.call("guard.repeal_rule(%s, %s, %s)", [rule, stated(grounds), by])
