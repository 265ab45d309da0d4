"""Who is whom: two persons of the records found to be one, one found to be two, and both undone."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from uuid import UUID

from django.db.models import F

from openpars.errors import BadInput, Conflict, NotFound
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert
from openpars.records.actions.writing import person as writer
from openpars.records.models import Arrest, Identification, Person, fresh_commitment_key
from openpars.records.rules.booking import text_problems
from openpars.records.rules.facts import PersonFacts
from openpars.records.rules.names import fold

RATIONALE_LIMIT = 2000
"""Most characters of a rationale."""


def merge_persons(*, keep: UUID, other: UUID, rationale: str, by: UUID | str, at: datetime) -> UUID:
    """The persons of the arrests `keep` and `other` are one: every arrest of the other's person moves to the kept
    person. The other person's record stays, without arrests, for the merge to be undone. Answers its id."""
    _said(rationale)
    with traced("merge_persons", by, at, "person", arrest=keep):
        kept, gone = _person_of(keep), _person_of(other)
        if kept == gone:
            raise Conflict("both arrests are of one person already")
        return _moved("merge", gone, kept, _arrests(gone), rationale, by, at)


def split_persons(
    *, arrests: Sequence[UUID], person: PersonFacts, rationale: str, by: UUID | str, at: datetime
) -> UUID:
    """Of the arrests of one person, these are somebody else's: they move to a new person of these facts. Answers the
    id of the split."""
    _said(rationale)
    if not arrests:
        raise BadInput.one("arrests", "must name at least one arrest")
    with traced("split_persons", by, at, "person", arrest=arrests[0]):
        before = {_person_of(arrest) for arrest in arrests}
        if len(before) > 1:
            raise Conflict("these arrests are of different people already")
        (old,) = before
        if set(_arrests(old)) <= set(arrests):
            raise Conflict("no arrest would be left: correct the person's particulars instead")
        folds = {"given_folded": fold(person.given_name), "surname_folded": fold(person.surname)}
        (new,) = insert(Person, [{**asdict(person), **folds, "commitment_key": fresh_commitment_key()}])
        return _moved("split", old, new, arrests, rationale, by, at)


def undo_merge(*, identification: UUID, by: UUID | str, at: datetime) -> None:
    """Undo a merge or a split: the arrests that it moved go back. Raises Conflict where it is undone already, or one
    of them has moved on since: undo that first."""
    with traced("undo_merge", by, at, "person") as verb:
        found = Identification.objects.filter(pk=identification)
        row = found.values_list("from_id", "to_id", "arrests").first()
        if row is None:
            raise NotFound("no such merge or split")
        if not found.filter(undone_at=None).update(undone_at=at, undone_by=writer(by)):
            raise Conflict("this is undone already")
        old, new, moved = row
        if Arrest.objects.filter(pk__in=moved, person_id=new).count() != len(moved):
            raise Conflict("one of these arrests has moved on since: undo that first")
        _move(moved, old)
        verb.arrest = moved[0] if moved else None


def _said(rationale: str) -> None:
    if not rationale.strip():
        raise BadInput.one("rationale", "must say by what they were told to be one person, or two")
    if problems := list(text_problems("rationale", rationale, RATIONALE_LIMIT, lines=True)):
        raise BadInput(problems)


def _person_of(arrest: UUID) -> UUID:
    found = Arrest.objects.filter(pk=arrest).values_list("person_id", flat=True).first()
    if found is None:
        raise NotFound("no such arrest")
    return found


def _arrests(person: UUID) -> list[UUID]:
    return list(Arrest.objects.filter(person_id=person).values_list("id", flat=True))


def _moved(
    verb: str, old: UUID, new: UUID, arrests: Sequence[UUID], rationale: str, by: UUID | str, at: datetime
) -> UUID:
    _move(arrests, new)
    said = {"verb": verb, "from_id": old, "to_id": new, "arrests": list(arrests), "rationale": rationale}
    (row,) = insert(Identification, [{**said, "at": at, "by": writer(by)}])
    return row


def _move(arrests: Sequence[UUID], person: UUID) -> None:
    Arrest.objects.filter(pk__in=arrests).update(person_id=person, version=F("version") + 1)
