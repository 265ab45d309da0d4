"""Subscriptions over the API (specs/subscriptions.md): made, confirmed, stopped, looked at."""

from datetime import datetime
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from openpars import clock
from openpars.api.schemas import CaseNumber, ErrorOut, Purpose
from openpars.api.shape import CODES
from openpars.api.who import asker_of
from openpars.disclosure import feed, posting, subscriptions
from openpars.disclosure.subscriptions import SubscriptionView
from openpars.errors import NotFound

ERRORS = frozenset(CODES.values())
router = Router()


class Subscribe(Schema):
    """What to be told of, in which case, until when, and where to."""

    model_config = ConfigDict(extra="forbid", strict=True)

    purpose: Purpose = Field(..., description="A purpose of a permit that names events: see /agreements.")
    case_number: CaseNumber = Field(..., description="Your own number of the case.")
    events: list[str] = Field(..., min_length=1, max_length=10, description="Events that the permit names.")
    arrests: list[str] = Field(
        [],
        max_length=500,
        description="References that your agency was given in answers; left out: the people of your open case.",
    )
    ends_on: str = Field(..., max_length=10, description="The last day, such as 2031-12-31.")
    url: str = Field(
        "", max_length=500, description="Where events are posted; left out: they wait for your stream."
    )


class SubscriptionOut(Schema):
    """One subscription of yours."""

    id: UUID
    clause: str
    purpose: str
    case_number: str
    follows_case: bool
    events: list[str]
    url: str
    made_at: datetime
    ends_at: datetime
    confirm_by_at: datetime
    stopped_at: datetime | None
    why: str
    queued: int
    delivered: int
    lost: int


class KeyOut(Schema):
    """The key with which posted events are signed: Ed25519, as Standard Webhooks writes it."""

    key: str


@router.post("/subscriptions", response={200: SubscriptionOut, ERRORS: ErrorOut}, operation_id="subscribe")
def subscribe(request: HttpRequest, asked: Subscribe) -> SubscriptionOut:
    """Subscribe to what becomes of the people of arrests that your agency was given, or of your registered case."""
    return _out(feed.subscribe(asker=asker_of(request), at=clock.now(), **asked.dict()))


@router.get(
    "/subscriptions", response={200: list[SubscriptionOut], ERRORS: ErrorOut}, operation_id="subscriptions"
)
def mine(request: HttpRequest) -> list[SubscriptionOut]:
    """Your subscriptions, newest first, those that have stopped too."""
    return [_out(held) for held in subscriptions.of(asker_of(request).user_id)]


@router.post(
    "/subscriptions/{subscription}/confirm",
    response={200: SubscriptionOut, ERRORS: ErrorOut},
    operation_id="confirm",
)
def confirm(request: HttpRequest, subscription: str) -> SubscriptionOut:
    """Say that it is still needed: otherwise it stops after 90 days."""
    return _out(feed.confirm(asker=asker_of(request), subscription=_which(subscription)))


@router.post(
    "/subscriptions/{subscription}/stop",
    response={200: SubscriptionOut, ERRORS: ErrorOut},
    operation_id="stop",
)
def stop(request: HttpRequest, subscription: str) -> SubscriptionOut:
    """Stop it at once; what waits is dropped."""
    return _out(feed.unsubscribe(asker=asker_of(request), subscription=_which(subscription)))


@router.get("/feed-key", response={200: KeyOut, ERRORS: ErrorOut}, operation_id="feed_key")
def feed_key(request: HttpRequest) -> KeyOut:
    """The key to verify posted events with."""
    return KeyOut(key=posting.key().public)


def _which(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("You have no subscription with this reference.") from None


def _out(held: SubscriptionView) -> SubscriptionOut:
    return SubscriptionOut(
        id=held.id,
        clause=held.clause,
        purpose=held.purpose,
        case_number=held.case_number,
        follows_case=held.follows_case,
        events=sorted(held.events),
        url=held.url,
        made_at=held.made_at,
        ends_at=held.ends_at,
        confirm_by_at=held.confirm_by_at,
        stopped_at=held.stopped_at,
        why=held.why,
        queued=held.queued,
        delivered=held.delivered,
        lost=held.lost,
    )
