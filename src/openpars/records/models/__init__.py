"""The tables of records: who and what was arrested (`arrests`), what followed (`following`), the way to the hearing
(`hearings`), the desk's own (`desk`), who is walled off (`walled`), who wrote it (`traces`)."""

from openpars.records.models.arrests import Arrest, Incident, Person, fresh_commitment_key
from openpars.records.models.desk import Correction, CourtOrder, Draft, Identification
from openpars.records.models.following import (
    Bail,
    Charge,
    CustodyStatusChange,
    Disposition,
    PreliminaryArraignment,
)
from openpars.records.models.hearings import (
    BailCondition,
    BailGuideline,
    BailInterview,
    CourtHearing,
    Delay,
    Listing,
    Paper,
    Question,
)
from openpars.records.models.traces import Trace
from openpars.records.models.walled import Victim, Witness

__all__ = [
    "Arrest",
    "Bail",
    "BailCondition",
    "BailGuideline",
    "BailInterview",
    "Charge",
    "Correction",
    "CourtHearing",
    "CourtOrder",
    "CustodyStatusChange",
    "Delay",
    "Disposition",
    "Draft",
    "Identification",
    "Incident",
    "Listing",
    "Paper",
    "Person",
    "PreliminaryArraignment",
    "Question",
    "Trace",
    "Victim",
    "Witness",
    "fresh_commitment_key",
]
