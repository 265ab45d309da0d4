"""The clocks that run after an arrest, as data: what each allows, by which rule, and whose duty it is.

Sources: standards.md §1.3 (Pa.R.Crim.P. 519, 540, 1003; 18 Pa.C.S. 9112, 9113; Riverside v. McLaughlin).
Where the law names no figure the clock says so (`of_law`); marks before a limit are always this city's own.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import IntEnum

from openpars.records.rules.lifecycle import ANSWERS_FOR, Custody, Event, Office


class State(IntEnum):
    """How a clock stands; it only ever goes up. `past`: the limit is over and the duty not done."""

    RUNNING = 0
    AMBER = 1
    RED = 2
    ALARM = 3
    PAST = 4
    STOPPED = 5

    @property
    def words(self) -> str:
        """As a page says it."""
        return self.name.lower()


class Unit(IntEnum):
    """How a limit is counted: hours as they elapse, days as the law counts them (`court_days`)."""

    HOURS = 1
    DAYS = 2


@dataclass(frozen=True)
class Clock:
    """One clock, one version. `starts` at the first of its events, stops at the first of `stops`. `limit`
    and `marks` are counted in `unit`. `duty` is whose it is; None: whoever has the next step of charging
    (`lifecycle.OWED_BY`). `of_law` says whether the limit is the rule's own, or this city's where the rule
    names no figure. `liberty`: somebody is held while it runs. `held` and `warrant`: it runs only for arrests
    of which that is so; None: for all."""

    name: str
    words: str
    starts: Event
    stops: frozenset[Event]
    limit: int
    marks: tuple[tuple[State, int], ...]
    rule: str
    version: str
    effective_from: date
    duty: Office | None
    unit: Unit = Unit.HOURS
    of_law: bool = True
    liberty: bool = False
    held: bool | None = None
    warrant: bool | None = None


_END_OF_WAIT = frozenset({Event.ARRAIGNMENT, Event.RELEASE})
_RULES_OF_2001 = date(2001, 4, 1)
_CHRIA = date(1980, 1, 1)

CLOCKS: tuple[Clock, ...] = (
    Clock(
        "arraignment",
        "preliminary arraignment without unnecessary delay",
        Event.ARREST,
        _END_OF_WAIT,
        20,
        ((State.AMBER, 6), (State.RED, 12)),
        "Pa.R.Crim.P. 1003(D), 519(A), 516",
        "1",
        _RULES_OF_2001,
        None,
        of_law=False,
        liberty=True,
    ),
    Clock(
        "probable cause",
        "a judge finds probable cause within 48 hours, weekends counted",
        Event.ARREST,
        _END_OF_WAIT | {Event.FINDING},
        48,
        ((State.AMBER, 20), (State.RED, 30), (State.ALARM, 36)),
        "County of Riverside v. McLaughlin, 500 U.S. 44; Pa.R.Crim.P. 540(E), 1003(D)",
        "1",
        date(1991, 5, 13),
        None,
        liberty=True,
        warrant=False,
    ),
    Clock(
        "complaint",
        "complaint within 5 days after release by the officer",
        Event.RELEASE,
        frozenset({Event.FILING, Event.DECLINATION, Event.DISPOSITION}),
        5,
        ((State.AMBER, 3), (State.RED, 4)),
        "Pa.R.Crim.P. 519(B)",
        "1",
        _RULES_OF_2001,
        Office.POLICE,
        Unit.DAYS,
    ),
    Clock(
        "hearing of a held person",
        "preliminary hearing within 14 days of the arraignment, held",
        Event.ARRAIGNMENT,
        frozenset({Event.HEARING, Event.DISPOSITION}),
        14,
        ((State.AMBER, 7), (State.RED, 11), (State.ALARM, 13)),
        "Pa.R.Crim.P. 540(G), 1003(D)",
        "1",
        _RULES_OF_2001,
        Office.COURT,
        Unit.DAYS,
        liberty=True,
        held=True,
    ),
    Clock(
        "hearing of a released person",
        "preliminary hearing within 21 days of the arraignment, not held",
        Event.ARRAIGNMENT,
        frozenset({Event.HEARING, Event.DISPOSITION}),
        21,
        ((State.AMBER, 14), (State.RED, 18)),
        "Pa.R.Crim.P. 540(G), 1003(D)",
        "1",
        _RULES_OF_2001,
        Office.COURT,
        Unit.DAYS,
        held=False,
    ),
    Clock(
        "prints",
        "prints sent within 48 hours of the arrest",
        Event.ARREST,
        frozenset({Event.PRINTS}),
        48,
        ((State.AMBER, 12), (State.RED, 36)),
        "18 Pa.C.S. 9112",
        "1",
        _CHRIA,
        Office.POLICE,
    ),
    Clock(
        "disposition",
        "disposition reported within 90 days",
        Event.DISPOSITION,
        frozenset({Event.REPORTED}),
        90,
        ((State.AMBER, 60), (State.RED, 80)),
        "18 Pa.C.S. 9113",
        "1",
        _CHRIA,
        Office.COURT,
        Unit.DAYS,
    ),
)
"""Every clock of the law, and this city's marks on it. A changed clock is a new row: same name, next version,
later `effective_from`; rows are never edited."""

UNTOUCHED: Mapping[Custody, int] = {
    Custody.IN_CUSTODY: 4,
    Custody.HOSPITAL: 8,
    Custody.AT_COURT: 4,
    Custody.COMMITTED: 30 * 24,
}
"""Hours for which a state of custody may stand before somebody confirms it: this city's own. Nobody watches
over a person at liberty."""

WATCHES: Mapping[Custody, Clock] = {
    state: Clock(
        "custody",
        f"{state} for more than {hours} hours, and nobody has confirmed it",
        Event.CUSTODY,
        frozenset(),
        hours,
        ((State.AMBER, hours // 2), (State.RED, hours * 3 // 4)),
        "this city's own: a status nobody has touched is an alarm",
        "1",
        date(2026, 1, 1),
        ANSWERS_FOR[state],
        of_law=False,
        liberty=True,
    )
    for state, hours in UNTOUCHED.items()
}
"""The clock that watches each state of custody: it starts anew each time somebody touches the state."""
