"""The verbs of a court's order: enter it, limit access, expunge (18 Pa.C.S. 9122, 9122.1-9122.5).

An order is entered, then carried out: between the two it can be looked at, with what it covers and who is told. What
it erases the database itself destroys (`records_expunge`), and only under a trace of that verb. Whoever was given the
records is told by the guard, in the same transaction (openpars.disclosure, sql/notices.sql).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from openpars.errors import BadInput, Conflict, NotFound, Problem
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, touch
from openpars.records.models import Arrest, Charge, CourtOrder
from openpars.records.rules.orders import check
from openpars.translog.rules.commitment import commit

_UNKNOWN = "no such order"


def enter_order(
    *,
    number: str,
    court: str,
    kind: str,
    ordered_on: date,
    arrest: UUID,
    all_arrests: bool = False,
    by: UUID | str,
    at: datetime,
) -> UUID:
    """Enter a court's order to erase `arrest`, or all arrests of its person. Nothing is erased yet; whoever was given
    them is told. Raises BadInput at the fields `number`, `court`, `kind`, `ordered_on`; NotFound."""
    number, court = check(number=number, court=court, kind=kind, ordered_on=ordered_on, at=at)
    with traced("enter_order", by, at, "order", arrest=arrest, kind=kind):
        touch(arrest)
        facts = {"number": number, "court": court, "kind": kind, "ordered_on": ordered_on}
        return _enter(facts, [arrest], by, at, all_arrests=all_arrests)[0]


@dataclass(frozen=True)
class Limited:
    """How many arrests came under limited access that were not before; of how many a docket did, while another one
    stays open; and which listed numbers no arrest has."""

    fresh: int
    in_part: int
    unknown: frozenset[str]


def limit_access(
    *,
    number: str,
    court: str,
    ordered_on: date,
    arrests: Sequence[UUID] = (),
    listed: Sequence[str] = (),
    by: UUID | str,
    at: datetime,
) -> Limited:
    """Put arrests under limited access, named by id or `listed` by OTN, and the charges of dockets `listed` by number,
    in canonical form: from now on only those permits show them that say so. An arrest follows when the last of its
    dockets does. Raises BadInput at the fields `number`, `court`, `ordered_on`."""
    number, court = check(number=number, court=court, kind="limited-access", ordered_on=ordered_on, at=at)
    with traced("limit_access", by, at, "arrest", len(arrests) + len(listed)) as verb:
        otns = dict(Arrest.objects.filter(otn__in=listed).values_list("id", "otn"))
        dockets = Charge.objects.filter(docket_number__in=listed, stage="filed")
        named, touched = set(dockets.values_list("docket_number", flat=True)), _close(dockets, at)
        still_open = set(
            Charge.objects.filter(arrest_id__in=touched, stage="filed", limited_access_at=None).values_list(
                "arrest_id", flat=True
            )
        )
        whole = {*arrests, *otns, *(touched - still_open)}
        open_to_all = Arrest.objects.filter(pk__in=whole, limited_access_at__isnull=True)
        fresh = sorted(open_to_all.values_list("id", flat=True))
        part = sorted(touched - whole)
        for arrest in fresh:
            touch(arrest, limited_access_at=at)
        for arrest in part:
            touch(arrest)
        facts = {"number": number, "court": court, "kind": "limited-access", "ordered_on": ordered_on}
        _enter(facts | {"carried_out_at": at}, [*fresh, *part], by, at)
        verb.arrest = fresh[0] if len(fresh) == 1 and not part else None
    return Limited(len(fresh), len(part), frozenset(listed) - named - set(otns.values()))


def _close(dockets: QuerySet[Charge], at: datetime) -> set[UUID]:
    """Close the charges of these dockets that are open still, and those recommended ones that they answer; answers
    their arrests."""
    rows = list(dockets.filter(limited_access_at=None).values_list("id", "follows_id", "arrest_id"))
    both = {one for charge, follows, _ in rows for one in (charge, follows)}
    Charge.objects.filter(pk__in=both).update(limited_access_at=at)
    return {arrest for *_, arrest in rows}


def expunge(*, order: UUID, number: str, by: UUID | str, at: datetime) -> None:
    """Carry an entered order out; `number` is its number, typed again. There is no way back.

    Raises BadInput at `number` where it is another order's; Conflict where it was carried out before; NotFound."""
    with traced("expunge", by, at, "order") as verb:
        found = CourtOrder.objects.filter(pk=order).values_list("number", "kind", "arrest_id", "salt").first()
        if found is None or found[1] == "limited-access":
            raise NotFound(_UNKNOWN)
        if number.strip() != found[0]:
            raise BadInput([Problem("number", "is not the number of this order")])
        verb.arrest = found[2]
        sealed = commit("order", found[0], bytes(found[3]))
        with connection.cursor() as cursor:
            cursor.execute("SELECT records_expunge(%s, %s, %s)", [order, sealed, at.astimezone(UTC)])
            if not cursor.fetchone()[0]:
                raise Conflict("this order has been carried out already")


def _enter(
    facts: dict[str, object],
    arrests: Sequence[UUID],
    by: UUID | str,
    at: datetime,
    *,
    all_arrests: bool = False,
) -> tuple[UUID, ...]:
    persons = dict(Arrest.objects.filter(pk__in=arrests).values_list("id", "person_id"))
    entered = {"entered_at": at, "entered_by": by if isinstance(by, UUID) else None}
    return insert(
        CourtOrder,
        [
            {**facts, **entered, "person_id": persons[arrest], "arrest_id": None if all_arrests else arrest}
            for arrest in arrests
        ],
    )
