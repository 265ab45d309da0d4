"""Reads for the actions of this package, and counts. Looking at a record is `disclosure`'s."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db import connection

from openpars.errors import NotFound
from openpars.records.models import (
    Arrest,
    Bail,
    Charge,
    CourtOrder,
    CustodyStatusChange,
    Disposition,
    Incident,
    Person,
    PreliminaryArraignment,
)
from openpars.records.rules.lifecycle import Event

_COURSE = """
SELECT unnest(ARRAY['arrest', 'taking of prints', 'sending of the report']),
    unnest(ARRAY[arrested_at, prints_taken_at, sent_at]) FROM records_arrest WHERE id = %(arrest)s
UNION ALL SELECT 'custody change', unnest(ARRAY[min(changed_at), max(changed_at)])
    FROM records_custodystatuschange WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'release', changed_at FROM records_custodystatuschange
    WHERE arrest_id = %(arrest)s AND state = 'released'
UNION ALL SELECT CASE stage WHEN 'filed' THEN 'filing of a charge' ELSE 'charging decision' END, decided_at
    FROM records_charge WHERE arrest_id = %(arrest)s
UNION ALL SELECT unnest(ARRAY['question of the prosecutor', 'answer of the police']),
    unnest(ARRAY[asked_at, answered_at]) FROM records_question WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'bail interview', held_at FROM records_bailinterview WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'listing for a hearing', listed_at FROM records_listing WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'bail', at FROM records_bail WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'posting of bail', at FROM records_bail WHERE arrest_id = %(arrest)s AND status = 'Posted'
UNION ALL SELECT 'preliminary arraignment', held_at FROM records_preliminaryarraignment WHERE arrest_id = %(arrest)s
UNION ALL SELECT 'finding of probable cause', held_at FROM records_preliminaryarraignment
    WHERE arrest_id = %(arrest)s AND probable_cause
UNION ALL SELECT 'declination of all charges', max(decided_at) FROM records_charge WHERE arrest_id = %(arrest)s
    HAVING bool_and(stage = 'recommended' AND status IN ('declined', 'withdrawn'))
UNION ALL SELECT 'preliminary hearing or trial', heard_on::timestamp AT TIME ZONE %(zone)s FROM records_courthearing
    WHERE arrest_id = %(arrest)s AND outcome = 'held'
UNION ALL SELECT unnest(ARRAY['disposition', 'report of the disposition']),
    unnest(ARRAY[d.disposed_on::timestamp AT TIME ZONE %(zone)s, d.reported_at])
    FROM records_disposition d JOIN records_charge c ON c.id = d.charge_id WHERE c.arrest_id = %(arrest)s
"""


def course(arrest: UUID) -> tuple[tuple[Event, datetime], ...]:
    """What happened to an arrest so far, for `rules.lifecycle.check`: one statement; of the changes of custody, which
    may be many, the first and the last. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(_COURSE, {"arrest": arrest, "zone": settings.TIME_ZONE})
        past = tuple((Event(kind), at) for kind, at in cursor.fetchall() if at is not None)
    if not past:
        raise NotFound("no such arrest")
    return past


def counts() -> dict[str, int]:
    """How many rows each relation holds."""
    held = (
        ("person", Person.objects.count()),
        ("incident", Incident.objects.count()),
        ("arrest", Arrest.objects.count()),
        ("charge", Charge.objects.count()),
        ("custody", CustodyStatusChange.objects.count()),
        ("bail", Bail.objects.count()),
        ("arraignment", PreliminaryArraignment.objects.count()),
        ("disposition", Disposition.objects.count()),
    )
    return dict(held)


@dataclass(frozen=True)
class OrderView:
    """A court's order, and how much it covers: relation in words -> rows. After it is carried out it covers nothing.
    `arrest` is None where it is about all arrests of its person."""

    id: UUID
    number: str
    court: str
    kind: str
    ordered_on: date
    arrest: UUID | None
    entered_at: datetime
    carried_out_at: datetime | None
    covers: Mapping[str, int]


def order(which: UUID) -> OrderView:
    """An order by its id, with nothing about the person. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_order_says(%s)", [which])
        (said,) = cursor.fetchone()
    if said is None:
        raise NotFound("no such order")
    said = json.loads(said) if isinstance(said, str) else said
    carried_out = said["carried_out_at"]
    return OrderView(
        UUID(said["id"]),
        said["number"],
        said["court"],
        said["kind"],
        date.fromisoformat(said["ordered_on"]),
        UUID(said["arrest_id"]) if said["arrest_id"] else None,
        datetime.fromisoformat(said["entered_at"]),
        datetime.fromisoformat(carried_out) if carried_out else None,
        said["covers"],
    )


def orders_numbered(number: str) -> tuple[UUID, ...]:
    """The orders of that number, oldest first. Needs the owner's role."""
    return tuple(CourtOrder.objects.filter(number=number).order_by("entered_at").values_list("id", flat=True))


def orders_of(arrest: UUID) -> tuple[OrderView, ...]:
    """The orders about an arrest, oldest first."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_orders_of(%s)", [arrest])
        return tuple(order(which) for (which,) in cursor.fetchall())
