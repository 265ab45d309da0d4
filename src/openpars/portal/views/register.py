"""The agreements: which there are, what each says as it is enforced, and where it stands."""

from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openpars.agencies.queries import city_day
from openpars.agreements import proposals, queries
from openpars.agreements.queries import AgreementView
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.terms import Agreement
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.showing import day, local
from openpars.portal.who import Who, page


@dataclass(frozen=True)
class Entry:
    """One agreement version as the register shows it."""

    held: AgreementView
    agreement: Agreement
    state: str
    days_left: int

    @property
    def with_whom(self) -> str:
        """The other party, in words."""
        receiver = self.agreement.receiver
        return receiver.name if receiver else "the owners' own offices"

    @property
    def voters(self) -> int:
        """How many of the owners vote on it."""
        return sum(owner.votes for owner in self.agreement.owners)

    @property
    def state_name(self) -> str:
        """The state as the name of its shape and color."""
        return self.state.replace(" ", "-")

    @property
    def first_day(self) -> str:
        """The first day of the term."""
        return day(self.agreement.term.first_day)

    @property
    def last_day(self) -> str:
        """The last day of the term."""
        return day(self.agreement.term.last_day)


def _entry(held: AgreementView, at: datetime) -> Entry:
    agreement = queries.agreement(held.number)
    left = (agreement.term.last_day - city_day(at)).days + 1
    return Entry(held, agreement, held.state(at), max(0, left))


@seen_by("signed-in")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """Every agreement that was ever enforced, newest first."""
    who = Who.of(request)
    return page(request, who, "agreements", {"entries": [_entry(held, who.at) for held in queries.listing()]})


@seen_by("signed-in")
@require_safe
def agreement(request: HttpRequest, number: int) -> HttpResponse:
    """One agreement version: the text as enforced, and its life."""
    who = Who.of(request)
    entry = _entry(queries.version(number), who.at)
    put = proposals.led_to(number, at=who.at) if proposals.has_charter(who.at) else None
    context = {
        "entry": entry,
        "put": put,
        "votes": [(solicitor.name(one.ori), one) for one in put.votes] if put else (),
        "sentences": plain(entry.agreement),
        "text": queries.text_of(number),
        "life": [
            (change.verb, local(change.at), change.at, change.grounds) for change in queries.changes(number)
        ],
        "permits": entry.agreement.permits,
    }
    return page(request, who, "agreement", context)
