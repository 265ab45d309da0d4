"""The watch over agreements: what the rules of `agreements.rules.watch` find now, with what the door knows of use."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from django.db.models import Count, Max, QuerySet
from django.utils import timezone

from openpars.agencies.queries import city_day
from openpars.agreements import odds, proposals, queries
from openpars.agreements.models import AgreementVersion, Certificate
from openpars.agreements.proposals import ProposalView
from openpars.agreements.rules.watch import Finding, Held, Rule, contradictions, findings
from openpars.disclosure.models import Disclosure, Subscription


@dataclass(frozen=True)
class RuleView:
    """An entered rule, the versions that contradict it while their term is not over, and open proposals that do."""

    id: UUID
    rule: Rule
    entered_at: datetime
    at_odds: tuple[Finding, ...]
    proposed: tuple[ProposalView, ...]


@dataclass(frozen=True)
class Owed:
    """A certificate of deletion that has not come, and the clause or section that says so."""

    id: UUID
    number: int
    title: str
    clause: str
    due_at: datetime

    @property
    def where(self) -> str:
        """Which part of the text demands it."""
        return f"clause {self.clause}" if self.clause[:1].isdigit() else f"section {self.clause}"


def watched(*, at: datetime) -> tuple[Finding, ...]:
    """What stands out about the agreements, by agreement: use and review of those in force, and what any whose term is
    not over gives against an entered rule."""
    on = city_day(at)
    found = [one for each in held(at=at) for one in findings(each, at=at, on=on)]
    found += [one for each in odds.entered() for one in odds.standing(each.rule, at=at)]
    return tuple(sorted(found, key=lambda one: one.number))


def rules(*, at: datetime) -> tuple[RuleView, ...]:
    """The rules that were entered and not repealed, latest first, each with what contradicts it."""
    put = [one for one in proposals.still_open(at=at) if one.is_text]
    return tuple(
        RuleView(
            one.id,
            one.rule,
            one.entered_at,
            odds.standing(one.rule, at=at),
            tuple(each for each in put if contradictions(one.rule, each.agreement)),
        )
        for one in odds.entered()
    )


def owed(*, by_ori: str | None = None) -> tuple[Owed, ...]:
    """The certificates that have not come, the first that is due first; those of one agency, where asked."""
    rows = Certificate.objects.filter(received_at=None).select_related("agreement").order_by("due_at")
    rows = rows if by_ori is None else rows.filter(agreement__receiver_ori=by_ori)
    return tuple(Owed(row.id, row.agreement_id, row.agreement.title, row.clause, row.due_at) for row in rows)


def used(*, number: int, since: datetime) -> int:
    """How many requests were answered under that version since a moment."""
    return Disclosure.objects.filter(
        number=number, begun_at__gte=since, outcome=Disclosure.Outcome.PERMIT
    ).count()


def subscribed(*, number: int) -> int:
    """How many subscriptions stand under that version: they end with it."""
    return Subscription.objects.filter(number=number, stopped_at=None).count()


def held(*, at: datetime, that: Callable[[str, int], bool] = lambda text_hash, number: True) -> list[Held]:
    """The agreements in force, those alone `that` are wanted by hash and number, with their use."""
    rows = AgreementVersion.objects.filter(
        terminated_at=None, suspended_at=None, starts_at__lte=at, ends_at__gt=at
    ).order_by("number")
    standing = [
        (number, identifier, since)
        for number, identifier, since, text_hash in rows.values_list(
            "number", "identifier", "enforced_at", "text_hash"
        )
        if that(text_hash, number)
    ]
    listed = [(number, since) for number, _, since in standing]
    asked = Disclosure.objects.filter(number__in=[number for number, _ in listed])
    last = dict(asked.values("number").annotate(last=Max("begun_at")).values_list("number", "last"))
    since_midnight = (
        Disclosure.objects.filter(begun_at__gte=midnight(at)) if listed else Disclosure.objects.none()
    )
    follows = _follows({identifier: number for number, identifier, _ in standing})
    requests, refusals = _requests(since_midnight, follows), _refusals(since_midnight)
    found = []
    for number, since in listed:
        text = queries.agreement(number)
        refused = sum(refusals[ori] for ori in {ori for ori, _ in text.oris})
        today = {**requests[number], "refusals-per-day": refused}
        found.append(Held(number, text, since, last.get(number), today))
    return found


def midnight(at: datetime) -> datetime:
    """When the city's day began in which `at` lies."""
    return datetime.combine(city_day(at), time(), timezone.get_default_timezone())


def _follows(standing: Mapping[str, int]) -> Mapping[int | None, int]:
    """Version -> the version that stands in its place: a later one goes on counting."""
    versions = AgreementVersion.objects.filter(identifier__in=standing).values_list("number", "identifier")
    return {number: standing[identifier] for number, identifier in versions}


def _requests(
    rows: QuerySet[Disclosure], follows: Mapping[int | None, int]
) -> Mapping[int | None, Mapping[str, int]]:
    """Agreement -> measure -> how many requests were begun under it; what a subscription was told is none."""
    counted = rows.exclude(outcome=Disclosure.Outcome.DENY).exclude(kind="event").values("number", "user_id")
    asked: Counter[tuple[int | None, UUID]] = Counter()
    for number, user, count in counted.annotate(count=Count("id")).values_list("number", "user_id", "count"):
        asked[follows.get(number), user] += count
    found: dict[int | None, Counter[str]] = defaultdict(Counter)
    for (number, _), count in asked.items():
        use = found[number]
        use["requests-per-day"] += count
        use["requests-per-person-per-day"] = max(use["requests-per-person-per-day"], count)
    return found


def _refusals(rows: QuerySet[Disclosure]) -> Counter[str]:
    """ORI -> how many requests of its people were refused: a refusal is under no agreement."""
    refused = rows.filter(outcome=Disclosure.Outcome.DENY).exclude(kind="event").values("agency_ori")
    return Counter(dict(refused.annotate(count=Count("id")).values_list("agency_ori", "count")))
