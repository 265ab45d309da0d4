"""The watch over agreements: what the rules of `agreements.rules.watch` find now, with what the door knows of use."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Max

from openpars.agencies.queries import city_day
from openpars.agreements import queries
from openpars.agreements.models import AgreementVersion, Certificate, EnteredRule
from openpars.agreements.rules.watch import Finding, Held, Rule, findings
from openpars.disclosure.models import Disclosure, Subscription


@dataclass(frozen=True)
class RuleView:
    """An entered rule, and where agreements in force contradict it."""

    id: UUID
    rule: Rule
    entered_at: datetime
    at_odds: tuple[Finding, ...]


@dataclass(frozen=True)
class Owed:
    """A certificate of deletion that has not come."""

    id: UUID
    number: int
    title: str
    due_at: datetime


def watched(*, at: datetime) -> tuple[Finding, ...]:
    """What stands out about the agreements in force, by agreement."""
    rules = [_rule(row) for row in EnteredRule.objects.filter(repealed_at=None)]
    on = city_day(at)
    return tuple(one for held in _held(at) for one in findings(held, rules, at=at, on=on))


def rules(*, at: datetime) -> tuple[RuleView, ...]:
    """The rules that were entered and not repealed, latest first, each with the agreements that contradict it."""
    held, on = _held(at), city_day(at)
    rows = EnteredRule.objects.filter(repealed_at=None).order_by("-entered_at")
    return tuple(
        RuleView(
            row.id,
            _rule(row),
            row.entered_at,
            tuple(
                f for one in held for f in findings(one, [_rule(row)], at=at, on=on) if f.kind == "at odds"
            ),
        )
        for row in rows
    )


def owed() -> tuple[Owed, ...]:
    """The certificates that have not come, the first that is due first."""
    rows = Certificate.objects.filter(received_at=None).select_related("agreement").order_by("due_at")
    return tuple(Owed(row.id, row.agreement_id, row.agreement.title, row.due_at) for row in rows)


def used(*, number: int, since: datetime) -> int:
    """How many requests were answered under that version since a moment."""
    return Disclosure.objects.filter(
        number=number, begun_at__gte=since, outcome=Disclosure.Outcome.PERMIT
    ).count()


def subscribed(*, number: int) -> int:
    """How many subscriptions stand under that version: they end with it."""
    return Subscription.objects.filter(number=number, stopped_at=None).count()


def _held(at: datetime) -> list[Held]:
    rows = AgreementVersion.objects.filter(
        terminated_at=None, suspended_at=None, starts_at__lte=at, ends_at__gt=at
    ).order_by("number")
    listed = list(rows.values_list("number", "enforced_at"))
    asked = Disclosure.objects.filter(number__in=[number for number, _ in listed]).values("number")
    last = dict(asked.annotate(last=Max("begun_at")).values_list("number", "last"))
    return [Held(number, queries.agreement(number), since, last.get(number)) for number, since in listed]


def _rule(row: EnteredRule) -> Rule:
    words = (frozenset(row.purposes), frozenset(row.elements), frozenset(row.shapes))
    return Rule(row.title, row.citation, *words, row.effective_on)
