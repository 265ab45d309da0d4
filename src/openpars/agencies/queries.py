"""Reads on agencies, users and tokens. What crosses to other packages is frozen views, not rows."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from openpars.agencies import rules
from openpars.agencies.models import Agency, Token, User
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


def city_day(at: datetime) -> date:
    """The calendar day in the city at the instant `at`: standing and limits count in the city's days."""
    return at.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


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
