"""What an outside agency's person finds on their agency's page: what may be asked, what is left of it today, what is
due, what they subscribe to, and the proofs of what they asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from openpars.agencies.queries import city_day
from openpars.agreements import queries as agreements
from openpars.agreements.keys import party_keys
from openpars.agreements.rules import signing
from openpars.agreements.rules.compile import schema
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.plain import Sentence
from openpars.agreements.rules.terms import Duty, Permit
from openpars.agreements.rules.vocabulary import EVENTS, PURPOSES
from openpars.disclosure import notices, queries, subscriptions, watching
from openpars.disclosure.queries import Asked, Spent
from openpars.disclosure.subscriptions import SubscriptionView
from openpars.disclosure.watching import Owed
from openpars.portal.showing import day, midnight
from openpars.portal.who import Who

WHY: Mapping[str, str] = {
    "agreement-ended": "the agreement ended",
    "over": "its last day is over",
    "not-confirmed": "nobody confirmed it in time",
    "stopped": "you stopped it",
    "case-erased": "a court has ordered the record erased that its case was about",
    "case-closed": "its case was closed",
    "suspended": "the agreement, or you, were suspended, and it says that subscriptions end with that",
    "owner-left": "you went to another agency",
    "undeliverable": "its address did not answer for nine hours: events were given up",
}
"""Why a subscription stopped, in words."""

KINDS: Mapping[str, str] = {"search": "Search", "open": "Record opened", "list": "List"}
"""What was asked, in words."""

SOON = timedelta(days=14)
"""So long before its day the page asks for a confirmation."""

A_MONTH = timedelta(days=30)
"""In which the people are counted of whom an agreement allows so many (specs/agreement-file.md, 16)."""


@dataclass(frozen=True)
class Limit:
    """One limit of a clause: `what` it counts, how much of it is used, of how much (None: no limit)."""

    clause: str
    what: str
    used: int
    of: int | None

    @property
    def left(self) -> int | None:
        """What is left of it; None where there is no limit."""
        return None if self.of is None else max(0, self.of - self.used)


@dataclass(frozen=True)
class Held:
    """One agreement as its agency reads it."""

    number: int
    title: str
    sentences: Sequence[Sentence]
    duties: Sequence[Duty]
    limits: Sequence[Limit]


@dataclass(frozen=True)
class Due:
    """A certificate of deletion that the agency owes, `late` once its time is over, with the duties that outlast the
    agreement."""

    owed: Owed
    late: bool
    duties: Sequence[Duty]


@dataclass(frozen=True)
class Subscribed:
    """One subscription in words; `state` is a word of the page's shapes."""

    held: SubscriptionView
    told_of: Sequence[str]
    purpose: str
    state: str
    why: str
    soon: bool
    last_day: str


@dataclass(frozen=True)
class Proof:
    """One request, or one event told, with its words."""

    words: str
    asked: Asked


@dataclass(frozen=True)
class Offered:
    """What may be subscribed to under the agreements in force."""

    purposes: Sequence[tuple[str, str]]
    events: Sequence[tuple[str, str]]


def found(who: Who) -> dict[str, object]:
    """All that the page shows."""
    to_us = [notice for notice in notices.to(who.asker.agency_ori) if notice.acknowledged_at is None]
    return {
        "agreements": [_held(each, who) for each in who.in_force],
        "notices_due": to_us,
        "certificates_due": [
            Due(one, one.due_at <= who.at, agreements.agreement(one.number).duties)
            for one in watching.owed(by_ori=who.asker.agency_ori)
        ],
        "keys": [
            (one, signing.encoded(one.public))
            for one in party_keys(who.asker.agency_ori)
            if not one.revoked_at
        ],
        "subscriptions": [_subscribed(each, who) for each in subscriptions.of(who.user.id)],
        "offered": _offered(who),
        "asked": [Proof(_words(one), one) for one in queries.asked(user=who.user.id)],
    }


def _held(each: InForce, who: Who) -> Held:
    agreement = each.agreement
    governing = {permit.clause for permit in agreement.permits}
    governing |= {forbidden.clause for forbidden in agreement.prohibitions}
    spent = queries.spent(each.number, user=who.user.id, since=midnight(who.at))
    limits = [
        limit for permit in agreement.permits for limit in _limits(permit, spent[schema(each.number, permit)])
    ]
    asking = queries.people_asking(each.number, since=who.at - A_MONTH)
    limits.append(Limit("people", "people who asked, in 30 days", asking, agreement.safeguards.people.most))
    said = agreements.plain_text(each.number).sentences
    sentences = [sentence for sentence in said if sentence.clause in governing]
    return Held(each.number, agreement.title, sentences, agreement.duties, limits)


def _limits(permit: Permit, spent: Spent) -> Iterator[Limit]:
    yield Limit(permit.clause, "your requests today", spent.own, permit.requests_per_person_per_day)
    if permit.requests_per_day is not None:
        yield Limit(permit.clause, "your agency's requests today", spent.requests, permit.requests_per_day)
    if permit.results_per_day is not None:
        what = "arrests shown to your agency today"
        yield Limit(permit.clause, what, spent.results, permit.results_per_day)


def _subscribed(held: SubscriptionView, who: Who) -> Subscribed:
    at, live = who.at, held.live(who.at)
    paused = live and held.number not in {each.number for each in who.in_force}
    ended = "over" if held.ends_at <= at else "not-confirmed"
    return Subscribed(
        held,
        [words for event, words in EVENTS.items() if event in held.events],
        PURPOSES.get(held.purpose, held.purpose),
        "paused" if paused else "live" if live else "stopped",
        "" if live else WHY.get(held.why or ended, held.why),
        live and held.confirm_by_at - at < SOON and held.confirm_by_at < held.ends_at,
        day(city_day(held.ends_at - timedelta(seconds=1))),
    )


def _offered(who: Who) -> Offered:
    permits = [permit for _, permit in who.permits if permit.events]
    purposes = dict.fromkeys(purpose for permit in permits for purpose in permit.purposes)
    events = {event for permit in permits for event in permit.events}
    return Offered(
        [(purpose, _sentence(PURPOSES[purpose])) for purpose in purposes],
        [(event, _sentence(words)) for event, words in EVENTS.items() if event in events],
    )


def _words(one: Asked) -> str:
    if one.kind == "event":
        return "Told of an event" if one.records else "Subscription made or confirmed, or nothing shown"
    return KINDS.get(one.kind, one.kind.capitalize())


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]
