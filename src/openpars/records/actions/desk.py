"""The verbs of the desk: report, decide, file, move, set bail, arraign, dispose."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from openpars.errors import Conflict, NotFound
from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.models import (
    Arrest,
    Bail,
    Charge,
    CustodyStatusChange,
    Disposition,
    Incident,
    Person,
    PreliminaryArraignment,
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
    with traced("report_arrest", by, at, "arrest"):
        person_id = person if isinstance(person, UUID) else _new_person(person).pk
        incident_id = (
            Incident.objects.create(**asdict(incident)).pk
            if isinstance(incident, IncidentFacts)
            else incident
        )
        row = Arrest.objects.create(person_id=person_id, incident_id=incident_id, **asdict(arrest))
        charges = [
            _new_charge(row.pk, number, charge, stage="recommended", status="pending")
            for number, charge in enumerate(recommended, 1)
        ]
        CustodyStatusChange.objects.create(
            arrest=row,
            state=Custody.IN_CUSTODY,
            changed_at=arrest.arrested_at,
            by_agency_ori=arrest.agency_ori,
            reason="arrest",
        )
    return Reported(row.pk, person_id, incident_id, tuple(charge.pk for charge in charges))


def decide_charge(*, charge: UUID, decision: str, by: UUID | str, at: datetime) -> None:
    """Decide a recommended charge that is pending: approved, declined or withdrawn. The charge stays as it
    was recommended; what is filed instead is a charge of its own (`file_charges`)."""
    if decision not in DECISIONS:
        raise Conflict(f"a charging decision is one of {', '.join(sorted(DECISIONS))}")
    with traced("decide_charge", by, at, "charge", decision=decision):
        row = Charge.objects.select_for_update().filter(pk=charge).first()
        if row is None:
            raise NotFound("no such charge")
        if row.stage != "recommended" or row.status != "pending":
            raise Conflict("only a recommended charge that is pending can be decided")
        check(Event.CHARGING, at, queries.course(row.arrest_id))
        row.status, row.decided_at = decision, at
        row.save(update_fields=["status", "decided_at"])


def file_charges(
    *, arrest: UUID, charges: Sequence[ChargeFacts], docket_number: str = "", by: UUID | str, at: datetime
) -> tuple[UUID, ...]:
    """File charges with the court. Recommended charges that they follow are neither changed nor copied."""
    with traced("file_charges", by, at, "charge", len(charges)):
        _lock(arrest)
        check(Event.FILING, at, queries.course(arrest))
        followed = {charge.follows for charge in charges if charge.follows}
        known = Charge.objects.filter(pk__in=followed, arrest_id=arrest, stage="recommended").count()
        if known != len(followed):
            raise Conflict("a filed charge follows a recommended charge of the same arrest")
        before = Charge.objects.filter(arrest_id=arrest, stage="filed", docket_number=docket_number).count()
        rows = [
            _new_charge(
                arrest,
                before + number,
                charge,
                stage="filed",
                status="approved",
                decided_at=at,
                docket_number=docket_number,
            )
            for number, charge in enumerate(charges, 1)
        ]
    return tuple(row.pk for row in rows)


def change_custody(
    *, arrest: UUID, state: Custody, reason: str = "", by_agency_ori: str = "", by: UUID | str, at: datetime
) -> UUID:
    """From `at`, the person is in `state`."""
    with traced("change_custody", by, at, "custody", state=str(state)):
        _lock(arrest)
        check(Event.CUSTODY, at, queries.course(arrest))
        row = CustodyStatusChange.objects.create(
            arrest_id=arrest, state=state, changed_at=at, by_agency_ori=by_agency_ori, reason=reason
        )
    return row.pk


def set_bail(*, arrest: UUID, bail: BailFacts, by: UUID | str, at: datetime) -> UUID:
    """Bail is set, posted, denied or revoked; earlier states stay."""
    with traced("set_bail", by, at, "bail", status=bail.status):
        _lock(arrest)
        check(Event.BAIL, at, queries.course(arrest))
        row = Bail.objects.create(arrest_id=arrest, at=at, **asdict(bail))
    return row.pk


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
    with traced("hold_arraignment", by, at, "arraignment"):
        _lock(arrest)
        check(Event.ARRAIGNMENT, at, queries.course(arrest))
        row = PreliminaryArraignment.objects.create(
            arrest_id=arrest, held_at=at, result=result, next_on=next_on, magistrate_id=magistrate_id
        )
    return row.pk


def dispose(*, charge: UUID, outcome: str, disposed_on: date, by: UUID | str, at: datetime) -> UUID:
    """A filed charge ended with `outcome`."""
    with traced("dispose", by, at, "disposition"):
        row = Charge.objects.filter(pk=charge).first()
        if row is None:
            raise NotFound("no such charge")
        if row.stage != "filed":
            raise Conflict("only a filed charge has a disposition")
        check(Event.DISPOSITION, at, queries.course(row.arrest_id))
        ended = Disposition.objects.create(charge=row, outcome=outcome, disposed_on=disposed_on)
    return ended.pk


def _new_person(facts: PersonFacts) -> Person:
    return Person.objects.create(
        **asdict(facts), given_folded=fold(facts.given_name), surname_folded=fold(facts.surname)
    )


def _new_charge(
    arrest: UUID,
    number: int,
    facts: ChargeFacts,
    *,
    stage: str,
    status: str,
    decided_at: datetime | None = None,
    docket_number: str = "",
) -> Charge:
    return Charge.objects.create(
        arrest_id=arrest,
        sequence=number,
        stage=stage,
        statute=facts.statute,
        description=facts.description,
        grade=facts.grade,
        count=facts.count,
        status=status,
        decided_at=decided_at,
        docket_number=docket_number,
        follows_id=facts.follows,
    )


def _lock(arrest: UUID) -> None:
    """Hold the arrest, so that two desks see each other's change and not half of it."""
    if Arrest.objects.select_for_update().filter(pk=arrest).first() is None:
        raise NotFound("no such arrest")
