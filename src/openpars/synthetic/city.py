"""The invented city: a few hundred arrests of the last days, made through `records.actions` as a city's
desks would.

Nothing here is a record of anybody. ORIs begin with ZZ, which the FBI gives to nobody; ZIP codes begin
with 000.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import transaction

from openpars.records import actions
from openpars.records.rules.arraignment import Hearing
from openpars.records.rules.bail import BailKind, to_be_paid
from openpars.records.rules.facts import ArrestFacts, BailFacts, ChargeFacts, IncidentFacts, PersonFacts
from openpars.records.rules.hearings import next_date
from openpars.records.rules.lifecycle import Custody
from openpars.synthetic import calibration, draws
from openpars.synthetic.calibration import Kind, Offense
from openpars.synthetic.names import fictional_person
from openpars.synthetic.staff import COURT, POLICE


@dataclass(frozen=True)
class Staff:
    """Users on whose behalf the city's desks act, each of a role to which a charter in force gives the acts;
    `counsel` are defenders, given out as counsel of record."""

    police: UUID
    supervisor: UUID
    prosecutor: UUID
    magistrate: UUID
    counsel: tuple[UUID, ...] = ()


@dataclass(frozen=True)
class Known:
    """One arrest of the city, for demonstrations that need somebody to ask for. Fictional."""

    arrest: UUID
    person: PersonFacts = field(repr=False)
    dc_number: str = ""


@dataclass(frozen=True)
class Built:
    """What was built: how many of each, how many wait for arraignment, and the first adults arrested."""

    arrests: int
    victims: int
    witnesses: int
    awaiting: int
    known: tuple[Known, ...]


@dataclass
class _Making:
    """The city while it is made."""

    rng: Random
    seed: int
    by: Staff
    now: datetime
    incident: UUID | None = None
    victims: int = 0
    witnesses: int = 0
    awaiting: int = 0
    known: list[Known] = field(default_factory=list)

    def serial(self, number: int) -> int:
        """A number of its own for every arrest of every seed: DC numbers never repeat in a year and
        district."""
        return (self.seed * 4000 + number) % 10**6


def build(
    *,
    arrests: int,
    seed: int,
    by: Staff,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Build `arrests` arrests of the days before `now`. The same seed and `now` give the same city;
    another city beside it needs another seed. `progress(done, of)` is called after each arrest."""
    # Seeded on purpose: a city to practise on must be the same for everybody.
    city = _Making(Random(seed), seed, by, now)  # noqa: S311
    for number, at in enumerate(draws.times(city.rng, arrests, now)):
        with transaction.atomic():
            _arrest(city, number, at)
        if progress is not None:
            progress(number + 1, arrests)
    return Built(arrests, city.victims, city.witnesses, city.awaiting, tuple(city.known[:12]))


def _arrest(city: _Making, number: int, at: datetime) -> None:
    rng, serial = city.rng, city.serial(number)
    shared = city.incident if rng.random() < calibration.MORE_CO_DEFENDANTS else None
    district, street = draws.pick(rng, calibration.DISTRICTS), draws.street(rng)
    dc_number = f"{at.astimezone(draws.ZONE):%y}-{district}-{serial:06}"
    began = at - timedelta(minutes=rng.randint(5, 240))
    person, age = draws.person(rng, f"city {city.seed} {number}", at)
    offenses = draws.charges(rng)
    counsel = rng.choice(city.by.counsel) if city.by.counsel and rng.random() < 0.5 else None
    reported = actions.report_arrest(
        person=person,
        incident=shared or IncidentFacts(dc_number, began, street, district, POLICE),
        arrest=ArrestFacts(
            arrested_at=at,
            otn=f"Z{serial:06}{number % 10}",
            agency_ori=POLICE,
            location=street,
            district=district,
            category=rng.choices("OST", (70, 2, 28))[0],
            juvenile=age < 18,
            counsel_id=counsel,
        ),
        recommended=[ChargeFacts(offense.statute, offense.words, offense.grade) for offense in offenses],
        by=city.by.police,
        at=at,
    )
    if shared is None and reported.incident is not None:
        city.incident = reported.incident
        _walled(city, reported.incident, offenses[0].kind, f"{city.seed} {number}", at)
        if age >= 18:
            city.known.append(Known(reported.arrest, person, dc_number))
    _follow(city, reported.arrest, reported.charges, offenses, serial, at)


def _walled(city: _Making, incident: UUID, kind: Kind, key: str, at: datetime) -> None:
    """Victims of crimes against persons and property, and witnesses."""
    rng = city.rng
    harmed = rng.choices((1, 2, 3), (90, 8, 2))[0] if kind in (Kind.PERSON, Kind.PROPERTY) else 0
    for n in range(harmed):
        victim = fictional_person(f"victim {key} {n}", rng.randint(5, 85), at.date())
        actions.add_victim(
            incident=incident,
            name=f"{victim.given_name} {victim.surname}",
            birth_date=victim.birth_date,
            contact=f"(555) 01{rng.randint(0, 99):02}",
            by=city.by.police,
            at=at,
        )
    seen = draws.poisson(rng, calibration.WITNESSES[kind])
    for n in range(seen):
        witness = fictional_person(f"witness {key} {n}", None, at.date())
        actions.add_witness(
            incident=incident,
            name=f"{witness.given_name} {witness.surname}",
            contact=f"(555) 01{rng.randint(0, 99):02}",
            account="Saw the person run from the corner." if rng.random() < 0.5 else "Heard shouting.",
            by=city.by.police,
            at=at,
        )
    city.victims, city.witnesses = city.victims + harmed, city.witnesses + seen


def _follow(
    city: _Making,
    arrest: UUID,
    recommended: Sequence[UUID],
    offenses: Sequence[Offense],
    serial: int,
    at: datetime,
) -> None:
    """What the prosecutor and the court did until now."""
    rng, prosecutor = city.rng, city.by.prosecutor
    median, sigma = calibration.ARRAIGNED_AFTER_HOURS
    hearing = at + timedelta(hours=min(48.0, median * math.exp(sigma * rng.gauss(0, 1))))
    decided = at + (hearing - at) * rng.uniform(0.4, 0.85)
    if hearing > city.now:
        city.awaiting += 1
    if decided > city.now:
        return
    declined = rng.random() < calibration.DECLINED
    kept = [] if declined else [n for n in range(len(offenses)) if n == 0 or rng.random() < 0.8]
    for n, charge in enumerate(recommended):
        decision = "approved" if n in kept else "declined"
        reason = "" if n in kept else "Not enough to prove it."
        actions.decide_charge(charge=charge, decision=decision, reason=reason, by=prosecutor, at=decided)
    if declined:
        city.awaiting -= hearing > city.now
        _move(arrest, Custody.RELEASED, "charges declined", POLICE, city.by.supervisor, decided)
        return
    actions.file_charges(
        arrest=arrest,
        charges=[
            ChargeFacts(offenses[n].statute, offenses[n].words, offenses[n].grade, follows=recommended[n])
            for n in kept
        ],
        docket_number=f"MC-99-CR-{serial:07}-{decided.astimezone(draws.ZONE).year}",
        by=prosecutor,
        at=decided,
    )
    if hearing <= city.now:
        _arraign(city, arrest, offenses[0], hearing)


def _arraign(city: _Making, arrest: UUID, lead: Offense, hearing: datetime) -> None:
    rng, magistrate = city.rng, city.by.magistrate
    bail = draws.bail(rng, lead)
    home = bail.kind in (BailKind.ROR, BailKind.UNSECURED)
    offered = next_date(hearing, held=not home, grade=lead.grade, zone=draws.ZONE)
    decided = Hearing(magistrate, True, lead.grade, bail, offered.on)
    actions.hold_arraignment(arrest=arrest, hearing=decided, by_agency_ori=COURT, by=magistrate, at=hearing)
    posted = hearing + timedelta(hours=6 * math.exp(1.6 * rng.gauss(0, 1)))
    share = next(share for limit, share in calibration.POSTED if (bail.amount or 0) <= limit)
    if bail.kind is BailKind.MONETARY and rng.random() < share and posted <= city.now:
        paid = BailFacts("Monetary", "Posted", to_be_paid(bail))
        actions.set_bail(arrest=arrest, bail=paid, by=magistrate, at=posted)
        _move(arrest, Custody.RELEASED, "bail posted", COURT, magistrate, posted)


def _move(arrest: UUID, state: Custody, reason: str, ori: str, by: UUID, at: datetime) -> None:
    actions.change_custody(arrest=arrest, state=state, reason=reason, by_agency_ori=ori, by=by, at=at)
