"""The invented city: arrests and what becomes of them, planned by the figures of a real city (`plan`), written
through `records.actions` as a city's desks would (`player`), until now or going on.

Nothing here is a record of anybody. ORIs begin with ZZ, which the FBI gives to nobody; ZIP codes begin
with 000.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import heapify, heappop, heappush
from itertools import chain
from uuid import UUID

from django.db import connection

from openpars.records.actions.tracing import together
from openpars.records.rules.facts import PersonFacts
from openpars.synthetic import calibration
from openpars.synthetic.draws import ZONE
from openpars.synthetic.order import Staff
from openpars.synthetic.plan import Act, Life, lives
from openpars.synthetic.player import Player

__all__ = ["Built", "Known", "Staff", "awaiting", "build", "hasten", "planned", "play", "run"]


PRINTED = timedelta(hours=36)
"""How long before now papers are printed: of whoever is on the board, and of yesterday's arraignments."""


@dataclass(frozen=True)
class Known:
    """One arrest of the city, for demonstrations that need somebody to ask for. Fictional."""

    arrest: UUID
    person: PersonFacts = field(repr=False)


@dataclass(frozen=True)
class Built:
    """What was built: how many of each, how many wait for arraignment, and the first adults arrested."""

    arrests: int
    victims: int
    witnesses: int
    awaiting: int
    known: tuple[Known, ...]


def planned(*, seed: int, days: int, per_day: float, until: datetime) -> tuple[list[Life], Iterator[Life]]:
    """The lives of a city whose arrests were made in the `days` before `until`, and those that follow, for ever."""
    begun = until - timedelta(days=days)
    every = lives(seed=seed, per_day=per_day, first=begun.astimezone(ZONE).date())
    past: list[Life] = []
    for life in every:
        if life.arrested_at > until:
            return past, chain([life], every)
        if life.arrested_at > begun:
            past.append(life)
    raise AssertionError("a plan has no end")


def build(
    *,
    arrests: int,
    seed: int,
    by: Staff,
    now: datetime,
    progress: Callable[[int, int], None] | None = None,
) -> Built:
    """Build the last `arrests` arrests before `now`, at the base load. The same seed and `now` give the same city;
    another city beside it needs another seed. `progress(done, of)` is called after each arrest."""
    days = math.ceil(arrests / calibration.ARRESTS_A_DAY * 1.3) + 3
    past, _ = planned(seed=seed, days=days, per_day=calibration.ARRESTS_A_DAY, until=now)
    # Whoever was arrested before these is not known here, and is entered at the later arrest.
    chosen = [life for life in past if life.reported_at <= now][-arrests:]
    player = Player(seed, by, prints_from=now - PRINTED)
    for done, _ in enumerate(play(player, chosen, until=now), 1):
        if progress is not None:
            progress(done, arrests)
    known = [
        Known(player.reports[life.number].arrest, life.person.facts)
        for life in chosen
        if life.first and not life.again and life.person.age >= 18
    ]
    return Built(len(chosen), player.victims, player.witnesses, awaiting(chosen, now), tuple(known[:12]))


def hasten() -> None:
    """Let this connection's commits not wait for the disk. An invented city that a power cut shortens is built
    again; nothing real is ever written by who says this."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def awaiting(of: Iterable[Life], now: datetime) -> int:
    """How many of them are held and wait for their arraignment."""
    return sum(
        life.arrested_at <= now < (life.arraigned_at or life.released_at or life.arrested_at) for life in of
    )


def play(player: Player, of: Iterable[Life], *, until: datetime) -> Iterator[Life]:
    """Perform what was due until then, a life at a time and each in one transaction; yields each life once it is
    durable."""
    for life in of:
        due = [(at, act) for at, act in life.events() if at <= until]
        if due:
            with together():
                for at, act in due:
                    player.perform(life, act, at)
        yield life


def run(
    player: Player,
    past: Sequence[Life],
    coming: Iterable[Life],
    *,
    since: datetime,
    now: Callable[[], datetime],
    wait: Callable[[float], bool],
) -> Iterator[tuple[Life, Act]]:
    """Go on with a city that was played until `since`: perform each act when it falls due by `now()`, and yield it.
    `wait(seconds)` waits; the city stops where it answers False."""
    due: list[tuple[datetime, int, int, Life, Act]] = [
        (at, life.number, n, life, act)
        for life in past
        for n, (at, act) in enumerate(life.events())
        if at > since
    ]
    heapify(due)
    for life in coming:
        for n, (at, act) in enumerate(life.events()):
            heappush(due, (at, life.number, n, life, act))
        # What falls due before the next arrest is made can be done now.
        yield from _due(player, due, life.arrested_at, now, wait)
        if not wait(0):
            return


def _due(
    player: Player,
    due: list[tuple[datetime, int, int, Life, Act]],
    before: datetime,
    now: Callable[[], datetime],
    wait: Callable[[float], bool],
) -> Iterator[tuple[Life, Act]]:
    while due and due[0][0] <= before:
        while (seconds := (due[0][0] - now()).total_seconds()) > 0:
            if not wait(seconds):
                return
        at, _, _, life, act = heappop(due)
        player.perform(life, act, at)
        yield life, act
