"""What is charged beside a lead charge: 2.8 charges an arrest (calibration §3.3), and never one graver than the lead.

No source tells what stands beside what; dockets of Pennsylvania stack possessing an instrument of crime, recklessly
endangering, conspiracy and threats with an assault. The weights are assumed.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from random import Random

from openpars.records.rules.grades import gravity
from openpars.synthetic.calibration import OFFENSES, Kind, Offense

_CONSPIRACY = "18 § 903 §§ C"
_SUMMARY = {
    "75 § 3736 §§ A": "Reckless driving",
    "75 § 3714 §§ A": "Careless driving",
    "75 § 1543 §§ A": "Driving with a suspended or revoked license",
}
"""What stands beside other charges and leads none."""

WEIGHTS: Mapping[Kind, Mapping[str, float]] = {
    Kind.PERSON: {
        "18 § 2701 §§ A1": 30, "18 § 2705": 30, "18 § 907 §§ A": 25, "18 § 2706 §§ A1": 22, _CONSPIRACY: 8,
        "18 § 3921 §§ A": 8, "18 § 6106 §§ A1": 8, "18 § 2709 §§ A1": 6, "18 § 3925 §§ A": 5, "18 § 6108": 4,
        "18 § 5104": 3, "18 § 3304 §§ A1": 3, "18 § 4304 §§ A1": 3,
    },
    Kind.PROPERTY: {
        "18 § 3921 §§ A": 25, "18 § 3925 §§ A": 25, "18 § 3304 §§ A1": 15, "18 § 907 §§ A": 12, _CONSPIRACY: 12,
        "18 § 3503 §§ A1I": 10, "18 § 3928 §§ A": 5, "18 § 4106 §§ A1II": 4, "18 § 4101 §§ A1": 3,
        "18 § 5503 §§ A1": 3,
    },
    Kind.DRUGS: {
        "35 § 780-113 §§ A16": 45, _CONSPIRACY: 15, "18 § 6106 §§ A1": 8, "18 § 907 §§ A": 5, "18 § 6108": 5,
        "18 § 3925 §§ A": 5, "18 § 5104": 4, "35 § 780-113 §§ A19": 3,
    },
    Kind.WEAPON: {
        "18 § 6108": 45, "18 § 6106 §§ A1": 35, "18 § 3925 §§ A": 15, "18 § 907 §§ A": 15, "18 § 2705": 12,
        "35 § 780-113 §§ A16": 10, "18 § 2706 §§ A1": 8, "18 § 2701 §§ A1": 6, "18 § 5104": 5, _CONSPIRACY: 5,
    },
    Kind.TRAFFIC: {
        "75 § 3736 §§ A": 30, "75 § 3714 §§ A": 30, "75 § 1543 §§ A": 15, "75 § 3802 §§ D1": 12,
        "35 § 780-113 §§ A16": 8, "18 § 2705": 5, "18 § 5104": 5,
    },
    Kind.ORDER: {
        "18 § 5503 §§ A1": 25, "18 § 5104": 15, "18 § 2709 §§ A1": 10, "18 § 2701 §§ A1": 10, "18 § 2705": 8,
        "35 § 780-113 §§ A16": 6, "18 § 3304 §§ A1": 6,
    },
}  # fmt: skip
"""The lead's kind -> statute -> how often it stands beside such a lead, against the others."""

_STACKED = ((0, 1, 2, 3, 5), (15, 26, 26, 21, 12))
"""How many charges are stacked, where there are as many, and the shares."""

_KNOWN = {offense.statute: offense for offense in OFFENSES} | {
    statute: Offense(0.0, statute, words, "S", Kind.TRAFFIC, 0.0, 0.0, 0)
    for statute, words in _SUMMARY.items()
}


def stacked(rng: Random, lead: Offense) -> tuple[Offense, ...]:
    """What is stacked on a lead charge, the likeliest as a rule first."""
    left = dict(_choices(lead))
    found: list[Offense] = []
    for _ in range(min(len(left), rng.choices(*_STACKED)[0])):
        found += rng.choices(list(left), list(left.values()))
        del left[found[-1]]
    return tuple(found)


@cache
def _choices(lead: Offense) -> tuple[tuple[Offense, float], ...]:
    """What may stand beside a lead, with its weight."""
    weights = ((_beside(statute, lead), weight) for statute, weight in WEIGHTS[lead.kind].items())
    return tuple(
        (offense, weight)
        for offense, weight in weights
        if offense.statute != lead.statute and gravity(offense.grade) <= gravity(lead.grade)
    )


def _beside(statute: str, lead: Offense) -> Offense:
    """A charge as it stands beside a lead: a conspiracy has the grade of the crime that was conspired to, and to murder
    it is a felony of the first degree (18 Pa.C.S. 905)."""
    offense = _KNOWN[statute]
    if statute == _CONSPIRACY and lead.grade[:1] in ("F", "M"):
        return replace(offense, grade=lead.grade)
    return offense
