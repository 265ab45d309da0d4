"""Bail: its types as data, what a decision may say, and the guideline that stands beside it.

Guideline, recommendation and decision are three facts, and none overwrites another: the guideline is
computed, pretrial services recommend, the magistrate decides. Types: Pa.R.Crim.P. 524, 528; a proposal of
2023 would replace these rules, so a type has a version and a day from which it is in force.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from openpars.errors import Problem
from openpars.records.rules.conditions import CONDITIONS, MANDATORY, Condition, condition_problems


class BailKind(StrEnum):
    """The types of bail, in the words that dockets use; from the lightest to the gravest."""

    ROR = "ROR"
    NONMONETARY = "Nonmonetary"
    UNSECURED = "Unsecured"
    NOMINAL = "Nominal"
    MONETARY = "Monetary"
    DENIED = "Denied"


class Status(StrEnum):
    """What became of a bail, in the words that dockets use."""

    SET = "Set"
    POSTED = "Posted"
    DENIED = "Denied"
    REVOKED = "Revoked"
    FORFEITED = "Forfeited"


@dataclass(frozen=True)
class BailType:
    """One version of a type. `amount`: from and to, in dollars, both included; None: no amount. `deposit`: a
    share may be paid for release. `additional`: conditions beyond the mandatory ones may, or must (`needed`)
    be there."""

    kind: BailKind
    words: str
    rule: str
    version: str
    effective_from: date
    amount: tuple[Decimal, Decimal] | None = None
    deposit: bool = False
    surety: bool = False
    mandatory: bool = True
    additional: bool = True
    needed: bool = False
    released: bool = True


_FROM = date(2001, 4, 1)
_ANY = (Decimal("1"), Decimal("100000000"))

TYPES: tuple[BailType, ...] = (
    BailType(
        BailKind.ROR,
        "release on recognizance",
        "Pa.R.Crim.P. 524(C)(1)",
        "1",
        _FROM,
        additional=False,
    ),
    BailType(
        BailKind.NONMONETARY,
        "release on nonmonetary conditions",
        "Pa.R.Crim.P. 524(C)(2)",
        "1",
        _FROM,
        needed=True,
    ),
    BailType(
        BailKind.UNSECURED,
        "release on an unsecured bail bond",
        "Pa.R.Crim.P. 524(C)(3)",
        "1",
        _FROM,
        _ANY,
    ),
    BailType(
        BailKind.NOMINAL,
        "release on nominal bail",
        "Pa.R.Crim.P. 524(C)(4)",
        "1",
        _FROM,
        (Decimal("1"), Decimal("10")),
        surety=True,
    ),
    BailType(
        BailKind.MONETARY,
        "release on a monetary condition",
        "Pa.R.Crim.P. 524(C)(5), 528",
        "1",
        _FROM,
        _ANY,
        deposit=True,
        released=False,
    ),
    BailType(
        BailKind.DENIED,
        "bail denied",
        "Pa. Const. art. I, § 14; Pa.R.Crim.P. 520(A)",
        "1",
        _FROM,
        mandatory=False,
        additional=False,
        released=False,
    ),
)
"""Every version of every type. A changed type is a new row: same kind, next version, later `effective_from`."""

DEPOSIT = Decimal(10)
"""The largest share, in per cent, that can be taken as a deposit instead of the whole (Rule 528(C))."""


@dataclass(frozen=True)
class Recommendation:
    """What pretrial services recommend; `words` say why."""

    kind: BailKind
    amount: Decimal | None = None
    words: str = ""


@dataclass(frozen=True)
class BailDecision:
    """What the magistrate decides. `percent` of `amount` is to be paid for release (100: the whole). `surety`
    says who stands in for nominal bail. `domestic`: a case of domestic violence (18 Pa.C.S. 2711)."""

    kind: BailKind
    amount: Decimal | None = None
    percent: Decimal | None = None
    conditions: tuple[Condition, ...] = MANDATORY
    surety: str = ""
    domestic: bool = False


def type_in_force(kind: BailKind, on: date) -> BailType | None:
    """The version of `kind` on the day `on`; None: there was none."""
    versions = [each for each in TYPES if each.kind is kind and each.effective_from <= on]
    return max(versions, key=lambda each: each.effective_from, default=None)


def bail_problems(decision: BailDecision, on: date) -> list[Problem]:
    """What is wrong with a decision made on the day `on`, each at its field; none: an empty list."""
    rule = type_in_force(decision.kind, on)
    if rule is None:
        return [Problem("type", "not a type of bail that was in force on that day")]
    found = _amount_problems(decision, rule)
    if rule.surety and not decision.surety.strip():
        found.append(Problem("surety", f"must name who stands surety ({rule.rule})"))
    return found + _condition_problems(decision, rule)


def to_be_paid(decision: BailDecision) -> Decimal | None:
    """Dollars and cents to be paid for release; None where money does not release."""
    if decision.kind is not BailKind.MONETARY or decision.amount is None:
        return None
    share = Decimal(100) if decision.percent is None else decision.percent
    return (decision.amount * share / 100).quantize(Decimal("0.01"))


def _amount_problems(decision: BailDecision, rule: BailType) -> list[Problem]:
    found = []
    amount, percent = decision.amount, decision.percent
    if rule.amount is None and amount is not None:
        found.append(Problem("amount", f"must be empty: {rule.words} has no amount"))
    if rule.amount is not None:
        low, high = rule.amount
        if amount is None or not (amount.is_finite() and low <= amount <= high):
            found.append(Problem("amount", f"must be from {low:,} to {high:,} dollars"))
        elif amount != amount.quantize(Decimal("0.01")):
            found.append(Problem("amount", "must be in dollars and whole cents"))
    if percent is not None and not rule.deposit:
        found.append(Problem("percent", "must be empty: only monetary bail has a share to be paid"))
    elif percent is not None and not (percent.is_finite() and (1 <= percent <= DEPOSIT or percent == 100)):
        found.append(
            Problem("percent", f"must be a deposit of 1 to {DEPOSIT} per cent, or 100 for the whole amount")
        )
    return found


def _condition_problems(decision: BailDecision, rule: BailType) -> list[Problem]:
    found = []
    kinds = {condition.kind for condition in decision.conditions}
    additional = [each for each in decision.conditions if not CONDITIONS[each.kind].mandatory]
    if rule.mandatory and not {each.kind for each in MANDATORY} <= kinds:
        found.append(Problem("conditions", "must include every mandatory condition (Pa.R.Crim.P. 526(A))"))
    if not rule.mandatory and decision.conditions:
        found.append(Problem("conditions", f"must be empty: {rule.words} has no conditions"))
    elif additional and not rule.additional:
        found.append(
            Problem("conditions", f"{rule.words} has the mandatory conditions only: choose nonmonetary")
        )
    if rule.needed and not additional:
        found.append(Problem("conditions", f"{rule.words} needs a condition beyond the mandatory ones"))
    if len(set(decision.conditions)) < len(decision.conditions):
        found.append(Problem("conditions", "must not hold the same condition twice"))
    for place, condition in enumerate(decision.conditions):
        found += condition_problems(condition, f"conditions.{place}", domestic=decision.domestic)
    return found
