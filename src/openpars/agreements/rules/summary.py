"""An agreement in a row of a table: for what, what is shown, and what never is. It says less than `plain`, and nothing
that `plain` does not."""

from collections.abc import Iterator
from dataclasses import dataclass

from openpars.agreements.rules.plain import given
from openpars.agreements.rules.terms import Agreement, Permit
from openpars.agreements.rules.vocabulary import PURPOSES
from openpars.records.rules.elements import CATALOGUE, WALLED

LISTS = "lists of people"
NEWS = "news of events"
WALL = "victims and witnesses"
JUVENILES = "juveniles"
LIMITED = "records under limited access"


@dataclass(frozen=True)
class Summary:
    """For what somebody may ask, which kinds of data they are shown, and which of five things, any of which changes
    what an agreement is, it gives to somebody (`also`) or to nobody (`never`)."""

    purposes: tuple[str, ...]
    shown: tuple[str, ...]
    also: tuple[str, ...]
    never: tuple[str, ...]


def summary(agreement: Agreement) -> Summary:
    """All permits of an agreement together, its own prohibitions taken off."""
    forbidden = agreement.prohibited_purposes
    permits = [permit for permit in agreement.permits if set(permit.purposes) - set(forbidden)]
    purposes = {
        purpose: None for permit in permits for purpose in permit.purposes if purpose not in forbidden
    }
    shown = {given(grant): None for permit in permits for grant in agreement.granted(permit)}
    held = {extra for permit in permits for extra in _extras(agreement, permit)}
    named = (LISTS, NEWS, WALL, JUVENILES, LIMITED)
    return Summary(
        purposes=tuple(PURPOSES[purpose] for purpose in purposes),
        shown=tuple(shown),
        also=tuple(extra for extra in named if extra in held),
        never=tuple(extra for extra in named if extra not in held),
    )


def _extras(agreement: Agreement, permit: Permit) -> Iterator[str]:
    granted = agreement.granted(permit)
    if not granted:
        return
    if permit.lists and "list" not in agreement.prohibited_shapes:
        yield LISTS
    if permit.events and "event" not in agreement.prohibited_shapes:
        yield NEWS
    if any(CATALOGUE[grant.element].relation in WALLED for grant in granted):
        yield WALL
    if permit.rows.juveniles or permit.rows.charged_as_adults:
        yield JUVENILES
    if permit.rows.limited_access:
        yield LIMITED
