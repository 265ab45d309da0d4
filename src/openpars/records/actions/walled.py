"""The verbs that put victims and witnesses behind the wall: sealed before they reach the database (promise
6)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from openpars.errors import NotFound
from openpars.records import wall
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, read
from openpars.records.models import Victim, Witness
from openpars.records.rules.facts import IncidentOf


def add_victim(
    *,
    incident: UUID | IncidentOf,
    name: str,
    birth_date: date | None = None,
    contact: str = "",
    by: UUID | str,
    at: datetime,
) -> UUID:
    """Put a victim of an incident behind the wall."""
    row = uuid4()
    sealed = _sealed("victim", row, name=name, birth_date=str(birth_date or ""), contact=contact)
    with traced("add_victim", by, at, "victim"):
        insert(Victim, [{"id": row, "incident_id": _known_incident(incident), **sealed}])
    return row


def add_witness(
    *,
    incident: UUID | IncidentOf,
    name: str,
    contact: str = "",
    account: str = "",
    by: UUID | str,
    at: datetime,
) -> UUID:
    """Put a witness to an incident behind the wall."""
    row = uuid4()
    sealed = _sealed("witness", row, name=name, contact=contact, account=account)
    with traced("add_witness", by, at, "witness"):
        insert(Witness, [{"id": row, "incident_id": _known_incident(incident), **sealed}])
    return row


def _known_incident(incident: UUID | IncidentOf) -> UUID:
    if isinstance(incident, IncidentOf):
        known = read("SELECT incident_id FROM records_arrest WHERE id = %s", incident.arrest)
    else:
        known = read("SELECT id FROM records_incident WHERE id = %s", incident)
    which: UUID | None = known[0][0] if known else None
    if which is None:
        raise NotFound("no such incident")
    return which


def _sealed(relation: str, row: UUID, **texts: str) -> dict[str, bytes | None]:
    """Each text sealed for its column; an empty one is null, for its absence is no secret worth a
    ciphertext."""
    return {
        f"{name}_sealed": wall.seal(text, relation=relation, row=row, column=f"{name}_sealed")
        if text
        else None
        for name, text in texts.items()
    }
