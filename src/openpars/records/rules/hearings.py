"""The next court date by rule, and the sessions in which the arraignment court sits.

A felony goes to a preliminary hearing within 14 days of the arraignment if the person is held, within 21 if
not (Pa.R.Crim.P. 540(G), 1003(D)). A misdemeanor goes to trial in the Municipal Court, not before 20 days and
not after 180 (Pa.R.Crim.P. 1003(D), 1013(A)(1)). What is offered is a court day; the magistrate decides.
"""

from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from openpars.errors import Problem
from openpars.records.rules.court_days import (
    NOBODY,
    is_court_day,
    last_court_day,
    local_day,
    next_court_day,
)
from openpars.records.rules.grades import GRADES, is_felony

_DAY = timedelta(days=1)

CAUSE_LIMIT = 500
"""Most characters of the cause for a date outside the rule's window, or for putting a hearing off."""

NO_COURT = "must be a day on which the court sits: this is a weekend or a holiday"

SITS_AT = (0, 4, 8, 12, 16, 20)
"""Hours of the city's day at which the arraignment court begins to sit, every day of the year."""


@dataclass(frozen=True)
class Site:
    """A place from which prisoners are brought before the magistrate by video."""

    code: str
    words: str


SITES = (
    Site("C", "Central booking"),
    Site("N", "North booking"),
    Site("S", "South booking"),
    Site("E", "East booking"),
)
"""The invented city's video sites; each takes part in every session."""


@dataclass(frozen=True)
class Session:
    """One sitting of the arraignment court, with one site; `begins_at` is UTC."""

    begins_at: datetime
    site: Site


@dataclass(frozen=True)
class Window:
    """What the rule allows: the first and the last day, both included, for a hearing of this `kind`."""

    kind: str
    earliest: date
    latest: date
    rule: str
    version: str


@dataclass(frozen=True)
class Offered:
    """The date that is offered, and the window from which it comes."""

    on: date
    window: Window


def window(arraigned_at: datetime, *, held: bool, grade: str, zone: ZoneInfo) -> Window:
    """When the next hearing may be, by the lead charge's grade. A grade that is unknown is treated as a
    felony's: the sooner date."""
    day = local_day(arraigned_at, zone)
    if is_felony(grade) or grade not in GRADES:
        within = 14 if held else 21
        rule = f"Pa.R.Crim.P. 540(G), 1003(D): within {within} days, {'held' if held else 'not held'}"
        return Window("preliminary hearing", day + _DAY, day + within * _DAY, rule, "1")
    rule = "Pa.R.Crim.P. 1003(D), 1013(A)(1): after 20 days, within 180"
    return Window("trial", day + 20 * _DAY, day + 180 * _DAY, rule, "1")


def next_date(
    arraigned_at: datetime, *, held: bool, grade: str, zone: ZoneInfo, also: Container[date] = NOBODY
) -> Offered:
    """The date to offer: for a preliminary hearing the last court day of the window, so that both sides have
    the time that the rule gives them; for a trial the first. `also`: further days without court."""
    allowed = window(arraigned_at, held=held, grade=grade, zone=zone)
    if allowed.kind == "trial":
        return Offered(next_court_day(allowed.earliest, also), allowed)
    return Offered(last_court_day(allowed.latest, also), allowed)


def date_problem(
    on: date, allowed: Window, also: Container[date] = NOBODY, *, cause: str = ""
) -> Problem | None:
    """What is wrong with the magistrate's own choice `on`, or None. Outside the window a `cause` must be
    stated: the defense asked for an earlier trial, or a hearing was put off for cause shown."""
    if not allowed.earliest <= on <= allowed.latest and not cause.strip():
        span = f"{allowed.earliest:%Y-%m-%d} to {allowed.latest:%Y-%m-%d}"
        return Problem("next_on", f"must be from {span} ({allowed.rule}), or a cause must be stated")
    if not is_court_day(on, also):
        return Problem("next_on", NO_COURT)
    return None


def held_problems(heard_on: date, next_on: date | None, today: date) -> list[Problem]:
    """What is wrong with a hearing held on the day `heard_on`, recorded on the day `today`, each at its field."""
    found = []
    if heard_on > today:
        found.append(Problem("heard_on", "must not be in the future"))
    if next_on is not None and next_on <= heard_on:
        found.append(Problem("next_on", "must be after the day of the hearing"))
    elif next_on is not None and not is_court_day(next_on):
        found.append(Problem("next_on", NO_COURT))
    return found


def put_off_problems(next_on: date, cause: str, today: date) -> list[Problem]:
    """What is wrong with putting a hearing off on the day `today`, each at its field."""
    found = []
    if next_on <= today:
        found.append(Problem("next_on", "must be a day to come"))
    elif not is_court_day(next_on):
        found.append(Problem("next_on", NO_COURT))
    if not cause.strip():
        found.append(Problem("cause", "must say why the hearing is put off, and at whose wish"))
    elif len(cause) > CAUSE_LIMIT or not cause.isprintable():
        found.append(Problem("cause", f"must be at most {CAUSE_LIMIT} printable characters"))
    return found


def next_session(after: datetime, zone: ZoneInfo, site: Site = SITES[0]) -> Session:
    """The first session at `site` that begins after the instant `after`."""
    return next(session for session in sessions(after, zone, site))


def sessions(after: datetime, zone: ZoneInfo, site: Site = SITES[0]) -> Iterator[Session]:
    """The sessions at `site` that begin after the instant `after`, in order, without end."""
    day = local_day(after, zone)
    while True:
        for hour in SITS_AT:
            # In UTC: in the night when the clocks change, hours on the wall are not hours apart.
            begins = datetime.combine(day, time(hour), zone).astimezone(UTC)
            if begins > after:
                yield Session(begins, site)
        day += _DAY


def listing_problems(session_at: datetime, site: str, at: datetime, zone: ZoneInfo) -> list[Problem]:
    """What is wrong with listing a person at the instant `at` for a session and a site, each at its field."""
    found = []
    if site not in {each.code for each in SITES}:
        found.append(Problem("site", "must be one of the video sites"))
    before = session_at - timedelta(hours=1)
    if next_session(before, zone).begins_at != session_at:
        found.append(Problem("session_at", "must be a session in which the court sits"))
    elif session_at < at - timedelta(hours=4):
        found.append(Problem("session_at", "must not be a session that is over"))
    return found
