"""The verbs of the clerk after the decision: docket numbers, counsel, dispositions, and their report to the state."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from django.utils import timezone

from openpars.agencies import queries as agencies
from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import queries
from openpars.records.actions.charging import hold
from openpars.records.actions.hearings import take_date_away
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import changed, insert, read, touch
from openpars.records.models import Arrest, Charge, Disposition
from openpars.records.rules.court_days import day_begins, local_day
from openpars.records.rules.dispositions import TO_JUVENILE_COURT, again_problems, disposition_problems
from openpars.records.rules.identifiers import Docket
from openpars.records.rules.lifecycle import Event, check


def enter_docket(
    *,
    arrest: UUID,
    docket: Docket,
    charges: Sequence[UUID] | None = None,
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> None:
    """The court's docket number of the filed charges: of those that `charges` names, or of all."""
    with traced("enter_docket", by, at, "charge", arrest=arrest):
        touch(arrest, seen=seen)
        filed = Charge.objects.filter(arrest_id=arrest, stage="filed")
        if charges is not None:
            filed = filed.filter(pk__in=charges)
            if filed.count() != len(set(charges)):
                raise Conflict("a docket number is of filed charges of the same arrest")
        if not filed.update(docket_number=str(docket)):
            raise Conflict("a docket number needs filed charges first")


def appoint_counsel(
    *, arrest: UUID, counsel: UUID, seen: int | None = None, by: UUID | str, at: datetime
) -> None:
    """Enter a defender as counsel: from the commit on, the record is shown to them as to everyone else. Raises BadInput
    where `counsel` is nobody of the defender's office."""
    if counsel not in {person.id for person in agencies.people(office="defender")}:
        raise BadInput.one("counsel", "must be somebody of the defender's office who is in post")
    with traced("appoint_counsel", by, at, "arrest", arrest=arrest):
        touch(arrest, seen=seen, counsel_id=counsel)


def dispose(*, charge: UUID, outcome: str, disposed_on: date, by: UUID | str, at: datetime) -> UUID:
    """A filed charge ended with `outcome` on the day `disposed_on`: once. Raises BadInput, Conflict, NotFound."""
    zone = timezone.get_default_timezone()
    if problems := disposition_problems(outcome, disposed_on, local_day(at, zone)):
        raise BadInput(problems)
    # A day has no minute: what ended on the day of the filing ended after it.
    ended_at = min(at, day_begins(disposed_on + timedelta(days=1), zone))
    with traced("dispose", by, at, "disposition") as verb:
        arrest = verb.arrest = hold(charge, "filed", "only a filed charge has a disposition")
        check(Event.DISPOSITION, ended_at, queries.course(arrest))
        before = read("SELECT outcome FROM records_disposition WHERE charge_id = %s", charge)
        if again := again_problems(outcome, [said for (said,) in before]):
            raise BadInput(again)
        (row,) = insert(Disposition, [{"charge_id": charge, "outcome": outcome, "disposed_on": disposed_on}])
        take_date_away(arrest)
        if outcome == TO_JUVENILE_COURT:
            # The record stands apart again, as a juvenile's.
            Arrest.objects.filter(pk=arrest).update(direct_file="")
    return row


def report_disposition(*, disposition: UUID, by: UUID | str, at: datetime) -> None:
    """A disposition was reported to the State Police (18 Pa.C.S. 9113). Raises Conflict where it was before."""
    with traced("report_disposition", by, at, "disposition") as verb:
        rows = read("SELECT charge_id FROM records_disposition WHERE id = %s", disposition)
        if not rows:
            raise NotFound("no such disposition")
        arrest = verb.arrest = hold(rows[0][0], "filed", "only a filed charge has a disposition")
        check(Event.REPORTED, at, queries.course(arrest))
        reported = "UPDATE records_disposition SET reported_at = %s WHERE id = %s AND reported_at IS NULL"
        if not changed(reported, at, disposition):
            raise Conflict("this disposition was reported already")
