"""The plan of the invented city: the life of every arrest as data, before anything is written.

Pure: the same seed, first day and load give the same lives, for ever on; each falls by the figures of
`calibration`. Two lanes share neither incident nor person, so that two processes can play one plan.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from heapq import heappop, heappush
from operator import itemgetter
from random import Random

from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.court_days import next_court_day
from openpars.records.rules.hearings import next_date
from openpars.synthetic import calibration, draws
from openpars.synthetic.calibration import Kind, Offense
from openpars.synthetic.companions import stacked
from openpars.synthetic.detours import STRAIGHT_ON, Detours, Straight, drawn, rounds
from openpars.synthetic.scenes import Scene, Someone

LANES = 2
"""Parts of a city that touch one another nowhere."""


class Act(StrEnum):
    """What happens in an arrest's life, each by somebody at a desk."""

    REPORT = "report"
    HOSPITAL = "hospital"
    BACK = "back"
    ASK = "ask"
    ANSWER = "answer"
    COURT = "court"
    NOTE = "note"
    CONFIRM = "confirm"
    INTERVIEW = "interview"
    DECIDE = "decide"
    FILE = "file"
    LIST = "list"
    ARRAIGN = "arraign"
    POST = "post"
    RELEASE = "release"
    PUT_OFF = "put off"
    DISPOSE = "dispose"
    TELL = "tell"


@dataclass(frozen=True)
class Life:
    """One arrest and what becomes of it. `kept` are the places in `offenses` that the prosecutor approves: none
    where the arrest is declined, and then nothing after `decided_at` happens but the release. `ground`: of a juvenile,
    on which one they are charged as an adult, empty where the juvenile court has them. `released_at` is None for a
    person without bail."""

    number: int
    scene: Scene
    first: bool
    person: Someone
    again: bool
    arrested_at: datetime
    reported_at: datetime
    interviewed_at: datetime
    decided_at: datetime
    category: str
    offenses: tuple[Offense, ...]
    kept: tuple[int, ...]
    represented: bool
    bail: BailDecision
    ground: str | None = None
    detours: Detours = STRAIGHT_ON
    outcome: str = ""
    filed_at: datetime | None = None
    listed_at: datetime | None = None
    arraigned_at: datetime | None = None
    posted_at: datetime | None = None
    released_at: datetime | None = None
    put_off_at: datetime | None = None
    heard_at: datetime | None = None
    told_at: datetime | None = None

    def events(self) -> tuple[tuple[datetime, Act], ...]:
        """What happens and when, in order."""
        beside = self.detours
        acts: tuple[tuple[datetime | None, Act], ...] = (
            (self.reported_at, Act.REPORT),
            (beside.hospital_at, Act.HOSPITAL),
            (beside.back_at, Act.BACK),
            (beside.asked_at, Act.ASK),
            (beside.answered_at, Act.ANSWER),
            (beside.court_at, Act.COURT),
            *((segment.ended_at, Act.NOTE) for segment in beside.delays),
            (self.interviewed_at if self.kept else None, Act.INTERVIEW),
            (self.decided_at, Act.DECIDE),
            (self.filed_at, Act.FILE),
            (self.listed_at, Act.LIST),
            (self.arraigned_at, Act.ARRAIGN),
            (self.posted_at, Act.POST),
            # At the arraignment and by posting the court itself lets a person go.
            (
                None if self.released_at in (self.arraigned_at, self.posted_at) else self.released_at,
                Act.RELEASE,
            ),
            (self.put_off_at, Act.PUT_OFF),
            (self.heard_at, Act.DISPOSE),
            (self.told_at, Act.TELL),
        )
        happen = [(at, act) for at, act in acts if at is not None]
        happen += [(at, Act.CONFIRM) for at in (*self._rounds(), *self._confirmed())]
        # Stable: what is planned for one instant stays in the order above.
        return tuple(sorted(happen, key=itemgetter(0)))

    def _rounds(self) -> Iterator[datetime]:
        end = self.arraigned_at or self.released_at or self.reported_at
        times = {"arrested_at": self.arrested_at, "reported_at": self.reported_at, "end": end}
        return rounds(self.number, self.detours, **times)

    def _confirmed(self) -> Iterator[datetime]:
        """When it was confirmed that somebody is still committed."""
        if self.arraigned_at is None:
            return
        step = timedelta(days=calibration.CONFIRMED_DAYS)
        at, end = self.arraigned_at + step, self.released_at or self.arraigned_at + timedelta(days=365)
        while at < end:
            yield at
            at += step


def lives(*, seed: int, per_day: float, first: date) -> Iterator[Life]:
    """The arrests of a city from the day `first` on, in order, without end; `per_day` on average."""
    # Seeded on purpose: a city to practise on must be the same for everybody.
    return _Plan(Random(seed), seed, per_day).lives(first)  # noqa: S311


@dataclass
class _Plan:
    """The plan while it is made: `slots` are arrests still to come of known incidents, `again` whom each lane will
    see again and from when."""

    rng: Random
    seed: int
    per_day: float
    people: int = 0
    scenes: int = 0
    made: int = 0
    slots: list[tuple[datetime, int, Scene, bool]] = field(default_factory=list)
    again: tuple[list[tuple[datetime, int, Someone]], ...] = field(
        default_factory=lambda: tuple([] for _ in range(LANES))
    )

    def lives(self, first: date) -> Iterator[Life]:
        day = first
        while True:
            self._draw_scenes(day)
            day += timedelta(days=1)
            end = datetime.combine(day, time(), draws.ZONE)
            while self.slots and self.slots[0][0] < end:
                at, _, scene, leads = heappop(self.slots)
                yield self._life(at, scene, leads)

    def _draw_scenes(self, day: date) -> None:
        rng, weekdays = self.rng, calibration.ARRESTS_BY_WEEKDAY
        people = sum(n * share for n, share in calibration.CO_DEFENDANTS)
        mean = self.per_day / people * weekdays[day.weekday()] * 7 / sum(weekdays)
        mean *= calibration.ARRESTS_BY_MONTH.get(day.month, 1.0)
        # A negative binomial is a Poisson whose mean itself falls by a gamma.
        drawn = rng.gammavariate(calibration.DAILY_SIZE, mean / calibration.DAILY_SIZE)
        for _ in range(draws.poisson(rng, drawn)):
            self._draw_scene(day)

    def _draw_scene(self, day: date) -> None:
        rng = self.rng
        lead = draws.lead(rng)
        clock = time(draws.arrest_hour(rng, lead), rng.randint(0, 59))
        at = datetime.combine(day, clock, draws.ZONE).astimezone(UTC)
        harmed = draws.pick(rng, calibration.VICTIMS) if lead.kind in (Kind.PERSON, Kind.PROPERTY) else 0
        scene = Scene(
            number=self.scenes,
            lane=self.scenes % LANES,
            occurred_at=at - timedelta(minutes=rng.randint(5, 240)),
            district=draws.pick(rng, calibration.DISTRICTS),
            street=draws.street(rng),
            lead=lead,
            victims=harmed,
            witnesses=draws.poisson(rng, calibration.WITNESSES[lead.kind]),
        )
        self.scenes += 1
        together = rng.random() < calibration.CO_DEFENDANTS_SAME_DAY
        for n in range(draws.pick(rng, calibration.CO_DEFENDANTS)):
            later = (
                timedelta(minutes=rng.randint(0, 40)) if together else timedelta(hours=rng.randint(20, 168))
            )
            heappush(self.slots, (at + later if n else at, scene.number * 8 + n, scene, n == 0))

    def _life(self, at: datetime, scene: Scene, leads: bool) -> Life:
        rng = self.rng
        person, again = self._someone(at, scene.lane)
        reported = at + timedelta(
            minutes=min(200.0, draws.lognormal(rng, *calibration.REPORTED_AFTER_MINUTES))
        )
        # A slow report and a quick prosecutor are drawn apart: nothing is filed before it was reported.
        done = max(at + draws.filed_after(rng, at), reported + timedelta(minutes=3))
        decided = max(reported + timedelta(minutes=1), done - timedelta(minutes=rng.randint(2, 45)))
        offenses = (scene.lead, *stacked(rng, scene.lead))
        ground = draws.direct_file(person.facts, offenses, scene.occurred_at)
        declined = rng.random() < calibration.DECLINED_BY_KIND[scene.lead.kind] or ground == ""
        kept = () if declined else tuple(n for n in range(len(offenses)) if n == 0 or rng.random() < 0.8)
        bail = draws.bail(rng, scene.lead)
        arraigned = done + timedelta(hours=draws.quantile(rng, _TO_BAIL))
        listed = done + timedelta(minutes=rng.randint(1, 15))
        posted = (
            draws.posted_after(rng, bail.amount) if bail.kind is BailKind.MONETARY and bail.amount else None
        )
        released = self._released(arraigned, bail, posted)
        put_off, heard, outcome, told = self._heard(arraigned, scene.lead, held=released != arraigned)
        if released is None or released > heard:
            # Who is still held when the case ends goes home.
            released = heard if outcome in ("Withdrawn", "Dismissed", "Not guilty", "ARD") else released
        interviewed = reported + (done - reported) * rng.uniform(0.3, 0.9)
        way = Straight(reported, interviewed, decided, listed, arraigned)
        beside = STRAIGHT_ON if declined else drawn(rng, way, interpreted=person.facts.language != "English")
        life = Life(
            number=self.made, scene=scene, first=leads, person=person, again=again, arrested_at=at,
            reported_at=reported, interviewed_at=interviewed, detours=beside,
            decided_at=done if declined else decided, category=rng.choices("OST", (70, 2, 28))[0],
            offenses=offenses, kept=kept, ground=ground, represented=rng.random() < 0.5, bail=bail,
            outcome="" if declined else outcome,
            filed_at=None if declined else done,
            put_off_at=None if declined else put_off,
            heard_at=None if declined else heard, told_at=None if declined else told,
            listed_at=None if declined else listed,
            arraigned_at=None if declined else arraigned,
            posted_at=None if declined or posted is None else arraigned + posted,
            released_at=done + timedelta(minutes=20) if declined else released,
        )  # fmt: skip
        self.made += 1
        self._maybe_again(life)
        return life

    def _heard(
        self, arraigned: datetime, lead: Offense, *, held: bool
    ) -> tuple[datetime | None, datetime, str, datetime]:
        """When the first hearing is put off, if it is, and held, how the lead charge ends there, and when the State
        Police are told."""
        rng = self.rng
        offered = next_date(arraigned, held=held, grade=lead.grade, zone=draws.ZONE)
        share, later = calibration.PUT_OFF
        is_put_off = rng.random() < share
        clock = time(rng.randint(9, 15), rng.randint(0, 59))
        on = next_court_day(offered.on + timedelta(days=later)) if is_put_off else offered.on
        put_off = datetime.combine(offered.on, clock, draws.ZONE).astimezone(UTC) if is_put_off else None
        heard = datetime.combine(on, clock, draws.ZONE).astimezone(UTC)
        outcome = draws.pick(rng, calibration.OUTCOMES[offered.window.kind != "trial"])
        return (
            put_off,
            heard,
            outcome,
            heard + timedelta(days=draws.lognormal(rng, *calibration.REPORTED_DAYS)),
        )

    def _released(self, arraigned: datetime, bail: BailDecision, posted: timedelta | None) -> datetime | None:
        if bail.kind is BailKind.DENIED:
            return None
        if bail.kind is not BailKind.MONETARY:
            return arraigned
        held = timedelta(days=7 + draws.lognormal(self.rng, *calibration.HELD_DAYS))
        return arraigned + (held if posted is None else posted)

    def _someone(self, at: datetime, lane: int) -> tuple[Someone, bool]:
        waiting = self.again[lane]
        if waiting and waiting[0][0] <= at:
            return heappop(waiting)[2], True
        facts, age = draws.person(self.rng, f"city {self.seed} {self.people}", at)
        self.people += 1
        return Someone(self.people - 1, facts, age), False

    def _maybe_again(self, life: Life) -> None:
        days = draws.days_to_next_arrest(self.rng)
        if days is None or life.released_at is None:
            return
        at = max(life.arrested_at + timedelta(days=days), life.released_at + timedelta(hours=1))
        heappush(self.again[life.scene.lane], (at, life.number, life.person))


_EARLY, _MEDIAN, _LATE = calibration.BAIL_AFTER_FILING_HOURS
_TO_BAIL = ((0.0, _EARLY - 0.01), (0.05, _EARLY), (0.5, _MEDIAN), (0.95, _LATE), (1.0, _LATE + 0.6))
