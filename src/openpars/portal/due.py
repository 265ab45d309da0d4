"""From a list of what is due to its rows: whom it is about, on which clocks, what comes next and whose turn it is."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from django.utils import timezone

from openpars.portal import prisoners
from openpars.portal.deadlines import Deadline, deadline
from openpars.portal.showing import day, full_name, instant, local
from openpars.records.rules import clocks
from openpars.records.rules.court_days import day_begins
from openpars.records.rules.lifecycle import HELD, OWED_BY, Charging, Custody

_DAY = timedelta(days=1)
_NEVER = datetime.max.replace(tzinfo=UTC)

_STEPS = {
    Charging.NOT_SENT: "Send the report",
    Charging.WAITING: "Decide the charges",
    Charging.ASKED: "Answer the prosecutor",
    Charging.ANSWERED: "Decide the charges, answered",
    Charging.APPROVED: "File the charges",
}


@dataclass(frozen=True)
class Row:
    """One person. `due` orders the list, and is when the row is overdue; `deadlines` are the clocks that run, the first
    limit first."""

    arrest: str
    name: str
    is_invented: bool
    otn: str
    lead_charge: str
    state: str
    since: str
    court_on: str
    deadlines: tuple[Deadline, ...]
    due: datetime
    overdue: bool
    step: str
    whose: str
    mark: str


@dataclass(frozen=True)
class Shown:
    """A list of what is due, as of an instant; `is_cut` where it is as long as the permit lets a list be."""

    rows: tuple[Row, ...]
    as_of: datetime
    is_cut: bool

    @property
    def overdue(self) -> int:
        """How many are late."""
        return sum(row.overdue for row in self.rows)


def shown(body: Mapping[str, Any], names: frozenset[str], limit: int) -> Shown:
    """The rows of a list's answer with those clocks that `names` says, what is due first."""
    as_of = instant(body["as_of"])
    if as_of is None:
        raise ValueError("the answer bears no time")
    rows = [_row(result, as_of, names) for result in body["results"]]
    rows.sort(key=lambda row: (row.due, row.arrest))
    return Shown(tuple(rows), as_of, len(rows) >= limit)


def _row(result: Mapping[str, Any], as_of: datetime, names: frozenset[str]) -> Row:
    arrested_at = instant(result.get("arrested_at")) or as_of
    told = prisoners.facts(result, arrested_at)
    zone = timezone.get_default_timezone()
    running = [
        each
        for each in clocks.running(told, as_of, zone)
        if each.clock.name in names and each.stopped_at is None
    ]
    found = tuple(deadline(each) for each in sorted(running, key=lambda each: each.due_at))
    court_on = date.fromisoformat(str(result["court_on"])) if result.get("court_on") else None
    # A day of court is over with its end.
    ends = [each.due_at for each in running] + ([day_begins(court_on + _DAY, zone)] if court_on else [])
    due = min(ends, default=_NEVER)
    since = instant(result.get("custody_since"))
    return Row(
        arrest=str(result["arrest"]),
        name=full_name(result) or "Name not shown",
        is_invented=bool(result.get("invented")),
        otn=str(result.get("otn") or ""),
        lead_charge=str(result.get("lead_charge") or ""),
        state=str(result.get("custody_state") or ""),
        since=local(since) if since else "",
        court_on=day(court_on) if court_on else "",
        deadlines=found,
        due=due,
        overdue=due <= as_of,
        step=_step(told, court_on, undecided=bool(result.get("juvenile")) and not result.get("direct_file")),
        whose=prisoners.OFFICES[OWED_BY[told.charging]] if told.charging else "",
        mark="charged as an adult" if result.get("direct_file") else "",
    )


def _step(told: clocks.Facts, court_on: date | None, *, undecided: bool) -> str:
    if undecided and told.charging in (Charging.WAITING, Charging.ANSWERED):
        return "Decide: an adult's case, or the juvenile court's"
    if told.charging in _STEPS:
        return _STEPS[told.charging]
    if court_on:
        return "Hearing"
    if told.charging is Charging.DECLINED and told.custody is not Custody.RELEASED:
        return "Release: all charges declined"
    if told.charging is Charging.FILED and told.custody in HELD:
        return "Preliminary arraignment"
    return "Confirm where the person is" if told.custody is Custody.COMMITTED else ""
