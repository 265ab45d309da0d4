"""What the auditor searches beside the looks: the events at the doors and at the console (specs/event-entry.md), by
who, agency, kind, outcome or time; and what is taken out of them, with proofs.

Each search is itself a look with an entry (`looks`), and nothing of an event is read before that look has begun.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from uuid import UUID

from openpars.agencies import queries as agencies
from openpars.agencies.queries import EventView
from openpars.disclosure import looks
from openpars.disclosure.accounting import agency_name
from openpars.disclosure.gateway import Row
from openpars.disclosure.rules.account_file import stamp
from openpars.disclosure.taking_out import EXPORTED, Search, Taken, pack, takeable
from openpars.translog.rules.table import cell

PAGE = 50
"""Most rows of a page."""


@dataclass(frozen=True)
class EventCriteria:
    """What is searched by; all that is given must hold. `who` is a user's id, or the word for whoever was at the
    console; `arrest` is one that was written to; `before` stands for the event that ended the page before, `event` for
    one alone."""

    who: str | None = None
    agency: str | None = None
    kind: str | None = None
    outcome: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    arrest: UUID | None = None
    before: UUID | None = None
    event: UUID | None = None

    def as_json(self) -> dict[str, str]:
        """What is given, as text, and that it is events that are looked for."""
        given = {name: value for name, value in asdict(self).items() if value}
        return {"of": "events"} | {
            n: stamp(v) if isinstance(v, datetime) else str(v) for n, v in given.items()
        }


@dataclass(frozen=True)
class FoundEvent:
    """One event beside its entry, in names: `person` is whoever did it, where that is somebody who is enrolled."""

    view: EventView
    agency: str
    person: str


@dataclass(frozen=True)
class EventAudit:
    """A page of what was found, the last in the log first; `more` where there is another. `disclosure` is the search's
    own."""

    disclosure: UUID
    rows: tuple[FoundEvent, ...]
    more: bool


def audit_events(*, criteria: EventCriteria, by: UUID, at: datetime) -> EventAudit:
    """One search of the events. The guard's clock gives the time; `at` is not after it. Raises NotEmpowered, and
    NotFound where there is no such arrest."""
    with looks.look("audit", asked=criteria.as_json(), asker=by) as look:
        rows = look.rows("SELECT * FROM guard.audit_events(%s)", PAGE + 1)
        found = _said(look, rows[:PAGE])
    return EventAudit(look.disclosure, found, len(rows) > PAGE)


def export_events(*, criteria: EventCriteria, by: UUID, at: datetime) -> bytes:
    """What a search finds, taken out with its proofs (`taking_out`). Raises as `audit_events` does."""
    with looks.look("audit", asked=criteria.as_json(), asker=by) as look:
        taken = takeable(look.rows("SELECT * FROM guard.audit_events(%s)", EXPORTED + 1), "event")
        found = _said(look, taken.rows)
    search = Search(look.disclosure, by, criteria.as_json(), look.answer, look.salt)
    return pack("events", [_taken(row) for row in found], search, taken)


def _said(look: looks.Look, rows: Sequence[Row]) -> tuple[FoundEvent, ...]:
    """What is handed over, which the look's entry commits to."""
    found = tuple(_found(rows))
    look.answer, look.lines = [str(one.view.event) for one in found], len(found)
    return found


def _found(rows: Sequence[Row]) -> list[FoundEvent]:
    views = [agencies.event_of(list(row.values())) for row in rows]
    names = {ori: agency_name(ori) if ori else "" for ori in {view.agency_ori for view in views}}
    people = {by: _person(by) for by in {view.by for view in views}}
    return [FoundEvent(view, names[view.agency_ori], people[view.by]) for view in views]


def _person(by: str | None) -> str:
    try:
        return agencies.name_of(UUID(by or ""))
    except ValueError:
        return ""


def _taken(row: FoundEvent) -> Taken:
    view = row.view
    values = {"who": view.by, "source": view.source, "about": view.about}
    return Taken(view.event, view.pending_id, _cells(row), view.salt.hex() if view.salt else None, values)


def _cells(row: FoundEvent) -> Mapping[str, object]:
    """The columns of the table. One named as a member of the entry says what that says; the others are words."""
    view = row.view
    return {"index": view.index, "at": stamp(view.at), "door": view.door, "kind": view.kind, "outcome": view.outcome,
            "times": view.times if view.times > 1 else None, "agency": view.agency_ori, "agency_name": row.agency,
            "who": view.by, "person": row.person, "source": view.source, "about": cell(view.about)}  # fmt: skip
