"""What a person at a desk knows of a person, an incident, an arrest or a charge, as actions take it."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from openpars.records.rules.grades import OffenseKind


@dataclass(frozen=True)
class PersonFacts:
    """A person who was arrested; every part may be unknown. `invented` marks a fictional person."""

    given_name: str = ""
    surname: str = ""
    middle_name: str = ""
    suffix: str = ""
    birth_date: date | None = None
    sex: str = ""
    race: str = ""
    ethnicity: str = ""
    birth_place: str = ""
    language: str = ""
    address: str = ""
    zip: str = ""
    sid: str = ""
    photo_number: str = ""
    invented: bool = False


@dataclass(frozen=True)
class PersonOf:
    """The person of an arrest that is on record: "the same person as there"."""

    arrest: UUID


@dataclass(frozen=True)
class IncidentOf:
    """The incident of an arrest that is on record: this is another arrest of it."""

    arrest: UUID


@dataclass(frozen=True)
class IncidentFacts:
    """What happened and where; `dc_number` in canonical form."""

    dc_number: str | None = None
    occurred_at: datetime | None = None
    location: str = ""
    district: str = ""
    agency_ori: str = ""


@dataclass(frozen=True)
class ArrestFacts:
    """When, where and how; `category` is NIBRS's: O on view, S summoned, T taken on a warrant, or empty."""

    arrested_at: datetime
    otn: str = ""
    agency_ori: str = ""
    location: str = ""
    district: str = ""
    category: str = ""
    juvenile: bool = False
    counsel_id: UUID | None = None


@dataclass(frozen=True)
class ChargeFacts:
    """One charge; `follows` names the recommended one that a filed one answers, or in whose place police put it."""

    statute: str
    description: str
    grade: str = ""
    count: int = 1
    follows: UUID | None = None


@dataclass(frozen=True)
class ChargeChange:
    """What police make of a charge that they recommended: withdrawn, or another put `instead`; and why."""

    charge: UUID
    why: str
    instead: ChargeFacts | None = None


@dataclass(frozen=True)
class InterviewFacts:
    """What pretrial services learnt of a person in the bail interview (Pa.R.Crim.P. 523)."""

    residence: str = ""
    residence_verified: bool = False
    ties: str = ""
    employment: str = ""


@dataclass(frozen=True)
class LeadFacts:
    """What the guideline looks at: the lead filed charge's grade and kind, and facts of the record."""

    grade: str
    kind: OffenseKind
    missed_hearings: int = 0
    open_cases: int = 0
    violent_past: bool = False


@dataclass(frozen=True)
class YouthFacts:
    """What direct file looks at: how old the person was at the offense (None: not known), and the statutes charged."""

    age: int | None
    statutes: tuple[str, ...]


@dataclass(frozen=True)
class Reported:
    """The ids that a report of an arrest made."""

    arrest: UUID
    person: UUID
    incident: UUID | None
    charges: tuple[UUID, ...]
