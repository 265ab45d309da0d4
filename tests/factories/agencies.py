"""Agencies, users and tokens of a test: made through the actions, committed or not as the test runs."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from openpars import clock
from openpars.agencies import actions, queries
from openpars.agencies.rules import ROLES

PASSWORD = "a password of a test 7"


@dataclass(frozen=True)
class Enrolled:
    """Somebody who was enrolled, with what opens the doors."""

    id: UUID
    username: str
    ori: str
    office: str | None
    token: str


def fresh_ori() -> str:
    """An ORI that no other agency of this run has."""
    return "ZZ" + "".join(secrets.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(7))


def agency(office: str | None = None, ori: str | None = None) -> str:
    """A new agency; answers its ORI."""
    return actions.enroll_agency(
        ori=ori or fresh_ori(),
        name="Agency of a test",
        kind="police",
        office=office,
        by="test",
        at=clock.now(),
    )


def user(
    office: str | None = None, *, ori: str | None = None, at: datetime | None = None, **changes: object
) -> Enrolled:
    """A new user in standing, of a new agency or of `ori`, with a password and a token; in the first role of
    the office unless `role` says otherwise."""
    now = at or clock.now()
    ori = ori or agency(office)
    office = queries.agency(ori).office
    role = ROLES[office][0] if office else "detective"
    username = f"u{secrets.token_hex(6)}"
    until = now.date() + timedelta(days=30)
    fields: dict[str, object] = {
        "screened_until": until,
        "trained_until": until,
        "password": PASSWORD,
        "role": role,
    }
    identifier = actions.enroll_user(
        username=username,
        display_name="Somebody of a test",
        agency_ori=ori,
        by="test",
        at=now,
        **{**fields, **changes},  # type: ignore[arg-type]
    )
    token = actions.issue_token(user=identifier, label="test", by="test", at=now)
    return Enrolled(identifier, username, ori, office, token.plain)
