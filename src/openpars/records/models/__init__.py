"""The tables of records: what happened (`arrests`), who is walled off (`walled`), who wrote it (`traces`)."""

from openpars.records.models.arrests import (
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
from openpars.records.models.traces import Trace
from openpars.records.models.walled import Victim, Witness

__all__ = [
    "Arrest",
    "Bail",
    "Charge",
    "CustodyStatusChange",
    "Disposition",
    "Incident",
    "Person",
    "PreliminaryArraignment",
    "Trace",
    "Victim",
    "Witness",
    "fresh_commitment_key",
]
