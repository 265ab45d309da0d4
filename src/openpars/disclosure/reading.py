"""What a permitted question reads, and what of it becomes the answer."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.conf import settings

from openpars.agreements.rules.compile import EVENT, schema
from openpars.agreements.rules.decision import Decision
from openpars.agreements.rules.terms import Grant
from openpars.disclosure import gateway, ranking, seeking
from openpars.disclosure.gateway import Connection, Row
from openpars.disclosure.rules import figures, minimize
from openpars.disclosure.rules.lists import LISTS
from openpars.disclosure.rules.request import Question
from openpars.errors import Fault
from openpars.records import wall
from openpars.records.rules.elements import CATALOGUE, WALLED, Relation

OPENED = tuple(relation for relation in Relation if relation is not Relation.FILE)
"""What opening an arrest shows. The papers themselves are handed over one at a time."""


_ORDER: Mapping[Relation, tuple[str, ...]] = {
    Relation.CHARGE: ("charge_stage", "charge_sequence"),
    Relation.CUSTODY: ("custody_changed_at",),
    Relation.BAIL: ("bail_at",),
    Relation.ARRAIGNMENT: ("arraignment_at",),
    Relation.DISPOSITION: ("disposed_on",),
    Relation.QUESTION: ("asked_at",),
    Relation.INTERVIEW: ("interview_at",),
    Relation.GUIDELINE: ("guideline_at",),
    Relation.LISTING: ("listed_at",),
    Relation.HEARING: ("heard_on",),
    Relation.CONDITION: ("condition_at", "condition"),
    Relation.DELAY: ("delay_began_at",),
    Relation.PAPER: ("paper_made_at", "paper_kind", "paper_version"),
    Relation.CORRECTION: ("corrected_at",),
    Relation.IDENTIFICATION: ("identified_at",),
}
"""What the rows of a relation are ordered by, as far as the permit shows it."""


_POINTER = ("event", "kind", "happened_at", "arrest")
_TOLD = (*_POINTER, "subject")
"""An event is a pointer: what happened, when, and the reference of the arrest. Who asks what changed asks again."""


@dataclass(frozen=True)
class Record:
    """One arrest of the answer: its reference, its person's tag in the entry, and the permitted values. Figures are of
    no arrest and of nobody."""

    arrest: UUID | None
    subject: str | None
    values: dict[str, object]


@dataclass(frozen=True)
class Plan:
    """Which columns of which views answer a question under the permit that was decided on."""

    question: Question
    schema: str
    clause: str
    limit: int
    grants: tuple[Grant, ...]
    now: datetime
    ranks: bool
    exact: bool = False
    columns: Mapping[Relation, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, question: Question, decision: Decision, now: datetime) -> "Plan":
        """The plan for a permitted decision. A search shows the arrest's own elements; opening shows all."""
        if decision.permit is None or decision.number is None:
            raise Fault("A decision without a permit cannot be read under.")
        relations: tuple[Relation, ...] = OPENED if question.kind in ("open", "event") else (Relation.ARREST,)
        if question.paper is not None:
            relations = (Relation.FILE,)
        columns = {relation: minimize.columns(decision.elements, relation) for relation in relations}
        grants = tuple(g for g in decision.elements if minimize.relation(g) in relations)
        return cls(
            question,
            schema(decision.number, decision.permit),
            decision.permit.clause,
            decision.permit.results_per_request,
            grants,
            now,
            decision.ranks and ranking.applies(question),
            decision.permit.exact and bool(question.given or question.surname),
            {relation: names for relation, names in columns.items() if names},
        )

    @property
    def elements(self) -> list[str]:
        """The names of the elements that the answer may hold, as the agreement spells them, in order."""
        return sorted(grant.spelling for grant in self.grants)

    def first_reads(self) -> list[seeking.Read]:
        """What can be read without having seen anything yet."""
        asked = self.question
        if asked.arrest is not None:
            return [self.rows([asked.arrest])]
        if asked.kind == "event":
            read = seeking.select(self.schema, EVENT, _TOLD, "WHERE event = %s")
            return [(read, [asked.event])] if asked.event else []
        if asked.kind == "list":
            return [self._listed(asked.listing)]
        if asked.number_kind and asked.number:
            return [seeking.by_number(self.schema, asked.number_kind, asked.number, self.limit)]
        if self.exact:
            return [seeking.exactly(self.schema, asked)]
        if self.ranks:
            return [ranking.by_blocks(self.schema, asked)]
        return [seeking.by_blocks(self.schema, asked)]

    def rows(self, arrests: Sequence[UUID]) -> seeking.Read:
        """The permitted columns of these arrests."""
        return self._select("WHERE arrest = ANY(%s)"), [list(arrests)]

    def _listed(self, listing: str) -> seeking.Read:
        which = LISTS[listing]
        named: dict[str, object] = {**which.moments(self.now), "limit": self.limit}
        if which.figures:
            read = seeking.counted(self.schema, which.figures, which.where)
            return read, {**named, "zone": settings.TIME_ZONE}
        only = ""
        if self.question.only is not None:
            only = "arrest = ANY(%(only)s) AND "
            named["only"] = list(self.question.only)
        rest = f"WHERE {only}{which.where} ORDER BY {which.order}, arrest LIMIT %(limit)s"
        return self._select(rest), named

    def _select(self, rest: str) -> bytes:
        columns = ("arrest", "subject", *self.columns.get(Relation.ARREST, ()))
        return seeking.select(self.schema, Relation.ARREST, columns, rest)

    def parts(self, arrest: UUID) -> dict[Relation, seeking.Read]:
        """What hangs on an arrest, one read a relation."""
        reads: dict[Relation, seeking.Read] = {}
        for relation, names in self.columns.items():
            if relation is Relation.FILE:
                rest = "WHERE arrest = %s AND row = %s"
                reads[relation] = (
                    seeking.select(self.schema, relation, names, rest),
                    [arrest, self.question.paper],
                )
            elif relation is not Relation.ARREST:
                columns = ("row", *names) if relation in WALLED else names
                order = ", ".join(name for name in _ORDER.get(relation, ()) if name in names)
                rest = "WHERE arrest = %s" + (f" ORDER BY {order}" if order else "")
                reads[relation] = seeking.select(self.schema, relation, columns, rest), [arrest]
        return reads


def records(opened: Connection, plan: Plan, first: Sequence[Sequence[Row]]) -> list[Record]:
    """The records of the answer, read on under the disclosure that was begun, at most the permit's limit."""
    asked = plan.question
    if asked.kind == "event":
        told = first[0] if first else ()
        return [Record(row["arrest"], row["subject"], minimize.shown(row, _POINTER)) for row in told]
    rows = first[0]
    if asked.arrest is not None:
        return [_opened(opened, plan, row) for row in rows]
    if asked.kind == "list" and LISTS[asked.listing].figures:
        return [Record(None, None, minimize.shown(row, figures.COLUMNS)) for row in rows]
    if asked.kind == "list":
        return [_record(plan, row) for row in rows]
    if asked.number_kind:
        order = [row["arrest"] for row in rows]
    else:
        order = [arrest for _, arrest in _ranked(opened, plan, rows)]
    if not order:
        return []
    found = {row["arrest"]: row for row in gateway.read(opened, *plan.rows(order))}
    return [_record(plan, found[arrest]) for arrest in order if arrest in found]


def _ranked(opened: Connection, plan: Plan, rows: Sequence[Row]) -> list[tuple[float, UUID]]:
    ranked, good = (ranking.ranked, ranking.GOOD) if plan.ranks else (seeking.ranked, seeking.GOOD)
    best = ranked(plan.question, rows, plan.limit)
    if plan.exact or (best and best[0][0] >= good):
        return best
    look = ranking.wider if plan.ranks else seeking.wider
    wider = look(plan.schema, plan.question)
    if wider is None:
        return best
    alike = ranking.ALIKE if plan.ranks and plan.question.birth_date else gateway.SIMILAR
    return ranked(plan.question, [*rows, *gateway.look_wider(opened, *wider, alike=alike)], plan.limit)


def _record(plan: Plan, row: Row) -> Record:
    values = minimize.shown(row, plan.columns.get(Relation.ARREST, ()))
    return Record(row["arrest"], row["subject"], {"arrest": str(row["arrest"]), **values})


def _opened(opened: Connection, plan: Plan, row: Row) -> Record:
    record = _record(plan, row)
    for relation, read in plan.parts(row["arrest"]).items():
        parts = gateway.read(opened, *read)
        if relation in WALLED:
            parts = [_unsealed(relation, part) for part in parts]
        record.values[relation.value] = [minimize.shown(part, plan.columns[relation]) for part in parts]
    return record


def _unsealed(relation: Relation, part: Row) -> Row:
    """A row from behind the wall with its ciphertexts opened; each was sealed for its row and table column."""
    opened: Row = {}
    for element in CATALOGUE.values():
        for column in element.columns if element.relation is relation else ():
            sealed = part.get(column.name)
            if sealed is not None:
                place = column.sql.rpartition(".")[2]
                opened[column.name] = wall.unseal(
                    sealed, relation=relation.value, row=part["row"], column=place
                )
            elif column.name in part:
                opened[column.name] = None
    return opened
