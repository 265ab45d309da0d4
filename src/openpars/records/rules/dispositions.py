"""How a charge can end, in the words that dockets use."""

from collections.abc import Collection
from datetime import date

from openpars.errors import Problem

HELD_FOR_COURT = "Held for court"
"""The one outcome after which a charge still ends: the lower court's."""

TO_JUVENILE_COURT = "Transferred to juvenile division"
"""The outcome that gives a juvenile's case back to the juvenile court (42 Pa.C.S. 6322)."""

OUTCOMES = (
    HELD_FOR_COURT,
    "Guilty plea",
    "Guilty",
    "Not guilty",
    "Nolle prossed",
    "Withdrawn",
    "Dismissed",
    "ARD",
    TO_JUVENILE_COURT,
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


def again_problems(outcome: str, before: Collection[str]) -> list[Problem]:
    """What is wrong with an outcome of a charge that has come to those `before`: it ends once. What was recorded
    wrongly is corrected, never recorded again."""
    if not before or (set(before) == {HELD_FOR_COURT} and outcome != HELD_FOR_COURT):
        return []
    said = (
        "this charge is held for court already"
        if set(before) == {HELD_FOR_COURT}
        else "this charge has ended"
    )
    return [Problem("charge", f"{said}: if what is recorded is wrong, the records custodian corrects it")]
