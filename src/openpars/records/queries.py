"""Reads for the actions of this package, and counts. Looking at a record is `disclosure`'s."""

from datetime import UTC, datetime, time
from uuid import UUID

from openpars.errors import NotFound
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
from openpars.records.rules.lifecycle import Event


def course(arrest: UUID) -> tuple[tuple[Event, datetime], ...]:
    """What happened to an arrest so far, for `rules.lifecycle.check`. Raises NotFound."""
    row = Arrest.objects.filter(pk=arrest).values_list("arrested_at", flat=True).first()
    if row is None:
        raise NotFound("no such arrest")
    past = [(Event.ARREST, row)]
    changes = CustodyStatusChange.objects.filter(arrest_id=arrest)
    past += [(Event.CUSTODY, at) for at in changes.values_list("changed_at", flat=True)]
    for stage, at in Charge.objects.filter(arrest_id=arrest, decided_at__isnull=False).values_list(
        "stage", "decided_at"
    ):
        past.append((Event.FILING if stage == "filed" else Event.CHARGING, at or row))
    past += [(Event.BAIL, at) for at in Bail.objects.filter(arrest_id=arrest).values_list("at", flat=True)]
    held = PreliminaryArraignment.objects.filter(arrest_id=arrest)
    past += [(Event.ARRAIGNMENT, at) for at in held.values_list("held_at", flat=True)]
    ended = Disposition.objects.filter(charge__arrest_id=arrest, disposed_on__isnull=False)
    past += [
        (Event.DISPOSITION, datetime.combine(day, time(), UTC))
        for day in ended.values_list("disposed_on", flat=True)
        if day is not None
    ]
    return tuple(past)


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
