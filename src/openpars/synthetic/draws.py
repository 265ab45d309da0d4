"""What chance decides in the invented city, each by its figure in `calibration`."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.facts import PersonFacts
from openpars.synthetic import calibration
from openpars.synthetic.calibration import Kind, Offense
from openpars.synthetic.names import fictional_person

ZONE = ZoneInfo("America/New_York")
STREETS = (
    "Alder", "Beacon", "Cinder", "Dovecote", "Ember", "Ferry", "Gable", "Harbor", "Inkwell", "Juniper",
    "Kettle", "Lantern", "Mill", "Nutmeg",
)  # fmt: skip

T = TypeVar("T")


def street(rng: Random) -> str:
    """An address that exists nowhere."""
    return f"{rng.randint(1, 899)} {rng.choice(STREETS)} Street"


def times(rng: Random, arrests: int, now: datetime) -> list[datetime]:
    """When the arrests were made: spread back from `now` at the base load, by the hours of the day."""
    days = arrests / calibration.ARRESTS_A_DAY
    times: list[datetime] = []
    while len(times) < arrests:
        at = now - timedelta(days=days * rng.random(), minutes=1)
        if rng.random() * max(calibration.HOURS) < calibration.HOURS[at.astimezone(ZONE).hour]:
            times.append(at.replace(second=0, microsecond=0))
    return sorted(times)


def pick(rng: Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of `choices`, each by its share."""
    return rng.choices([value for value, _ in choices], [share for _, share in choices])[0]


def person(rng: Random, key: str, at: datetime) -> tuple[PersonFacts, int]:
    """A fictional person arrested at `at`, and the age."""
    low, high = pick(rng, [((low, high), share) for low, high, share in calibration.AGES])
    age = rng.randint(low, high)
    facts = fictional_person(key, age, at.astimezone(ZONE).date()).facts()
    birth_place = pick(rng, calibration.BIRTH_PLACES)
    spanish = birth_place in ("Puerto Rico", "Dominican Republic", "Mexico")
    serial = rng.randrange(10**6)
    return replace(
        facts,
        race=pick(rng, calibration.RACES),
        birth_place=birth_place,
        language="Spanish" if spanish and rng.random() < 0.7 else "English",
        address=street(rng),
        zip=f"000{rng.randint(1, 48):02}",
        sid=f"000-{serial // 1000:03}-{serial % 1000:03}",
        photo_number=f"{serial:06}",
    ), age


def charges(rng: Random) -> list[Offense]:
    """A lead charge by its share, then what is stacked on it: 2.8 charges an arrest (calibration §3.3)."""
    shares = [offense.share for offense in calibration.OFFENSES]
    lead = rng.choices(calibration.OFFENSES, shares)[0]
    stacked = [offense for offense in calibration.OFFENSES if offense.kind in (lead.kind, Kind.ORDER)]
    others = rng.sample(stacked, min(len(stacked), rng.choices((0, 1, 2, 3, 5), (18, 30, 26, 18, 8))[0]))
    return [lead, *(offense for offense in others if offense is not lead)]


def poisson(rng: Random, mean: float) -> int:
    """A count of events that happen `mean` times on average (Knuth)."""
    drawn, product = 0, rng.random()
    while product > math.exp(-mean):
        drawn, product = drawn + 1, product * rng.random()
    return drawn


def bail(rng: Random, lead: Offense) -> BailDecision:
    """Bail by the lead charge's mix."""
    if lead.grade == "H1":
        return BailDecision(BailKind.DENIED, conditions=())
    draw = rng.random()
    if draw >= lead.monetary + lead.unsecured:
        return BailDecision(BailKind.ROR)
    # Amounts heap on round figures: multiples of the charge's median.
    amount = Decimal(round(lead.median * rng.choice((0.25, 0.5, 1, 1, 1, 1.5, 2, 3)), -2) or 300)
    if draw < lead.monetary:
        return BailDecision(BailKind.MONETARY, amount, Decimal(10))
    return BailDecision(BailKind.UNSECURED, amount)
