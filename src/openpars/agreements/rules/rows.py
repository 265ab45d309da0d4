"""Which arrests a permit shows, as a pure rule: clause 5.4 of the file, and what the views' conditions say in SQL."""

from dataclasses import dataclass
from datetime import date

from openpars.agreements.rules.terms import Rows

HELD_FOR_COURT = "held-for-court"
"""What stands among the statuses of an arrest's charges where one of them was held for court."""


@dataclass(frozen=True)
class Facts:
    """What the rows of any permit can ask about one arrest, and nothing that tells whose it is. `charged_as_adult`: a
    juvenile whom the prosecutor charges as one. `charges` are the statuses of its charges, and HELD_FOR_COURT where one
    was; `category` is how it was made, empty where nobody noted it; `days` is its age in whole days; `own_client`: the
    asker is counsel of record; `on_case`: its person is a subject of the case that the request names; `arrested_on` is
    the city's day."""

    juvenile: bool = False
    charged_as_adult: bool = False
    limited_access: bool = False
    charges: frozenset[str] = frozenset()
    district: str = ""
    category: str = ""
    days: int = 0
    own_client: bool = False
    on_case: bool = False
    arrested_on: date = date(2026, 1, 1)


def charged(wanted: str, charges: frozenset[str]) -> bool:
    """Whether charges of these statuses are as `charge_status` wants them; an unknown word wants what cannot be.

    >>> charged("not-declined", frozenset({"declined", "pending"})), charged("not-declined", frozenset())
    (True, True)
    """
    open_or_approved = bool(charges & {"pending", "approved"})
    fits = {
        "any": True,
        "not-declined": not charges or open_or_approved,
        "approved": "approved" in charges,
        "held-for-court": HELD_FOR_COURT in charges,
    }
    return fits.get(wanted, False)


def hidden_by(rows: Rows, facts: Facts) -> str | None:
    """The field of the rows that keeps the arrest out of sight, the first in the order of the text; None where it
    is shown."""
    if not charged(rows.charge_status, facts.charges):
        return "charge_status"
    as_adult = facts.charged_as_adult and rows.charged_as_adults
    if facts.juvenile and not (rows.juveniles or as_adult):
        return "juveniles"
    if facts.limited_access and not rows.limited_access:
        return "limited_access"
    if rows.own_clients and not facts.own_client:
        return "own_clients"
    if rows.own_case and not facts.on_case:
        return "own_case"
    if rows.arrested_from is not None and facts.arrested_on < rows.arrested_from:
        return "arrested_from"
    if rows.arrested_to is not None and facts.arrested_on > rows.arrested_to:
        return "arrested_to"
    if rows.districts is not None and facts.district not in rows.districts:
        return "districts"
    if rows.categories is not None and facts.category not in rows.categories:
        return "categories"
    if rows.arrested_within_days is not None and facts.days >= rows.arrested_within_days:
        return "arrested_within_days"
    return None
