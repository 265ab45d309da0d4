"""Rules from elsewhere that were entered, and what stands at odds with them: versions whose term is not over, in force
or suspended or to come, and texts that somebody is about to bring into force."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openpars.agreements import queries
from openpars.agreements.models import AgreementVersion, EnteredRule
from openpars.agreements.rules.terms import Agreement
from openpars.agreements.rules.watch import Finding, Rule, at_odds


@dataclass(frozen=True)
class Entered:
    """A rule as it was entered."""

    id: UUID
    rule: Rule
    entered_at: datetime


def entered() -> tuple[Entered, ...]:
    """The rules that were entered and not repealed, latest first."""
    rows = EnteredRule.objects.filter(repealed_at=None).order_by("-entered_at", "id")
    return tuple(Entered(row.id, _rule(row), row.entered_at) for row in rows)


def standing(rule: Rule, *, at: datetime) -> tuple[Finding, ...]:
    """The versions that contradict the rule and whose term is not over: one that is suspended can be resumed, and one
    to come comes by itself."""
    rows = AgreementVersion.objects.filter(terminated_at=None, ends_at__gt=at).order_by("number")
    held = ((number, queries.agreement(number)) for number in rows.values_list("number", flat=True))
    return tuple(
        Finding(number, "at odds", words, rule.effective_on)
        for number, agreement in held
        if (words := at_odds(rule, agreement))
    )


def of(agreement: Agreement) -> tuple[str, ...]:
    """Where a text contradicts a rule that holds, in words."""
    return tuple(words for one in entered() if (words := at_odds(one.rule, agreement)))


def _rule(row: EnteredRule) -> Rule:
    words = (frozenset(row.purposes), frozenset(row.elements), frozenset(row.shapes))
    return Rule(row.title, row.citation, *words, row.effective_on)
