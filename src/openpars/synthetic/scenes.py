"""What a life of the invented city stands on: an incident, and somebody who may be arrested for it."""

from dataclasses import dataclass, field
from datetime import datetime

from openpars.records.rules.facts import PersonFacts
from openpars.synthetic.calibration import Offense


@dataclass(frozen=True)
class Scene:
    """An incident: what one or many are arrested for. `kind` is the lead charge's."""

    number: int
    lane: int
    occurred_at: datetime
    district: str
    street: str
    lead: Offense
    victims: int
    witnesses: int


@dataclass(frozen=True)
class Someone:
    """A fictional person, who may be arrested again; `age` is that of the first arrest."""

    number: int
    facts: PersonFacts = field(repr=False)
    age: int
