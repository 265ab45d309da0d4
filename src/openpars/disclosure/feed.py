"""Subscriptions: made, confirmed, stopped, and told of what they follow (specs/subscriptions.md).

Making one, confirming it and each telling of an event is a disclosure of the kind `event`: decided, guarded and logged
as every other look, in a transaction of its own. So an end stops the next event as it stops the next search.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from openpars.agencies import queries as agencies
from openpars.disclosure import cases, gateway, subscriptions
from openpars.disclosure.actions import Answer, answered
from openpars.disclosure.gateway import Connection
from openpars.disclosure.rules import request
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subscription import pause_after, url_problem
from openpars.disclosure.subscriptions import SubscriptionView
from openpars.errors import Conflict, NotPermitted, Problem, RequestMalformed
from openpars.records.rules import days

MOST_LIVE = 50
"""How many live subscriptions one person may have. The guard says the same."""


def subscribe(
    *,
    asker: Asker,
    purpose: str,
    case_number: str | None,
    events: Iterable[str],
    arrests: Sequence[str | UUID] = (),
    ends_on: str | date,
    url: str = "",
    at: datetime,
) -> SubscriptionView:
    """Subscribe to events about the people of `arrests`, each of which the asker's agency was given, or without any
    about the people of its open case of that number, until the end of the day `ends_on` or of the agreement. With `url`
    they are posted there; without, they wait for the asker's stream.

    Raises RequestMalformed, NotPermitted (also where an arrest was not given: never saying which), Conflict where the
    asker has as many as one may have, DatabaseUnavailable, Fault."""
    made = uuid4()
    until = _end_of(ends_on, at, url)
    question = request.events(
        subscription=made, purpose=purpose, case_number=case_number, wanted=events, arrests=arrests,
        named_by=() if arrests else _named_by(asker, case_number or ""),
    )  # fmt: skip
    if subscriptions.live(asker.user_id, at=at) >= MOST_LIVE:
        raise Conflict(f"You have {MOST_LIVE} live subscriptions, as many as one may have: stop one first.")

    def keep(opened: Connection) -> None:
        gateway.write(
            opened,
            "SELECT guard.subscribe(%s, %s, %s, %s::uuid[], %s, %s)",
            [made, question.case_number, sorted(question.events), list(question.only or ()), until, url],
        )

    answered(asker, question, keep)
    return subscriptions.one(made, user=asker.user_id)


def _named_by(asker: Asker, case_number: str) -> frozenset[str]:
    """By which keys the people of that open case of the asker's agency are named. Raises RequestMalformed."""
    held = cases.open_of(asker.agency_ori, case_number.strip())
    if held is None:
        what = "must name an arrest at least, unless the case is an open one that your agency registered"
        raise RequestMalformed([Problem("arrests", what)])
    return held.keys


def _end_of(ends_on: str | date, at: datetime, url: str) -> datetime:
    """The local midnight that ends the day. Raises RequestMalformed."""
    problems: list[Problem] = []
    day = agencies.city_day(at)
    try:
        last = ends_on if isinstance(ends_on, date) else days.written(ends_on)
    except ValueError:
        last = day
        problems.append(Problem("ends_on", "must be a date as year-month-day, such as 2031-12-31"))
    if not day <= last <= day + timedelta(days=366):
        problems.append(Problem("ends_on", "must be a day from today on, within a year"))
    wrong = url_problem(url, practice=settings.DEMONSTRATION) if url else None
    if wrong or problems:
        raise RequestMalformed([*problems, *([wrong] if wrong else [])])
    return datetime.combine(last + timedelta(days=1), time(), timezone.get_default_timezone())


def confirm(*, asker: Asker, subscription: UUID) -> SubscriptionView:
    """Say that the subscription is still needed: it goes on for another 90 days, if it is not over. Raises NotFound,
    and as `subscribe` does."""
    held = subscriptions.one(subscription, user=asker.user_id)

    def keep(opened: Connection) -> None:
        gateway.write(opened, "SELECT guard.confirm(%s)", [held.id])

    answered(asker, _question(held), keep, under=(held.number, held.clause))
    return subscriptions.one(subscription, user=asker.user_id)


def unsubscribe(*, asker: Asker, subscription: UUID) -> SubscriptionView:
    """Stop it: nothing more is told, and what waits is dropped. Raises NotFound, and Conflict where it has stopped."""
    held = subscriptions.one(subscription, user=asker.user_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.unsubscribe(%s, %s)", [held.id, asker.user_id])
        if not cursor.fetchone()[0]:
            raise Conflict("It has stopped already.")
    return subscriptions.one(subscription, user=asker.user_id)


def tell(*, subscription: UUID, event: UUID) -> Answer | None:
    """One event as its owner may be told it now, or None where the permit does not show its arrest, or nothing may be
    told any more; then it is dropped. Each call is a disclosure. Raises DatabaseUnavailable, Fault."""
    held = subscriptions.known(subscription)
    owner = agencies.user(held.asker.user_id)
    # As whom they are today: who has gone to another agency asks for that one, and is not told this.
    asker = Asker(owner.id, owner.agency.ori, owner.agency.office, owner.role)
    try:
        # By its own clause: another that would come first holds none of its events.
        answer = answered(asker, _question(held, event), under=(held.number, held.clause))
    except NotPermitted:
        drop_ended()
        settle(event=event, outcome="refused")
        return None
    if not answer.results:
        settle(event=event, outcome="not-shown")
        return None
    return answer


def message(event: UUID, answer: Answer) -> bytes:
    """What is sent of an event: the answer, and what opens its entry's commitments. One line of JSON."""
    said = {
        "type": "openpars.event/1",
        "event": str(event),
        "answer": answer.body,
        "opening": {"salt": answer.salt.hex()},
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()


def _question(held: SubscriptionView, event: UUID | None = None) -> request.Question:
    return request.events(
        subscription=held.id,
        purpose=held.purpose,
        case_number=held.case_number,
        wanted=held.events,
        named_by=held.keys,
        event=event,
    )


def settle(*, event: UUID, outcome: str) -> None:
    """Note what became of an attempt: `delivered`, `not-shown`, `refused`, or `failed`, which is tried again later, and
    after the last pause of `rules.subscription` no more."""
    pause = pause_after(subscriptions.tries(event) + 1) if outcome == "failed" else None
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT guard.settle(%s, %s, %s::float8 * interval '1 second')",
            [event, outcome, pause.total_seconds() if pause else None],
        )


def drop_ended() -> int:
    """Drop what is queued for whom nothing may be told any more, and stop what is over; answers how many events. Each
    agreement's drop is an entry of the log."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.drop_ended()")
        dropped: int = cursor.fetchone()[0]
    return dropped


def claim(lease: timedelta) -> tuple[UUID, UUID] | None:
    """The next event to be posted and its subscription, taken for as long as `lease`; None: nothing is due."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT event, subscription FROM guard.claim(%s::float8 * interval '1 second')",
            [lease.total_seconds()],
        )
        found: tuple[UUID, UUID] | None = cursor.fetchone()
    return found
