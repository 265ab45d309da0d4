"""Who is told of a correction, a closing or an erasure, and who has acknowledged it.

Notices are written by the guard as the correction or the order is written (sql/notices.sql): each names an agency and
the disclosures in which it was given the record, and has an entry in the log. Nothing here is about a person.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connection

from openpars.agencies import queries as agencies
from openpars.disclosure.models import Disclosure, Notice
from openpars.disclosure.rules import erased
from openpars.errors import Conflict
from openpars.records import queries
from openpars.records.queries import OrderView


@dataclass(frozen=True)
class Given:
    """One disclosure in which the agency was given the record."""

    disclosure: UUID
    at: datetime
    kind: str
    clause: str


@dataclass(frozen=True)
class NoticeView:
    """One notice to one agency. `elements` are those that were corrected; `given` is in order of time."""

    id: UUID
    kind: str
    reference: str
    agency_ori: str
    elements: tuple[str, ...]
    given: tuple[Given, ...]
    written_at: datetime
    acknowledged_at: datetime | None


def of(*references: object) -> tuple[NoticeView, ...]:
    """The notices about these corrections (by number) or orders (by id), by agency."""
    return _seen(Notice.objects.filter(reference__in=[str(one) for one in references]).order_by("agency_ori"))


def to(agency_ori: str) -> tuple[NoticeView, ...]:
    """The notices to an agency, latest first."""
    return _seen(Notice.objects.filter(agency_ori=agency_ori).order_by("-written_at"))


def recent(limit: int = 200) -> tuple[NoticeView, ...]:
    """Notices to all agencies: those not acknowledged first, oldest first."""
    return _seen(Notice.objects.order_by("-acknowledged_at", "written_at")[:limit])


def one(notice: UUID) -> NoticeView | None:
    """A notice by its id."""
    return next(iter(_seen(Notice.objects.filter(pk=notice))), None)


def order(which: UUID) -> OrderView:
    """The court's order that notices are about: how much it covers, nothing about the person. Raises NotFound."""
    return queries.order(which)


def orders_of(arrest: UUID) -> tuple[OrderView, ...]:
    """The orders about an arrest, oldest first."""
    return queries.orders_of(arrest)


def orders_numbered(number: str) -> tuple[UUID, ...]:
    """The orders of that number, oldest first; for the owner at the console."""
    return queries.orders_numbered(number)


def statement(which: UUID) -> tuple[str, ...]:
    """What can still be said of a record after an order, in sentences (specs/accounting.md 6). Raises NotFound."""
    found = queries.order(which)
    told = [
        (agencies.agency(one.agency_ori).name, len(one.given), _day(one.acknowledged_at)) for one in of(which)
    ]
    return erased.statement(
        number=found.number,
        court=found.court,
        kind=found.kind,
        carried_out=_day(found.carried_out_at),
        told=told,
    )


def _day(moment: datetime | None) -> str:
    """The city's day of a moment, in words; empty for none."""
    if moment is None:
        return ""
    day = agencies.city_day(moment)
    return f"{day:%B} {day.day}, {day.year}"


def acknowledge(*, notice: UUID, by: UUID, at: datetime) -> None:
    """Note, in the database and in the log, that the notice arrived: said by somebody of the agency that was told, or
    by the records custodian who holds its answer. The guard's clock gives the time; `at` is not after it.

    Raises Conflict where it was acknowledged before, or is not theirs to acknowledge."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.acknowledge(%s, %s)", [notice, by])
        if not cursor.fetchone()[0]:
            raise Conflict("this notice has been acknowledged already, or is not yours to acknowledge")


def _seen(rows: Iterable[Notice]) -> tuple[NoticeView, ...]:
    found = list(rows)
    wanted = {disclosure for row in found for disclosure in row.disclosures}
    known = {
        row[0]: Given(*row)
        for row in Disclosure.objects.filter(id__in=wanted).values_list("id", "begun_at", "kind", "clause")
    }
    return tuple(
        NoticeView(
            row.id,
            row.kind,
            row.reference,
            row.agency_ori,
            tuple(row.elements),
            tuple(
                sorted((known[one] for one in row.disclosures if one in known), key=lambda given: given.at)
            ),
            row.written_at,
            row.acknowledged_at,
        )
        for row in found
    )
