"""What an agreement shows of the invented person's record, line by line beside the whole of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpars.agreements.rules.rows import Facts, hidden_by
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.disclosure.rules import minimize
from openpars.disclosure.rules.specimen import RECORD
from openpars.records.rules.elements import CATALOGUE, Element, Relation


@dataclass(frozen=True)
class Line:
    """One element: the rows that hold it whole, and what is shown of them (None: nothing), in which coarser form;
    `prohibited` is the clause that takes it back, if a clause does."""

    element: Element
    whole: tuple[Mapping[str, Any], ...]
    shown: tuple[Mapping[str, Any], ...] | None
    generalization: str | None = None
    prohibited: str | None = None


@dataclass(frozen=True)
class Sight:
    """All of it, or nothing: `hidden` is the field of the permit's rows that keeps the arrest out of sight."""

    lines: Mapping[Relation, tuple[Line, ...]]
    hidden: str | None

    @property
    def counts(self) -> tuple[int, int]:
        """How many elements are shown, of how many there are."""
        lines = [line for listed in self.lines.values() for line in listed]
        return sum(line.shown is not None for line in lines), len(lines)


def sight(agreement: Agreement, permit: Permit, facts: Facts) -> Sight:
    """The record of an arrest with these facts through the permit: the same rule that cuts every answer down
    (`minimize`), on the elements that are left once the agreement's own prohibitions are taken off."""
    hidden = hidden_by(permit.rows, facts)
    granted = {grant.element: grant for grant in agreement.granted(permit)} if hidden is None else {}
    lines: dict[Relation, list[Line]] = {}
    for element in CATALOGUE.values():
        rows = RECORD[element.relation]
        grant = granted.get(element.name)
        shown = None
        if grant is not None:
            columns = minimize.columns([grant], element.relation)
            shown = tuple(minimize.shown(row, columns) for row in rows)
        lines.setdefault(element.relation, []).append(
            Line(
                element,
                tuple(minimize.shown(row, [column.name for column in element.columns]) for row in rows),
                shown,
                grant.generalization if grant else None,
                agreement.prohibited_elements.get(element.name),
            )
        )
    return Sight({relation: tuple(listed) for relation, listed in lines.items()}, hidden)
