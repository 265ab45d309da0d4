"""The agreements: which there are; of each, what it says as it is enforced and where it stands, what its people see of
an invented person's record, what changed from the version before, and how it is used."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from openpars.agencies.queries import city_day
from openpars.agreements import proposals, queries
from openpars.agreements.queries import AgreementView
from openpars.agreements.rules import difference
from openpars.agreements.rules.plain import limits
from openpars.agreements.rules.terms import Agreement
from openpars.disclosure import queries as disclosures
from openpars.disclosure.rules.sight import Line, sight
from openpars.disclosure.rules.specimen import SITUATIONS
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.showing import TITLES, Shown, day, local, midnight, value
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
    put = proposals.led_to(number, at=who.at)
    context = {
        "entry": entry,
        "put": put,
        "votes": [(solicitor.name(one.ori), one) for one in put.votes] if put else (),
        "sentences": queries.plain_text(number).sentences,
        "text": queries.text_of(number),
        "life": [
            (change.verb, local(change.at), change.at, change.grounds) for change in queries.changes(number)
        ],
        "limits": [(permit, limits(permit)) for permit in entry.agreement.permits],
    }
    return page(request, who, "agreement", context)


_HIDES = {
    "charge_status": "arrests with charges like these are not shown",
    "juveniles": "arrests of juveniles are not shown",
    "charged_as_adults": "of juveniles, those alone are shown who are charged as adults",
    "limited_access": "records under limited access by law are not shown",
    "own_clients": "only arrests of the asker's own clients are shown",
    "own_case": "only arrests of subjects of the case that the request names are shown",
    "arrested_from": "arrests before the first day of the clause are not shown",
    "arrested_to": "arrests after the last day of the clause are not shown",
    "districts": "only arrests in some police districts are shown",
    "categories": "only arrests of some kinds are shown",
    "arrested_within_days": "arrests so long ago are not shown",
}


@dataclass(frozen=True)
class Seen:
    """One line of the record: what it is, all of it, and what is shown (None: nothing, and `why` not)."""

    label: str
    whole: tuple[Shown, ...]
    shown: tuple[Shown, ...] | None
    why: str


@seen_by("signed-in")
@require_safe
def see(request: HttpRequest, number: int) -> HttpResponse:
    """An invented person's whole record beside what the agreement shows of it, clause by clause."""
    who = Who.of(request)
    entry = _entry(queries.version(number), who.at)
    permits = {permit.clause: permit for permit in entry.agreement.permits}
    permit = permits.get(request.GET.get("clause", ""), entry.agreement.permits[0])
    of = request.GET.get("of", "")
    of = of if of in SITUATIONS else "usual"
    seen = sight(entry.agreement, permit, SITUATIONS[of][1])
    shown, all_lines = seen.counts
    context = {
        "entry": entry,
        "permits": permits.values(),
        "permit": permit,
        "of": of,
        "situations": [(name, words) for name, (words, _) in SITUATIONS.items()],
        "hides": _HIDES.get(seen.hidden, seen.hidden) if seen.hidden else "",
        "shown": shown,
        "all": all_lines,
        "groups": [
            (
                TITLES.get(relation, "The person and the arrest"),
                [_seen(line, permit.clause) for line in lines],
            )
            for relation, lines in seen.lines.items()
        ],
    }
    return page(request, who, "agreement_see", context)


def _seen(line: Line, clause: str) -> Seen:
    label = value(line.element, None, line.whole[0], clause).label
    why = f"prohibited by clause {line.prohibited}" if line.prohibited else "not shown"
    whole = tuple(value(line.element, None, row, clause) for row in line.whole)
    if line.shown is None:
        return Seen(label, whole, None, why)
    return Seen(
        label, whole, tuple(value(line.element, line.generalization, row, clause) for row in line.shown), ""
    )


@seen_by("signed-in")
@require_safe
def changes(request: HttpRequest, number: int) -> HttpResponse:
    """What changed from the version before, in words, and whether it widens or narrows."""
    who = Who.of(request)
    entry = _entry(queries.version(number), who.at)
    before = queries.before(number)
    context: dict[str, object] = {"entry": entry, "before": before}
    if before is not None:
        old = queries.agreement(before.number)
        context["changes"] = difference.changes(old, entry.agreement)
        context["effect"] = difference.effect(old, entry.agreement)
    return page(request, who, "agreement_changes", context)


@seen_by("signed-in")
@require_safe
def use(request: HttpRequest, number: int) -> HttpResponse:
    """How often it was asked under in the last thirty days, clause by clause, against its limits."""
    who = Who.of(request)
    entry = _entry(queries.version(number), who.at)
    since = midnight(who.at) - timedelta(days=29)
    used = disclosures.used(number, since=since, zone=settings.TIME_ZONE)
    context = {
        "entry": entry,
        "since": local(since),
        "permits": [(permit, used.get(permit.clause)) for permit in entry.agreement.permits],
    }
    return page(request, who, "agreement_use", context)
