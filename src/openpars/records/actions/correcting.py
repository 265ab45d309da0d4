"""The verb of a records custodian who puts a wrong value right (18 Pa.C.S. 9111, 9114, 9152)."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, models

from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import touch
from openpars.records.models import Arrest, Charge, Disposition, Incident, Person
from openpars.records.rules import corrections
from openpars.records.rules.booking import Report
from openpars.records.rules.lifecycle import impossible
from openpars.records.rules.names import fold

_TABLES: dict[str, type[models.Model]] = {
    "person": Person,
    "incident": Incident,
    "arrest": Arrest,
    "charge": Charge,
    "disposition": Disposition,
}


def correct(
    *,
    arrest: UUID,
    relation: str,
    column: str,
    value: str,
    why: str,
    report: Report,
    seen: int | None = None,
    charge: UUID | None = None,
    disposition: UUID | None = None,
    by: UUID | str,
    at: datetime,
) -> None:
    """Correct one value of an arrest, its person, its incident, one `charge` of it or one `disposition` of these. The
    database keeps what was there; whoever was given it is told. `report` is how it reads now (of charges, the one that
    is corrected): as a whole it must not read worse, and nothing may have happened before what it rests on.

    Raises BadInput at the fields `column`, `value`, `why`; Conflict where the arrest is not as it was `seen`;
    NotFound."""
    right = corrections.read(relation, column, value, at=at, zone=settings.TIME_ZONE)
    if not why.strip() or len(why) > corrections.LONGEST:
        raise BadInput.one("why", "say why: what was wrong, and what shows it")
    if found := corrections.problems(report, relation, column, right, at=at, zone=settings.TIME_ZONE):
        raise BadInput(found)
    shown = " ".join(corrections.elements_of(relation, column))
    verb = traced(
        "correct", by, at, relation, arrest=arrest, relation=relation, column=column, elements=shown
    )
    with _at_value(column), verb:
        touch(arrest, seen=seen)
        row = _row(arrest, relation, charge, disposition)
        before = impossible(queries.course(arrest))
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('records.why', %s, true)", [why.strip()])
            changed = _TABLES[relation].objects.filter(pk=row).update(**_columns(column, right))  # type: ignore[attr-defined]
            cursor.execute("SELECT set_config('records.why', '', true)")
        if not changed:
            raise NotFound("no such record")
        if worse := impossible(queries.course(arrest)) - before:
            raise BadInput.one("value", f"does not fit: {min(worse)}")


@contextmanager
def _at_value(column: str) -> Iterator[None]:
    """What the verb finds wrong stands at the fields of a correction."""
    try:
        yield
    except BadInput as error:
        raise BadInput(corrections.at_value(error.problems, column)) from None


def _columns(column: str, value: Any) -> dict[str, Any]:
    """A name is sought by its fold: both change together."""
    folded = {"given_name": "given_folded", "surname": "surname_folded"}.get(column)
    return {column: value} | ({folded: fold(value)} if folded else {})


def _row(arrest: UUID, relation: str, charge: UUID | None, disposition: UUID | None) -> UUID:
    if relation == "arrest":
        return arrest
    if relation == "charge":
        if charge is None or not Charge.objects.filter(pk=charge, arrest_id=arrest).exists():
            raise BadInput.one("charge", "choose a charge of this arrest")
        return charge
    if relation == "disposition":
        of_this = Disposition.objects.filter(charge__arrest_id=arrest)
        if disposition is None or not of_this.filter(pk=disposition).exists():
            raise BadInput.one("disposition", "choose a disposition of this arrest")
        return disposition
    held: UUID | None = Arrest.objects.filter(pk=arrest).values_list(f"{relation}_id", flat=True).first()
    if held is None:
        raise Conflict(f"this arrest has no {relation}")
    return held
