"""Rows as they are handed over to the bulk verb `records.actions.load`, and their keys.

A row's id is derived from where it came from, so that the same file loaded twice names the same rows.
Field order is column order. Personal values travel here; nothing here prints them.
"""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple

_NAMESPACE = uuid.UUID("5f6d0b5e-0f51-4f0e-9d5a-6d6f70617273")


def identify(source: str, relation: str, key: str) -> uuid.UUID:
    """The id of the row of `relation` that `source` calls `key`: the same each time, different for every
    other."""
    # Lengths first: no two triples may meet in one text.
    return uuid.uuid5(_NAMESPACE, f"{len(source)}:{source}{len(relation)}:{relation}{key}")


class PersonRow(NamedTuple):
    """A person; names as written. Folded names and the commitment key are the loader's work."""

    id: uuid.UUID
    given_name: str = ""
    middle_name: str = ""
    surname: str = ""
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
    source: str = ""
    source_key: str = ""


class IncidentRow(NamedTuple):
    """An incident."""

    id: uuid.UUID
    dc_number: str | None = None
    occurred_at: datetime | None = None
    location: str = ""
    district: str = ""
    agency_ori: str = ""
    source: str = ""
    source_key: str = ""


class ArrestRow(NamedTuple):
    """An arrest; `arrested_at_precision` is minute, day or bound (no later than)."""

    id: uuid.UUID
    person_id: uuid.UUID
    arrested_at: datetime
    incident_id: uuid.UUID | None = None
    otn: str = ""
    arrested_at_precision: str = "minute"
    agency_ori: str = ""
    location: str = ""
    district: str = ""
    category: str = ""
    juvenile: bool = False
    limited_access_at: datetime | None = None
    counsel_id: uuid.UUID | None = None
    source: str = ""
    source_key: str = ""


class ChargeRow(NamedTuple):
    """A charge, `recommended` or `filed`."""

    id: uuid.UUID
    arrest_id: uuid.UUID
    sequence: int
    stage: str
    statute: str = ""
    description: str = ""
    grade: str = ""
    count: int = 1  # type: ignore[assignment]  # a count of counts, not tuple.count
    status: str = "pending"
    decided_at: datetime | None = None
    docket_number: str = ""
    follows_id: uuid.UUID | None = None


class CustodyRow(NamedTuple):
    """A change of custody."""

    id: uuid.UUID
    arrest_id: uuid.UUID
    state: str
    changed_at: datetime
    by_agency_ori: str = ""
    reason: str = ""


class BailRow(NamedTuple):
    """A state of bail; dollars."""

    id: uuid.UUID
    arrest_id: uuid.UUID
    type: str
    amount: Decimal | None
    percent: Decimal | None
    status: str
    at: datetime


class ArraignmentRow(NamedTuple):
    """A preliminary arraignment."""

    id: uuid.UUID
    arrest_id: uuid.UUID
    held_at: datetime
    result: str = ""
    next_on: date | None = None
    magistrate_id: uuid.UUID | None = None


class DispositionRow(NamedTuple):
    """How a charge ended."""

    id: uuid.UUID
    charge_id: uuid.UUID
    outcome: str
    disposed_on: date | None = None


Row = PersonRow | IncidentRow | ArrestRow | ChargeRow | CustodyRow | BailRow | ArraignmentRow | DispositionRow


@dataclass(frozen=True)
class Batch:
    """Rows that are stored together or not at all. A row may name rows of this batch or of an earlier one."""

    persons: tuple[PersonRow, ...] = ()
    incidents: tuple[IncidentRow, ...] = ()
    arrests: tuple[ArrestRow, ...] = ()
    charges: tuple[ChargeRow, ...] = ()
    custody: tuple[CustodyRow, ...] = ()
    bail: tuple[BailRow, ...] = ()
    arraignments: tuple[ArraignmentRow, ...] = ()
    dispositions: tuple[DispositionRow, ...] = ()


@dataclass(frozen=True)
class Loaded:
    """What a load did, by relation: rows added, and rows that were there before (or twice in the batch)."""

    added: dict[str, int] = field(default_factory=dict)
    known: dict[str, int] = field(default_factory=dict)
