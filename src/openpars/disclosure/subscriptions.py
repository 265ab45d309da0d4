"""Which subscriptions there are and what waits for them: that something waits, never what. Reads only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet

from openpars.disclosure.models import Delivery, Subscription
from openpars.disclosure.rules.request import Asker
from openpars.errors import NotFound


@dataclass(frozen=True)
class SubscriptionView:
    """One subscription, with how many of its events wait, were delivered, and were dropped or given up."""

    id: UUID
    number: int
    clause: str
    asker: Asker
    purpose: str
    case_number: str
    follows_case: bool
    keys: frozenset[str]
    events: frozenset[str]
    url: str
    made_at: datetime
    ends_at: datetime
    confirm_by_at: datetime
    stopped_at: datetime | None
    why: str
    queued: int = 0
    delivered: int = 0
    lost: int = 0
    last_at: datetime | None = None

    def live(self, at: datetime) -> bool:
        """Whether it may tell anything at `at`, as far as it itself goes."""
        return self.stopped_at is None and at < min(self.ends_at, self.confirm_by_at)


def of(user: UUID) -> tuple[SubscriptionView, ...]:
    """A person's own subscriptions, newest first."""
    found = _seen().filter(user_id=user).order_by("-made_at", "id")
    counts = _counts([row.id for row in found])
    return tuple(_view(row, counts.get(row.id, {})) for row in found)


def live(user: UUID, *, at: datetime) -> int:
    """How many of a person's subscriptions may tell something at `at`, as far as they themselves go."""
    return _seen().filter(user_id=user, stopped_at=None, ends_at__gt=at, confirm_by_at__gt=at).count()


def all_of_them() -> tuple[SubscriptionView, ...]:
    """Every subscription of everybody, newest first."""
    found = _seen().order_by("-made_at", "id")
    counts = _counts([row.id for row in found])
    return tuple(_view(row, counts.get(row.id, {})) for row in found)


def dropped() -> dict[str, int]:
    """How many events were never told, by why."""
    lost = Delivery.objects.filter(state__in=[Delivery.State.DROPPED, Delivery.State.DEAD])
    counted = lost.values("why").annotate(events=Count("pk")).order_by("why")
    return {row["why"] or "undeliverable": row["events"] for row in counted}


def one(subscription: UUID, *, user: UUID) -> SubscriptionView:
    """A person's own subscription. Raises NotFound, never saying whether it is somebody else's."""
    row = _seen().filter(id=subscription, user_id=user).first()
    if row is None:
        raise NotFound("You have no subscription with this reference.")
    return _view(row, _counts([row.id]).get(row.id, {}))


def known(subscription: UUID) -> SubscriptionView:
    """The subscription, for whoever delivers. Raises NotFound."""
    row = _seen().filter(id=subscription).first()
    if row is None:
        raise NotFound("There is no such subscription.")
    return _view(row, {})


def waiting(subscription: UUID, *, after: UUID | None = None, limit: int = 100) -> list[UUID]:
    """The subscription's events that are to be delivered, in order: those queued; or, with `after`, all that came after
    that one, the delivered ones again."""
    events = Delivery.objects.filter(subscription_id=subscription)
    last = events.filter(event=after).values_list("place", flat=True).first() if after else None
    if last is None:
        events = events.filter(state=Delivery.State.QUEUED)
    else:
        events = events.filter(place__gt=last, state__in=[Delivery.State.QUEUED, Delivery.State.DELIVERED])
    return list(events.order_by("place").values_list("event", flat=True)[:limit])


def tries(event: UUID) -> int:
    """How often the event has been tried."""
    return Delivery.objects.filter(event=event).values_list("tries", flat=True).first() or 0


def open_until(subscription: UUID, *, user: UUID) -> datetime | None:
    """Until when, on the server's own clock, this person's stream of it may stay open; None: not at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.open_until(%s, %s)", [subscription, user])
        until: datetime | None = cursor.fetchone()[0]
    return until


def _seen() -> QuerySet[Subscription]:
    """Subscriptions, as far as the pages' role sees them: not by which view their events are read."""
    return Subscription.objects.defer("schema", "tell_at")


def _counts(which: Sequence[UUID]) -> dict[UUID, dict[str, Any]]:
    states = Delivery.State
    rows = (
        Delivery.objects.filter(subscription_id__in=which)
        .values("subscription_id")
        .annotate(
            queued=Count("pk", filter=Q(state=states.QUEUED)),
            delivered=Count("pk", filter=Q(state=states.DELIVERED)),
            lost=Count("pk", filter=Q(state__in=[states.DROPPED, states.DEAD])),
            last_at=Max("done_at", filter=Q(state=states.DELIVERED)),
        )
    )
    return {row["subscription_id"]: {n: v for n, v in row.items() if n != "subscription_id"} for row in rows}


def _view(row: Subscription, counts: dict[str, Any]) -> SubscriptionView:
    return SubscriptionView(
        id=row.id,
        number=row.number,
        clause=row.clause,
        asker=Asker(row.user_id, row.agency_ori, None),
        purpose=row.purpose,
        case_number=row.case_number,
        follows_case=row.case_id is not None,
        keys=frozenset(row.keys),
        events=frozenset(row.events),
        url=row.url,
        made_at=row.made_at,
        ends_at=row.ends_at,
        confirm_by_at=row.confirm_by_at,
        stopped_at=row.stopped_at,
        why=row.why,
        **counts,
    )
