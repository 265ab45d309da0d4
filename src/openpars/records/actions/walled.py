"""The verbs that put victims and witnesses behind the wall: sealed before they reach the database (promise
6)."""

from datetime import date, datetime
from uuid import UUID, uuid4

from openpars.errors import NotFound
from openpars.records import wall
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert
from openpars.records.models import Incident, Victim, Witness


def add_victim(
    *,
    incident: UUID,
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
        _known_incident(incident)
        insert(Victim, [{"id": row, "incident_id": incident, **sealed}])
    return row


def add_witness(
    *, incident: UUID, name: str, contact: str = "", account: str = "", by: UUID | str, at: datetime
) -> UUID:
    """Put a witness to an incident behind the wall."""
    row = uuid4()
    sealed = _sealed("witness", row, name=name, contact=contact, account=account)
    with traced("add_witness", by, at, "witness"):
        _known_incident(incident)
        insert(Witness, [{"id": row, "incident_id": incident, **sealed}])
    return row


def _known_incident(incident: UUID) -> None:
    if not Incident.objects.filter(pk=incident).exists():
        raise NotFound("no such incident")


def _sealed(relation: str, row: UUID, **texts: str) -> dict[str, bytes | None]:
    """Each text sealed for its column; an empty one is null, for its absence is no secret worth a
    ciphertext."""
    return {
        f"{name}_sealed": wall.seal(text, relation=relation, row=row, column=f"{name}_sealed")
        if text
        else None
        for name, text in texts.items()
    }
