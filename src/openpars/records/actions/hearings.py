"""The verbs of the clerk at the hearings after the arraignment: it was held, it was put off (Pa.R.Crim.P. 540, 542)."""

from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from openpars.errors import BadInput
from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import changed, insert, read, touch
from openpars.records.models import CourtHearing
from openpars.records.rules.court_days import day_begins, local_day
from openpars.records.rules.hearings import held_problems, put_off_problems
from openpars.records.rules.lifecycle import Event, check


def hold_hearing(
    *,
    arrest: UUID,
    heard_on: date,
    next_on: date | None = None,
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """The preliminary hearing or the trial was held on the day `heard_on`; `next_on` is the next date that it gave, if
    any. How charges ended there is said by `dispose`. Raises BadInput, and Conflict before the arraignment."""
    zone = timezone.get_default_timezone()
    if problems := held_problems(heard_on, next_on, local_day(at, zone)):
        raise BadInput(problems)
    with traced("hold_hearing", by, at, "hearing", arrest=arrest):
        touch(arrest, seen=seen, court_on=next_on)
        # A day has no minute: what was held on the day of the arraignment was held after it.
        check(Event.HEARING, min(at, day_begins(heard_on + timedelta(days=1), zone)), queries.course(arrest))
        return _row(arrest, "held", heard_on, next_on, "", at)


def put_off_hearing(
    *, arrest: UUID, next_on: date, cause: str, seen: int | None = None, by: UUID | str, at: datetime
) -> UUID:
    """The hearing was put off to the day `next_on`, for a `cause`. The clock of the hearing runs on. Raises BadInput,
    and Conflict before the arraignment."""
    today = local_day(at, timezone.get_default_timezone())
    if problems := put_off_problems(next_on, cause, today):
        raise BadInput(problems)
    with traced("put_off_hearing", by, at, "hearing", arrest=arrest):
        touch(arrest, seen=seen, court_on=next_on)
        check(Event.HEARING, at, queries.course(arrest))
        return _row(arrest, "put off", today, next_on, cause.strip(), at)


def take_date_away(arrest: UUID) -> None:
    """Where every charge that stands has come to an outcome, nothing is heard next: the caller holds the arrest."""
    standing = (
        "SELECT 1 FROM records_charge c WHERE c.arrest_id = %s AND c.stage = 'filed' AND c.status = 'approved'"
        " AND NOT EXISTS (SELECT FROM records_disposition d WHERE d.charge_id = c.id) LIMIT 1"
    )
    if not read(standing, arrest):
        changed("UPDATE records_arrest SET court_on = NULL WHERE id = %s", arrest)


def _row(arrest: UUID, outcome: str, heard_on: date, next_on: date | None, cause: str, at: datetime) -> UUID:
    facts = {"outcome": outcome, "heard_on": heard_on, "next_on": next_on, "cause": cause}
    (row,) = insert(CourtHearing, [{"arrest_id": arrest, "recorded_at": at, **facts}])
    return row
