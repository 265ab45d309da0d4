"""The verbs of the desk: report, move, set bail, arraign, dispose."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID, uuid4

from openpars.records import queries
from openpars.records.actions.charging import charge_row, hold
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, touch
from openpars.records.models import (
    Arrest,
    Bail,
    Charge,
    CustodyStatusChange,
    Disposition,
    Incident,
    Person,
    PreliminaryArraignment,
    fresh_commitment_key,
)
from openpars.records.rules.facts import (
    ArrestFacts,
    BailFacts,
    ChargeFacts,
    IncidentFacts,
    PersonFacts,
    Reported,
)
from openpars.records.rules.lifecycle import Custody, Event, check
from openpars.records.rules.names import fold


def report_arrest(
    *,
    person: PersonFacts | UUID,
    incident: IncidentFacts | UUID | None,
    arrest: ArrestFacts,
    recommended: Sequence[ChargeFacts] = (),
    by: UUID | str,
    at: datetime,
) -> Reported:
    """Report an arrest, the charges that police recommend, and that the person is in custody."""
    row = uuid4()
    with traced("report_arrest", by, at, "arrest", arrest=row):
        person_id = person if isinstance(person, UUID) else _new_person(person)
        incident_id = (
            insert(Incident, [asdict(incident)])[0] if isinstance(incident, IncidentFacts) else incident
        )
        insert(Arrest, [{"id": row, "person_id": person_id, "incident_id": incident_id, **asdict(arrest)}])
        charges = insert(
            Charge,
            [
                charge_row(row, number, charge, stage="recommended", status="pending")
                for number, charge in enumerate(recommended, 1)
            ],
        )
        _change_custody(row, Custody.IN_CUSTODY, arrest.arrested_at, arrest.agency_ori, "arrest")
    return Reported(row, person_id, incident_id, charges)


def change_custody(
    *, arrest: UUID, state: Custody, reason: str = "", by_agency_ori: str = "", by: UUID | str, at: datetime
) -> UUID:
    """From `at`, the person is in `state`."""
    with traced("change_custody", by, at, "custody", arrest=arrest, state=str(state)):
        touch(arrest)
        check(Event.CUSTODY, at, queries.course(arrest))
        return _change_custody(arrest, state, at, by_agency_ori, reason)


def set_bail(*, arrest: UUID, bail: BailFacts, by: UUID | str, at: datetime) -> UUID:
    """Bail is set, posted, denied or revoked; earlier states stay."""
    with traced("set_bail", by, at, "bail", arrest=arrest, status=bail.status):
        touch(arrest)
        check(Event.BAIL, at, queries.course(arrest))
        (row,) = insert(Bail, [{"arrest_id": arrest, "at": at, **asdict(bail)}])
    return row


def hold_arraignment(
    *,
    arrest: UUID,
    result: str,
    next_on: date | None = None,
    magistrate_id: UUID | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """The preliminary arraignment was held at `at`."""
    with traced("hold_arraignment", by, at, "arraignment", arrest=arrest):
        touch(arrest)
        check(Event.ARRAIGNMENT, at, queries.course(arrest))
        facts = {"held_at": at, "result": result, "next_on": next_on, "magistrate_id": magistrate_id}
        (row,) = insert(PreliminaryArraignment, [{"arrest_id": arrest, **facts}])
    return row


def dispose(*, charge: UUID, outcome: str, disposed_on: date, by: UUID | str, at: datetime) -> UUID:
    """A filed charge ended with `outcome`."""
    with traced("dispose", by, at, "disposition") as verb:
        arrest = verb.arrest = hold(charge, "filed", "only a filed charge has a disposition")
        check(Event.DISPOSITION, at, queries.course(arrest))
        ended = {"charge_id": charge, "outcome": outcome, "disposed_on": disposed_on}
        (row,) = insert(Disposition, [ended])
    return row


def _new_person(facts: PersonFacts) -> UUID:
    folds = {"given_folded": fold(facts.given_name), "surname_folded": fold(facts.surname)}
    (row,) = insert(Person, [{**asdict(facts), **folds, "commitment_key": fresh_commitment_key()}])
    return row


def _change_custody(arrest: UUID, state: Custody, at: datetime, ori: str, reason: str) -> UUID:
    change = {"arrest_id": arrest, "state": state, "changed_at": at, "by_agency_ori": ori, "reason": reason}
    (row,) = insert(CustodyStatusChange, [change])
    return row
