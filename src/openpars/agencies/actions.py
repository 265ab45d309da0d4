"""The only writes on agencies, users and tokens. Each is one transaction and leaves a trace (promise 10) and an
event in the log.

`by` names who did it: a user's id, or a word for a machine or the person at the console.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from openpars.agencies import events, rules
from openpars.agencies.models import Agency, Token, Trace, User
from openpars.errors import BadInput, Conflict, NotFound, Problem


@dataclass(frozen=True)
class IssuedToken:
    """A token at the one moment when it can be read: only its digest is kept."""

    id: UUID
    plain: str
    expires_at: datetime


def enroll_agency(*, ori: str, name: str, kind: str, by: str, at: datetime, office: str | None = None) -> str:
    """Make an agency known; answers its ORI. `office` is the owners' office that it is, None for an outside
    agency. Raises BadInput, and Conflict where the ORI is known already."""
    problems = [problem for problem in (rules.ori_problem(ori),) if problem]
    problems += [
        Problem(where, "is missing") for where, what in (("name", name), ("kind", kind)) if not what.strip()
    ]
    if office is not None and office not in rules.OFFICES:
        problems.append(Problem("office", f"must be one of {', '.join(rules.OFFICES)}, or none"))
    if problems:
        raise BadInput(problems)
    with _unless_taken("An agency of this ORI is enrolled already."):
        Agency.objects.create(ori=ori, name=name, kind=kind, office=office)
        _trace("enroll agency", ori, by, at)
    return ori


def enroll_user(
    *,
    username: str,
    display_name: str,
    agency_ori: str,
    role: str,
    screened_until: date,
    trained_until: date,
    by: str,
    at: datetime,
    password: str | None = None,
    user_id: UUID | None = None,
) -> UUID:
    """Let a person use the system for an agency; answers the user's id. Without a password the user cannot
    log in, only use tokens. Raises BadInput (the role among it: an office has its own, rules.ROLES), NotFound
    (no such agency), Conflict (username taken)."""
    problem = rules.username_problem(username)
    if problem:
        raise BadInput([problem])
    if password is not None:
        _check_password(password)
    agency = Agency.objects.filter(ori=agency_ori).first()
    if agency is None:
        raise NotFound("No agency of this ORI is enrolled.")
    if unfit := rules.role_problem(role, agency.office):
        raise BadInput([unfit])
    identifier = user_id or uuid4()
    with _unless_taken("This username is taken."):
        User.objects.create(
            id=identifier,
            username=username,
            display_name=display_name,
            agency_id=agency_ori,
            role=role,
            screened_until=screened_until,
            trained_until=trained_until,
            password=make_password(password),
            password_set_at=at if password is not None else None,
        )
        _trace("enroll user", identifier, by, at)
    return identifier


@transaction.atomic
def set_password(*, user: UUID, password: str, by: str, at: datetime) -> None:
    """Give a user a password; the old one stops at once, and so do the sessions opened with it. Raises
    BadInput (too short, too common), NotFound."""
    _check_password(password)
    _change(user, {"password": make_password(password), "password_set_at": at})
    _trace("set password", user, by, at)


@transaction.atomic
def issue_token(
    *, user: UUID, label: str, by: str, at: datetime, lasts: timedelta = timedelta(days=90)
) -> IssuedToken:
    """Make a token for the API. What is returned is the only copy of it. Raises NotFound."""
    if not User.objects.filter(pk=user).exists():
        raise NotFound("No such user.")
    plain = rules.fresh_token()
    token = Token.objects.create(
        user_id=user, digest=rules.digest(plain), label=label, created_at=at, expires_at=at + lasts
    )
    _trace("issue token", token.pk, by, at)
    return IssuedToken(token.pk, plain, token.expires_at)


@transaction.atomic
def revoke_token(*, token: UUID, by: str, at: datetime) -> None:
    """End a token at once. Raises NotFound, and Conflict where it is revoked already."""
    if not Token.objects.filter(pk=token).exists():
        raise NotFound("No such token.")
    if not Token.objects.filter(pk=token, revoked_at=None).update(revoked_at=at):
        raise Conflict("This token is revoked already.")
    _trace("revoke token", token, by, at)


@transaction.atomic
def suspend_user(*, user: UUID, by: str, at: datetime) -> None:
    """End a user's standing: the next request with their session or token is refused. Raises NotFound."""
    _change(user, {"is_active": False})
    _trace("suspend user", user, by, at)


@transaction.atomic
def restore_user(*, user: UUID, by: str, at: datetime) -> None:
    """Undo `suspend_user`. Raises NotFound."""
    _change(user, {"is_active": True})
    _trace("restore user", user, by, at)


def _change(user: UUID, fields: dict[str, object]) -> None:
    if not User.objects.filter(pk=user).update(**fields):
        raise NotFound("No such user.")


def _check_password(password: str) -> None:
    try:
        validate_password(password)
    except ValidationError as error:
        raise BadInput([Problem("password", message) for message in error.messages]) from None


def _trace(verb: str, subject: object, by: str, at: datetime) -> None:
    Trace.objects.create(verb=verb, subject=str(subject), by=by, at=at)
    events.record(verb.replace(" ", "-"), by=by, about={"subject": str(subject)})


@contextmanager
def _unless_taken(words: str) -> Iterator[None]:
    """A transaction whose collision with a unique key is a Conflict, in the words given."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        raise Conflict(words) from None
