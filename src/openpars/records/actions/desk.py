"""The verbs that follow a report: move, set bail, arraign, dispose."""

from dataclasses import asdict
from datetime import date, datetime
from uuid import UUID

from openpars.records import queries
from openpars.records.actions.charging import hold
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, touch
from openpars.records.models import (
    Bail,
    CustodyStatusChange,
    Disposition,
    PreliminaryArraignment,
)
from openpars.records.rules.facts import BailFacts
from openpars.records.rules.lifecycle import Custody, Event, check


def change_custody(
    *, arrest: UUID, state: Custody, reason: str = "", by_agency_ori: str = "", by: UUID | str, at: datetime
) -> UUID:
    """From `at`, the person is in `state`."""
    with traced("change_custody", by, at, "custody", arrest=arrest, state=str(state)):
        touch(arrest)
        check(Event.CUSTODY, at, queries.course(arrest))
        return _change_custody(arrest, state, at, by_agency_ori, reason)


def set_bail(*, arrest: UUID, bail: BailFacts, by: UUID | str, at: datetime) -> UUID:
    """Bail is set, posted, denied or revoked; earlier states stay."""
    with traced("set_bail", by, at, "bail", arrest=arrest, status=bail.status):
        touch(arrest)
        check(Event.BAIL, at, queries.course(arrest))
        (row,) = insert(Bail, [{"arrest_id": arrest, "at": at, **asdict(bail)}])
    return row


def hold_arraignment(
    *,
    arrest: UUID,
    result: str,
    next_on: date | None = None,
    magistrate_id: UUID | None = None,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """The preliminary arraignment was held at `at`."""
    with traced("hold_arraignment", by, at, "arraignment", arrest=arrest):
        touch(arrest)
        check(Event.ARRAIGNMENT, at, queries.course(arrest))
        facts = {"held_at": at, "result": result, "next_on": next_on, "magistrate_id": magistrate_id}
        (row,) = insert(PreliminaryArraignment, [{"arrest_id": arrest, **facts}])
    return row


def dispose(*, charge: UUID, outcome: str, disposed_on: date, by: UUID | str, at: datetime) -> UUID:
    """A filed charge ended with `outcome`."""
    with traced("dispose", by, at, "disposition") as verb:
        arrest = verb.arrest = hold(charge, "filed", "only a filed charge has a disposition")
        check(Event.DISPOSITION, at, queries.course(arrest))
        ended = {"charge_id": charge, "outcome": outcome, "disposed_on": disposed_on}
        (row,) = insert(Disposition, [ended])
    return row


def _change_custody(arrest: UUID, state: Custody, at: datetime, ori: str, reason: str) -> UUID:
    change = {"arrest_id": arrest, "state": state, "changed_at": at, "by_agency_ori": ori, "reason": reason}
    (row,) = insert(CustodyStatusChange, [change])
    return row
