"""How a charge can end, in the words that dockets use."""

from datetime import date

from openpars.errors import Problem

OUTCOMES = (
    "Held for court",
    "Guilty plea",
    "Guilty",
    "Not guilty",
    "Nolle prossed",
    "Withdrawn",
    "Dismissed",
    "ARD",
    "Transferred to juvenile division",
)
"""The outcomes that the clerk's page offers. Files from elsewhere bring other words."""


def disposition_problems(outcome: str, disposed_on: date, today: date) -> list[Problem]:
    """What is wrong with a disposition recorded on the day `today`, each at its field."""
    found = []
    if not outcome.strip() or len(outcome) > 200 or not outcome.isprintable():
        found.append(Problem("outcome", "must say how the charge ended"))
    if disposed_on > today:
        found.append(Problem("disposed_on", "must not be in the future"))
    return found
