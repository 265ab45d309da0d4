"""Reads on agencies, users and tokens. What crosses to other packages is frozen views, not rows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils import timezone

from openpars.agencies import rules
from openpars.agencies.models import Agency, Token, User
from openpars.agencies.rules import event
from openpars.errors import NotFound


@dataclass(frozen=True)
class AgencyView:
    """An agency; `office` is None for an outside agency."""

    ori: str
    name: str
    kind: str
    office: str | None


@dataclass(frozen=True)
class UserView:
    """A person who uses the system, with what decides whether they may."""

    id: UUID
    username: str
    display_name: str
    role: str
    agency: AgencyView
    screened_until: date
    trained_until: date
    is_active: bool


@dataclass(frozen=True)
class EventView:
    """An event beside its entry: `leaf` is the entry's bytes (none, where the log has no such entry), `index` its place
    once the log has given it one. `by`, `source`, `about` and `salt` are None once they are forgotten, and where the
    event stands for `times` many."""

    event: UUID
    kind: str
    door: str
    outcome: str
    agency_ori: str | None
    by: str | None
    source: str | None
    about: Mapping[str, object] | None
    salt: bytes | None
    times: int
    at: datetime
    pending_id: int
    leaf: bytes
    index: int | None

    @property
    def agrees(self) -> bool:
        """Whether the row says what the entry says, and what is kept opens its commitments. Where nothing is kept any
        more, only the first can be told."""
        at = self.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        facts = {
            "event": str(self.event),
            "kind": self.kind,
            "at": at,
            "door": self.door,
            "outcome": self.outcome,
        }
        more = {"agency": self.agency_ori} if self.times == 1 else {"times": self.times}
        hidden = {"who": self.by, "source": self.source, "about": self.about}
        opened = self.salt is None or event.opens(self.leaf, hidden, self.salt)
        return opened and event.says(self.leaf, {**facts, **more})


def city_day(at: datetime) -> date:
    """The calendar day in the city at the instant `at`: standing and limits count in the city's days."""
    return timezone.localdate(at)


def agency(ori: str) -> AgencyView:
    """The agency of that ORI. Raises NotFound."""
    row = Agency.objects.filter(pk=ori).first()
    if row is None:
        raise NotFound("No agency of this ORI is enrolled.")
    return _agency(row)


def user_named(username: str) -> UserView:
    """The user of that username. Raises NotFound."""
    row = User.objects.select_related("agency").filter(username=username.strip().lower()).first()
    if row is None:
        raise NotFound("No user of this name is enrolled.")
    return view(row)


def user(identifier: UUID) -> UserView:
    """The user of that id. Raises NotFound."""
    row = User.objects.select_related("agency").filter(pk=identifier).first()
    if row is None:
        raise NotFound("No such user is enrolled.")
    return view(row)


def office_of(user: UUID) -> str:
    """The office of the owners that a user is of; empty where they are of none. Raises NotFound."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT g.office FROM agencies_user u JOIN agencies_agency g ON g.ori = u.agency_id WHERE u.id = %s",
            [user],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotFound("No such user is enrolled.")
    return row[0] or ""


def people(*, office: str) -> list[UserView]:
    """Everybody of the owners' office who is in post, by name."""
    rows = User.objects.select_related("agency").filter(agency__office=office, is_active=True)
    return [view(row) for row in rows.order_by("display_name", "id")]


def people_of(ori: str) -> list[UserView]:
    """Everybody of an agency, in post or not, by name."""
    rows = User.objects.select_related("agency").filter(agency_id=ori)
    return [view(row) for row in rows.order_by("display_name", "id")]


def name_of(user: UUID) -> str:
    """The display name of a user; empty where there is no such user."""
    return User.objects.filter(pk=user).values_list("display_name", flat=True).first() or ""


def events(
    *,
    by: str | None = None,
    agency_ori: str | None = None,
    kind: str | None = None,
    outcome: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    before: UUID | None = None,
    arrest: UUID | None = None,
    most: int = 100,
) -> list[EventView]:
    """Events that fit all that is given, in the log's order, the last first; those before the event `before`, where it
    is given. Needs the owner's role: functions of the guard that ask for the power to look call `guard.events_found`
    themselves."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM guard.events_found(%s, %s, %s, %s, %s, %s, %s, NULL, %s, %s)",
            [by, agency_ori, kind, outcome, since, until, before, arrest, most],
        )
        return [event_of(row) for row in cursor.fetchall()]


def event_of(row: Sequence[Any]) -> EventView:
    """The view of a row as the guard answers it: its columns are EventView's fields, in their order."""
    kept = dict(zip((field.name for field in fields(EventView)), row, strict=True))
    # Django leaves JSON from a statement of one's own as text.
    kept["about"] = json.loads(kept["about"]) if isinstance(kept["about"], str) else kept["about"]
    kept["salt"] = None if kept["salt"] is None else bytes(kept["salt"])
    return EventView(**{**kept, "leaf": bytes(kept["leaf"] or b"")})


def standing(user: UserView, *, on: date) -> bool:
    """Whether the user may use the system on that day of the city."""
    return rules.in_standing(
        is_active=user.is_active, screened_until=user.screened_until, trained_until=user.trained_until, on=on
    )


def asker_of_token(token: str, *, at: datetime) -> UserView | None:
    """The user whose token it is, or None: unknown, revoked and expired tokens and users without standing all
    look the same."""
    row = (
        Token.objects.select_related("user__agency")
        .filter(digest=rules.digest(token), revoked_at=None, expires_at__gt=at)
        .first()
    )
    if row is None:
        return None
    user = view(row.user)
    return user if standing(user, on=city_day(at)) else None


def holder_of_token(token: str) -> UUID | None:
    """The user whose token it is or was, whether or not it serves any more; None for a token that never was."""
    return Token.objects.filter(digest=rules.digest(token)).values_list("user_id", flat=True).first()


def view(row: User) -> UserView:
    """The frozen view of a user's row (its agency is read too, unless it was selected with it)."""
    return UserView(
        id=row.pk,
        username=row.username,
        display_name=row.display_name,
        role=row.role,
        agency=_agency(row.agency),
        screened_until=row.screened_until,
        trained_until=row.trained_until,
        is_active=row.is_active,
    )


def _agency(row: Agency) -> AgencyView:
    return AgencyView(row.ori, row.name, row.kind, row.office)
