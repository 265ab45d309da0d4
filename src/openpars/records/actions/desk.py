"""The verbs of the desk: report, decide, file, move, set bail, arraign, dispose."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

from openpars.errors import Conflict, NotFound
from openpars.records import queries
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
from openpars.records.rules.lifecycle import DECISIONS, Custody, Event, check
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
                _charge(row, number, charge, stage="recommended", status="pending")
                for number, charge in enumerate(recommended, 1)
            ],
        )
        _change_custody(row, Custody.IN_CUSTODY, arrest.arrested_at, arrest.agency_ori, "arrest")
    return Reported(row, person_id, incident_id, charges)


def decide_charge(*, charge: UUID, decision: str, by: UUID | str, at: datetime) -> None:
    """Decide a recommended charge that is pending: approved, declined or withdrawn. The charge stays as it
    was recommended; what is filed instead is a charge of its own (`file_charges`)."""
    if decision not in DECISIONS:
        raise Conflict(f"a charging decision is one of {', '.join(sorted(DECISIONS))}")
    with traced("decide_charge", by, at, "charge", decision=decision) as verb:
        arrest = verb.arrest = _charged(charge, "recommended", "only a recommended charge can be decided")
        check(Event.CHARGING, at, queries.course(arrest))
        pending = Charge.objects.filter(pk=charge, status="pending")
        if not pending.update(status=decision, decided_at=at):
            raise Conflict("only a recommended charge that is pending can be decided")


def file_charges(
    *, arrest: UUID, charges: Sequence[ChargeFacts], docket_number: str = "", by: UUID | str, at: datetime
) -> tuple[UUID, ...]:
    """File charges with the court. Recommended charges that they follow are neither changed nor copied."""
    with traced("file_charges", by, at, "charge", len(charges), arrest=arrest):
        touch(arrest)
        check(Event.FILING, at, queries.course(arrest))
        followed = {charge.follows for charge in charges if charge.follows}
        known = Charge.objects.filter(pk__in=followed, arrest_id=arrest, stage="recommended").count()
        if known != len(followed):
            raise Conflict("a filed charge follows a recommended charge of the same arrest")
        before = Charge.objects.filter(arrest_id=arrest, stage="filed", docket_number=docket_number).count()
        return insert(
            Charge,
            [
                _charge(arrest, before + number, charge, stage="filed", status="approved")
                | {"decided_at": at, "docket_number": docket_number}
                for number, charge in enumerate(charges, 1)
            ],
        )


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
        arrest = verb.arrest = _charged(charge, "filed", "only a filed charge has a disposition")
        check(Event.DISPOSITION, at, queries.course(arrest))
        ended = {"charge_id": charge, "outcome": outcome, "disposed_on": disposed_on}
        (row,) = insert(Disposition, [ended])
    return row


def _new_person(facts: PersonFacts) -> UUID:
    folds = {"given_folded": fold(facts.given_name), "surname_folded": fold(facts.surname)}
    (row,) = insert(Person, [{**asdict(facts), **folds, "commitment_key": fresh_commitment_key()}])
    return row


def _charge(arrest: UUID, number: int, facts: ChargeFacts, *, stage: str, status: str) -> dict[str, Any]:
    return {
        "arrest_id": arrest,
        "sequence": number,
        "stage": stage,
        "statute": facts.statute,
        "description": facts.description,
        "grade": facts.grade,
        "count": facts.count,
        "status": status,
        "follows_id": facts.follows,
    }


def _charged(charge: UUID, stage: str, words: str) -> UUID:
    """The arrest of a charge of that stage, held until the commit. Raises NotFound, Conflict in those `words`."""
    row = Charge.objects.filter(pk=charge).values_list("arrest_id", "stage").first()
    if row is None:
        raise NotFound("no such charge")
    if row[1] != stage:
        raise Conflict(words)
    touch(row[0])
    return row[0]


def _change_custody(arrest: UUID, state: Custody, at: datetime, ori: str, reason: str) -> UUID:
    change = {"arrest_id": arrest, "state": state, "changed_at": at, "by_agency_ori": ori, "reason": reason}
    (row,) = insert(CustodyStatusChange, [change])
    return row
