"""What was asked and what became of it (`disclosures`), what is told later (`feed`), and what outside agencies register
(`casework`)."""

from openpars.disclosure.models.casework import AgencyCase, Approval, CaseSubject
from openpars.disclosure.models.disclosures import (
    AccessCode,
    Act,
    DelayedLine,
    Disclosure,
    DisclosureSubject,
    Notice,
    RetiredKey,
)
from openpars.disclosure.models.feed import Delivery, Following, Subscription

__all__ = [
    "AccessCode",
    "Act",
    "AgencyCase",
    "Approval",
    "CaseSubject",
    "DelayedLine",
    "Delivery",
    "Disclosure",
    "DisclosureSubject",
    "Following",
    "Notice",
    "RetiredKey",
    "Subscription",
]
