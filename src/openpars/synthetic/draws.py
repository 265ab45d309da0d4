"""What chance decides in the invented city, each by its figure in `calibration`."""

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise
from random import Random
from typing import TypeVar
from zoneinfo import ZoneInfo

from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.booking import age
from openpars.records.rules.facts import PersonFacts
from openpars.records.rules.juveniles import grounds_for
from openpars.synthetic import calibration
from openpars.synthetic.calibration import Kind, Offense
from openpars.synthetic.names import fictional_person

ZONE = ZoneInfo("America/New_York")
_ADULT = 18
STREETS = (
    "Alder", "Beacon", "Cinder", "Dovecote", "Ember", "Ferry", "Gable", "Harbor", "Inkwell", "Juniper",
    "Kettle", "Lantern", "Mill", "Nutmeg",
)  # fmt: skip

T = TypeVar("T")


def street(rng: Random) -> str:
    """An address that exists nowhere."""
    return f"{rng.randint(1, 899)} {rng.choice(STREETS)} Street"


def pick(rng: Random, choices: Sequence[tuple[T, float]]) -> T:
    """One of `choices`, each by its share."""
    return rng.choices([value for value, _ in choices], [share for _, share in choices])[0]


def person(rng: Random, key: str, at: datetime) -> tuple[PersonFacts, int]:
    """A fictional person arrested at `at`, and the age."""
    low, high = pick(rng, [((low, high), share) for low, high, share in calibration.AGES])
    years = rng.randint(low, high)
    facts = fictional_person(key, years, at.astimezone(ZONE).date()).facts()
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
    ), years


def direct_file(person: PersonFacts, offenses: Sequence[Offense], at: datetime) -> str | None:
    """The ground on which a juvenile is charged as an adult, empty where the juvenile court has the case; None of an
    adult. In the invented city a grave crime is one with a weapon."""
    if person.birth_date is None:
        return None
    years = age(person.birth_date, at.astimezone(ZONE).date())
    if years >= _ADULT:
        return None
    grounds = grounds_for(age=years, statutes=[offense.statute for offense in offenses])
    return next((ground for ground in ("murder", "weapon") if ground in grounds), "")


def lead(rng: Random) -> Offense:
    """A lead charge by its share."""
    return rng.choices(calibration.OFFENSES, _SHARES)[0]


def days_to_next_arrest(rng: Random) -> float | None:
    """After how many days somebody is arrested again; None: not within a year."""
    drawn, day, share = rng.random(), 0.0, 0.0
    for then, reached in _AGAIN:
        if drawn < reached:
            return day + (then - day) * (drawn - share) / (reached - share)
        day, share = float(then), reached
    return None


def poisson(rng: Random, mean: float) -> int:
    """A count of events that happen `mean` times on average (Knuth)."""
    drawn, product = 0, rng.random()
    while product > math.exp(-mean):
        drawn, product = drawn + 1, product * rng.random()
    return drawn


def bail(rng: Random, lead: Offense) -> BailDecision:
    """Bail by the lead charge's mix; amounts fall around the charge's median, on the figures where bail heaps."""
    draw = rng.random()
    if lead.grade == "H1" or (lead.grade == "F1" and rng.random() < _F1_DENIED):
        return BailDecision(BailKind.DENIED, conditions=())
    if draw >= lead.monetary + lead.unsecured:
        return BailDecision(BailKind.ROR)
    drawn = lognormal(rng, lead.median, _AMOUNT_SIGMA)
    amount = Decimal(min(calibration.HEAPS, key=lambda heap: abs(math.log(heap / drawn))))
    if draw < lead.monetary:
        return BailDecision(BailKind.MONETARY, amount, Decimal(10))
    return BailDecision(BailKind.UNSECURED, amount)


def posted_after(rng: Random, amount: Decimal) -> timedelta | None:
    """How long after it was set monetary bail is posted; None: not within the week."""
    share = next(share for limit, share in calibration.POSTED if amount <= limit)
    return timedelta(hours=quantile(rng, calibration.POSTED_AFTER_HOURS)) if rng.random() < share else None


def lognormal(rng: Random, median: float, sigma: float) -> float:
    """A value whose logarithm falls normally around that of `median`."""
    return median * math.exp(sigma * rng.gauss(0, 1))


def quantile(rng: Random, table: Sequence[tuple[float, float]]) -> float:
    """A value by a table of (quantile, value), the values positive: between two of them on the line of their
    logarithms."""
    drawn = rng.random()
    for (low, first), (high, second) in pairwise(table):
        if drawn <= high:
            part = (drawn - low) / (high - low)
            return math.exp((1 - part) * math.log(first) + part * math.log(second))
    return table[-1][1]


def arrest_hour(rng: Random, lead: Offense) -> int:
    """An hour of day for an arrest: the gravest crimes against persons as shootings fall, the others so that all
    together fall as arrests do."""
    violent = lead in _VIOLENT
    return rng.choices(range(24), calibration.VIOLENT_HOURS if violent else _OTHER_HOURS)[0]


def filed_after(rng: Random, arrested: datetime) -> timedelta:
    """How long after an arrest its charges are filed: about as long as the work takes, at the hours at which the
    charging unit files."""
    local = arrested.astimezone(ZONE)
    hours = rng.choices(_LAGS, _filing_weights(local.hour))[0]
    return timedelta(hours=hours, minutes=rng.randint(0, 59) - local.minute)


@lru_cache(maxsize=24)
def _filing_weights(hour: int) -> tuple[float, ...]:
    median, sigma = calibration.ARRAIGNED_AFTER_HOURS
    worked = [math.exp(-((math.log(lag / (median - 1)) / sigma) ** 2) / 2) / lag for lag in _LAGS]
    return tuple(
        work * calibration.FILING_HOURS[(hour + lag) % 24] for lag, work in zip(_LAGS, worked, strict=True)
    )


_LAGS = range(4, 60)
_SHARES = tuple(offense.share for offense in calibration.OFFENSES)
_F1_DENIED = 0.015
_AGAIN = tuple(
    (days, share * more)
    for (days, share), more in zip(calibration.REARRESTED, (1.6, 1.28, 1.12, 1.1, 1.1), strict=True)
)
"""Above the figures: who is still held cannot be arrested then, and is later or never."""
_AMOUNT_SIGMA = 1.05
_VIOLENT = tuple(o for o in calibration.OFFENSES if o.kind is Kind.PERSON and o.grade in ("F1", "H1"))
_VIOLENT_SHARE = sum(o.share for o in _VIOLENT) / sum(o.share for o in calibration.OFFENSES)
_OTHER_HOURS = tuple(
    max(0.0, every - _VIOLENT_SHARE * violent)
    for every, violent in zip(calibration.HOURS, calibration.VIOLENT_HOURS, strict=True)
)
