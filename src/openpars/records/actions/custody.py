"""Custody as a history with an owner: each change says from when, and which office answers for the person."""

from datetime import datetime
from uuid import UUID

from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, touch
from openpars.records.models import CustodyStatusChange
from openpars.records.rules.lifecycle import ANSWERS_FOR, Custody, Event, check, check_move


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
    showed."""
    with traced("change_custody", by, at, "custody", arrest=arrest, state=str(state)):
        touch(arrest, seen=seen)
        check(Event.CUSTODY, at, queries.course(arrest))
        return move(arrest, state, at, ori=by_agency_ori, reason=reason)


def move(arrest: UUID, state: Custody, at: datetime, *, ori: str, reason: str) -> UUID:
    """Add a step to the custody of an arrest that the caller holds (`touch`). Raises Conflict where no such step can
    follow the last one. States of files from elsewhere are no obstacle."""
    latest = CustodyStatusChange.objects.filter(arrest_id=arrest).order_by("-changed_at", "-id")
    before = latest.values_list("state", flat=True).first()
    if before in set(Custody):
        check_move(Custody(before), state)
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
