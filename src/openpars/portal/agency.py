"""What an outside agency's person finds on their agency's page: what may be asked, what is left of it today, what is
due, what they subscribe to, and the proofs of what they asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from openpars.agencies.queries import city_day
from openpars.agreements.rules.compile import schema
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.plain import Sentence, plain
from openpars.agreements.rules.terms import Duty
from openpars.agreements.rules.vocabulary import EVENTS, PURPOSES
from openpars.disclosure import notices, queries, subscriptions
from openpars.disclosure.queries import Asked
from openpars.disclosure.subscriptions import SubscriptionView
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


@dataclass(frozen=True)
class Limit:
    """One permit's requests today: how many this person made, of how many (None: no limit)."""

    clause: str
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
    used = queries.requests_of(user=who.user.id, since=midnight(who.at))
    to_us = [notice for notice in notices.to(who.asker.agency_ori) if notice.acknowledged_at is None]
    return {
        "agreements": [_held(each, used) for each in who.in_force],
        "notices_due": to_us,
        "subscriptions": [_subscribed(each, who) for each in subscriptions.of(who.user.id)],
        "offered": _offered(who),
        "asked": [Proof(_words(one), one) for one in queries.asked(user=who.user.id)],
    }


def _held(each: InForce, used: Mapping[str, int]) -> Held:
    agreement = each.agreement
    governing = {permit.clause for permit in agreement.permits}
    governing |= {forbidden.clause for forbidden in agreement.prohibitions}
    limits = [
        Limit(permit.clause, used.get(schema(each.number, permit), 0), permit.requests_per_person_per_day)
        for permit in agreement.permits
    ]
    sentences = [sentence for sentence in plain(agreement) if sentence.clause in governing]
    return Held(each.number, agreement.title, sentences, agreement.duties, limits)


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
