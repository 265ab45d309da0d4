"""The booking desk's verbs: report and send an arrest, amend it before charges are filed, prints and what they say."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, fields, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone

from openpars.errors import BadInput, Conflict, NotFound, Problem
from openpars.records import queries
from openpars.records.actions.charging import charge_row
from openpars.records.actions.drafts import drop_sent
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, read, touch
from openpars.records.models import (
    Arrest,
    Charge,
    CustodyStatusChange,
    Incident,
    Person,
    fresh_commitment_key,
)
from openpars.records.rules.booking import (
    NARRATIVE_LIMIT,
    Report,
    change_problems,
    report_problems,
    text_problems,
)
from openpars.records.rules.facts import (
    ArrestFacts,
    ChargeChange,
    ChargeFacts,
    IncidentFacts,
    IncidentOf,
    PersonFacts,
    PersonOf,
    Reported,
)
from openpars.records.rules.lifecycle import Custody, Event, check
from openpars.records.rules.names import fold

BY_POLICE = "withdrawn by police"
"""How the reason begins of a recommended charge that police themselves took back."""

_ABOUT = {
    "person": frozenset(each.name for each in fields(PersonFacts)) - {"invented"},
    "incident": frozenset(each.name for each in fields(IncidentFacts)),
    "arrest": frozenset(each.name for each in fields(ArrestFacts)) - {"juvenile", "counsel_id"},
}


def report_arrest(
    *,
    person: PersonFacts | PersonOf | UUID,
    incident: IncidentFacts | IncidentOf | UUID | None,
    arrest: ArrestFacts,
    recommended: Sequence[ChargeFacts] = (),
    officers: Sequence[str] = (),
    warrant: str = "",
    narrative: str = "",
    prints_at: datetime | None = None,
    send: bool = False,
    draft: tuple[UUID, int] | None = None,
    by: UUID | str,
    at: datetime,
) -> Reported:
    """Report an arrest, the charges that police recommend, and that the person is in custody.

    `send` saves and sends in one: the report is checked as a desk's (`rules.booking`) and goes to the prosecutor. The
    `draft` that it was typed in (id and the version seen) goes with it. Raises BadInput naming the fields, and
    Conflict where the draft was changed elsewhere or sent before."""
    known = isinstance(incident, IncidentFacts)
    facts = Report(
        person if isinstance(person, PersonFacts) else PersonFacts(),
        incident if isinstance(incident, IncidentFacts) else IncidentFacts(),
        arrest,
        tuple(recommended),
        warrant,
        tuple(officers),
        prints_at,
    )
    if send:
        _checked(facts, narrative, at)
    row = uuid4()
    with traced("report_arrest", by, at, "arrest", arrest=row):
        if draft is not None:
            drop_sent(draft, by)
        person_id = insert(Person, [_person(person)])[0] if isinstance(person, PersonFacts) else _whom(person)
        if known and send:
            _fresh_number(facts.incident)
        written = {
            **asdict(arrest),
            "id": row,
            "person_id": person_id,
            "incident_id": _incident(incident),
            "officers": list(officers),
            "warrant": warrant,
            "narrative": narrative,
            "prints_taken_at": prints_at,
            "sent_at": at if send else None,
        }
        insert(Arrest, [written])
        charges = insert(
            Charge,
            [
                charge_row(row, number, charge, stage="recommended", status="pending")
                for number, charge in enumerate(recommended, 1)
            ],
        )
        insert(CustodyStatusChange, [_taken(row, arrest)])
    return Reported(row, person_id, written["incident_id"], charges)


def amend_arrest(
    *,
    arrest: UUID,
    seen: int,
    report: Report,
    changed: Collection[str],
    narrative: str = "",
    added: Sequence[ChargeFacts] = (),
    changes: Sequence[ChargeChange] = (),
    send: bool = False,
    by: UUID | str,
    at: datetime,
) -> None:
    """Change an arrest before charges are filed: `report` is how it reads now, whole, and `changed` names the fields
    of it that are to be written: person.surname, incident.location, arrest.otn, officers, warrant, narrative. `added`
    charges come after those recommended before, of which `changes` withdraws some or puts others in their place;
    `seen` is the version that was looked at. Raises Conflict where somebody has changed the arrest since or the
    prosecutor has decided on a charge, BadInput naming the fields."""
    _checked(report, narrative, at, changes)
    wanted = set(changed)
    with traced("amend_arrest", by, at, "arrest", arrest=arrest):
        ids = _kin(arrest)
        past = queries.course(arrest)
        if any(kind is Event.FILING for kind, _ in past):
            raise Conflict("charges are filed: what is wrong now is the records custodian's to correct")
        columns = _columns("arrest", report.arrest, wanted)
        own = {"officers": list(report.officers), "warrant": report.warrant, "narrative": narrative}
        columns |= {name: value for name, value in own.items() if name in wanted}
        if send:
            check(Event.SENDING, at, past)
            columns["sent_at"] = at
        touch(arrest, seen=seen, **columns)
        if about := _columns("person", report.person, wanted):
            Person.objects.filter(pk=ids[0]).update(**_folded(about))
        if (about := _columns("incident", report.incident, wanted)) and ids[1]:
            Incident.objects.filter(pk=ids[1]).update(**about)
        _recommend(arrest, changes, added, at)


def _recommend(
    arrest: UUID, changes: Sequence[ChargeChange], added: Sequence[ChargeFacts], at: datetime
) -> None:
    """Withdraw what is changed, and recommend what is put in its place and what is added: nothing is overwritten."""
    ours = Charge.objects.filter(arrest_id=arrest, stage="recommended")
    for change in changes:
        reason = f"{BY_POLICE}: {change.why.strip()}"
        pending = ours.filter(pk=change.charge, status="pending")
        if not pending.update(status="withdrawn", decided_at=at, reason=reason):
            raise Conflict(
                "the prosecutor has decided on this charge: it is not the police's to change any more"
            )
    before = ours.count()
    fresh = [*(replace(each.instead, follows=each.charge) for each in changes if each.instead), *added]
    if not fresh and not ours.exclude(status="withdrawn").exists():
        raise BadInput.one("charges", "must name at least one charge: none would be left")
    insert(
        Charge,
        [
            charge_row(arrest, before + number, charge, stage="recommended", status="pending")
            for number, charge in enumerate(fresh, 1)
        ],
    )


def record_prints(*, arrest: UUID, taken_at: datetime, by: UUID | str, at: datetime) -> None:
    """Prints were taken at `taken_at`."""
    if taken_at > at:
        raise BadInput.one("prints_at", "must not be in the future")
    with traced("record_prints", by, at, "arrest", arrest=arrest):
        check(Event.PRINTS, taken_at, queries.course(arrest))
        touch(arrest, prints_taken_at=taken_at)


def record_identity(
    *, arrest: UUID, sid: str = "", photo_number: str = "", by: UUID | str, at: datetime
) -> None:
    """What the prints came back with: the state identification number, the police photo number, or both."""
    told = {"sid": sid.strip(), "photo_number": photo_number.strip()}
    told = {name: number for name, number in told.items() if number}
    wrong = [
        Problem(name, "must be letters, digits and dashes, at most 20")
        for name, number in told.items()
        if len(number) > 20 or not number.replace("-", "").isalnum() or not number.isascii()
    ]
    if wrong or not told:
        raise BadInput(wrong or [Problem("sid", "must be the SID, or the police photo number below")])
    with traced("record_identity", by, at, "person", arrest=arrest):
        touch(arrest)
        Person.objects.filter(pk=_kin(arrest)[0]).update(**told)


def _checked(report: Report, narrative: str, at: datetime, changes: Sequence[ChargeChange] = ()) -> None:
    problems = report_problems(report, at, timezone.get_default_timezone()) + change_problems(changes)
    problems += text_problems("narrative", narrative, NARRATIVE_LIMIT, lines=True)
    if problems:
        raise BadInput(problems)


def _person(facts: PersonFacts) -> dict[str, Any]:
    return {**_folded(asdict(facts)), "id": uuid4(), "commitment_key": fresh_commitment_key()}


def _folded(columns: dict[str, Any]) -> dict[str, Any]:
    folds = (("given_name", "given_folded"), ("surname", "surname_folded"))
    return columns | {folded: fold(columns[name]) for name, folded in folds if name in columns}


def _whom(person: PersonOf | UUID) -> UUID:
    return _kin(person.arrest)[0] if isinstance(person, PersonOf) else person


def _incident(incident: IncidentFacts | IncidentOf | UUID | None) -> UUID | None:
    if isinstance(incident, IncidentFacts):
        return insert(Incident, [asdict(incident)])[0]
    return _kin(incident.arrest)[1] if isinstance(incident, IncidentOf) else incident


def _fresh_number(incident: IncidentFacts) -> None:
    if incident.dc_number and read("SELECT 1 FROM records_incident WHERE dc_number = %s", incident.dc_number):
        raise BadInput.one(
            "dc_number", "is an incident's on record: open it and add another arrest, or check the number"
        )


def _kin(arrest: UUID) -> tuple[UUID, UUID | None]:
    """The person and the incident of an arrest. Raises NotFound."""
    kin = read("SELECT person_id, incident_id FROM records_arrest WHERE id = %s", arrest)
    if not kin:
        raise NotFound("no such arrest")
    return kin[0][0], kin[0][1]


def _taken(row: UUID, arrest: ArrestFacts) -> dict[str, Any]:
    return {
        "arrest_id": row,
        "state": Custody.IN_CUSTODY,
        "changed_at": arrest.arrested_at,
        "by_agency_ori": arrest.agency_ori,
        "reason": "arrest",
        "owner": "police",
    }


def _columns(relation: str, facts: object, wanted: Collection[str]) -> dict[str, Any]:
    return {name: getattr(facts, name) for name in _ABOUT[relation] if f"{relation}.{name}" in wanted}
