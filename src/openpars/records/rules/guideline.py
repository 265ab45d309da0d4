"""This invented city's bail guideline: a band from the lead charge and a few facts of the record.

The city is invented and so is its guideline; it is nobody's law. (Philadelphia's own, of 1982 and 1995, was
mostly ignored, which is why guideline, recommendation and decision are kept apart.) It binds nobody, it sees
no person, place, race, birth or address, and the magistrate must still look at the ability to pay (Rule 528).
"""

from dataclasses import dataclass
from decimal import Decimal

from openpars.records.rules.bail import BailKind
from openpars.records.rules.grades import OffenseKind


@dataclass(frozen=True)
class Guideline:
    """The band: a type, and dollars from and to where the type has an amount."""

    kind: BailKind
    low: Decimal | None
    high: Decimal | None
    rule: str
    version: str


RULE, VERSION = "Bail guideline of the invented city", "1"

_GRADES = {"S": 0, "M3": 1, "M2": 1, "M": 1, "IC": 2, "M1": 2, "F3": 3, "F": 3, "F2": 4, "F1": 5}
_BANDS: tuple[tuple[BailKind, int | None, int | None], ...] = (
    (BailKind.ROR, None, None),
    (BailKind.ROR, None, None),
    (BailKind.NONMONETARY, None, None),
    (BailKind.UNSECURED, 1_000, 5_000),
    (BailKind.UNSECURED, 2_500, 10_000),
    (BailKind.MONETARY, 5_000, 25_000),
    (BailKind.MONETARY, 10_000, 50_000),
    (BailKind.MONETARY, 25_000, 100_000),
    (BailKind.MONETARY, 50_000, 250_000),
)


def guideline(
    grade: str,
    kind: OffenseKind,
    *,
    missed_hearings: int = 0,
    open_cases: int = 0,
    violent_past: bool = False,
) -> Guideline:
    """The band for a lead charge of `grade` and `kind`. Each of these weighs one step: a charge against a
    person or with a weapon, a missed hearing, an open case, a past conviction of violence. Murder: denied. A
    grade that is unknown counts as an ungraded misdemeanor's."""
    if grade.startswith("H"):
        return Guideline(BailKind.DENIED, None, None, RULE, VERSION)
    step = _GRADES.get(grade, _GRADES["M"])
    if step:  # nobody is held on a summary offense
        step += kind in (OffenseKind.PERSON, OffenseKind.WEAPONS)
        step += (missed_hearings > 0) + (open_cases > 0) + violent_past
    band, low, high = _BANDS[min(step, len(_BANDS) - 1)]
    return Guideline(band, _dollars(low), _dollars(high), RULE, VERSION)


def _dollars(whole: int | None) -> Decimal | None:
    return None if whole is None else Decimal(whole)
