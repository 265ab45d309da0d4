"""One case on a desk: for what purpose and under which case number a person opens it, and the record that comes back.

A room's address holds the arrest's reference alone. The case number, which most permits ask for, is the arrest's DC
number (or its OTN); it is looked up first, under a permit that gives it without one, and that look is in the log too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from openpars.agreements.rules.terms import Permit
from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.disclosure import actions
from openpars.errors import NotFound
from openpars.portal.who import Who

_NUMBERS = ("dc_number", "otn")


@dataclass(frozen=True)
class Case:
    """One arrest as a disclosure handed it over; `case_number` is what it was opened for."""

    arrest: UUID
    purpose: str
    case_number: str
    answer: actions.Answer

    @property
    def record(self) -> Mapping[str, Any]:
        """The permitted values, with what hangs on the arrest under its relations' names."""
        return self.answer.results[0]


def purpose_of(who: Who) -> str:
    """The purpose of this person's work on cases: that of their lists, else the first one they may ask for."""
    # Under no permit, any purpose: what is asked then is refused, and the refusal is in the log.
    return who.lists_for or next((permit.purposes[0] for _, permit in who.permits), next(iter(PURPOSES)))


def case_number_of(who: Who, arrest: UUID) -> str:
    """The arrest's DC number, else its OTN, else its reference, as far as a permit tells before a case is named."""
    purpose = purpose_of(who)
    if not any(_tells_numbers(permit, purpose) for _, permit in who.permits):
        return str(arrest)
    answer = actions.open_arrest(
        asker=who.asker, purpose=purpose, case_number=None, arrest=arrest, elements=list(_NUMBERS)
    )
    found = answer.results[0] if answer.results else {}
    return str(next((found[number] for number in _NUMBERS if found.get(number)), arrest))


def open_case(who: Who, arrest: UUID, case_number: str = "") -> Case:
    """The arrest with all that this person may see of it; a `case_number` that is known need not be looked up.
    Raises NotFound where there is nothing that they may see, NotPermitted."""
    purpose, number = purpose_of(who), case_number or case_number_of(who, arrest)
    answer = actions.open_arrest(asker=who.asker, purpose=purpose, case_number=number, arrest=arrest)
    if not answer.results:
        raise NotFound("no such arrest, or none that you may see")
    return Case(arrest, purpose, number, answer)


def _tells_numbers(permit: Permit, purpose: str) -> bool:
    whole = {grant.spelling for grant in permit.elements}
    return purpose in permit.purposes and "case_number" not in permit.requires and whole.issuperset(_NUMBERS)
