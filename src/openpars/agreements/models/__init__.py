"""Agreements as they were enforced (`versions`), and what led to them and followed from them (`proceedings`)."""

from openpars.agreements.models.proceedings import (
    Act,
    BallotVote,
    Certificate,
    Comment,
    Delivery,
    Draft,
    EnteredRule,
    Letter,
    Obstacle,
    PartyKey,
    PartySignature,
    Proposal,
)
from openpars.agreements.models.versions import AgreementVersion, Change, Permit, Power

__all__ = [
    "Act",
    "AgreementVersion",
    "BallotVote",
    "Certificate",
    "Change",
    "Comment",
    "Delivery",
    "Draft",
    "EnteredRule",
    "Letter",
    "Obstacle",
    "PartyKey",
    "PartySignature",
    "Permit",
    "Power",
    "Proposal",
]
