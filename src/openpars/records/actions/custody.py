"""Custody as a history with an owner: each change says from when, and which office answers for the person."""

from datetime import datetime
from uuid import UUID

from openpars.agencies import queries as agencies
from openpars.errors import BadInput
from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, read, touch
from openpars.records.models import CustodyStatusChange
from openpars.records.rules.custody import check_move
from openpars.records.rules.lifecycle import ANSWERS_FOR, Custody, Event, check


def change_custody(
    *,
    arrest: UUID,
    state: Custody,
    reason: str = "",
    by_agency_ori: str = "",
    seen: int | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """From `at`, the person is in `state`; the same state again confirms it. `seen` is the version that the page
    showed. Which office may say what is a rule (`rules.custody`). Raises Conflict, and BadInput at `reason` where
    somebody is let go for none."""
    if state == Custody.RELEASED and not reason.strip():
        raise BadInput.one("reason", "must say why the person is let go: no charge, an order, the case ended")
    office = _office(by)
    with traced("change_custody", by, at, "custody", arrest=arrest, state=str(state)):
        touch(arrest, seen=seen)
        past = queries.course(arrest)
        check(Event.CUSTODY, at, past)
        arraigned = any(event is Event.ARRAIGNMENT for event, _ in past)
        check_move(office, state, steps(arrest), arraigned=arraigned)
        return move(arrest, state, at, ori=by_agency_ori, reason=reason)


def move(arrest: UUID, state: Custody, at: datetime, *, ori: str, reason: str) -> UUID:
    """Add a step to the custody of an arrest that the caller holds (`touch`): as the office's own act (`check_move`),
    or as what a magistrate's decision or a payment leads to."""
    owner = ANSWERS_FOR[state]
    change = {
        "arrest_id": arrest,
        "state": state,
        "changed_at": at,
        "by_agency_ori": ori,
        "reason": reason,
        "owner": str(owner) if owner else "",
    }
    (row,) = insert(CustodyStatusChange, [change])
    return row


def steps(arrest: UUID) -> list[str]:
    """The states that the custody of an arrest went through, in order."""
    went = "SELECT state FROM records_custodystatuschange WHERE arrest_id = %s ORDER BY changed_at, id"
    return [state for (state,) in read(went, arrest)]


def _office(by: UUID | str) -> str | None:
    """The office of a person who writes, empty where they are of none; None where a machine does."""
    return agencies.office_of(by) if isinstance(by, UUID) else None
