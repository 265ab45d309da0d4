"""What the field's rules say about who may use the system: the shape of an ORI, usernames, standing."""

import hashlib
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from openpars.errors import Problem

ROLES: Mapping[str, tuple[str, ...]] = {
    "police": ("officer", "booking supervisor", "records custodian", "head of office"),
    "district-attorney": ("charging ADA", "DA supervisor", "head of office"),
    "court": ("pretrial", "clerk", "magistrate", "head of office"),
    "defender": ("defender",),
    "city-solicitor": ("solicitor",),
    "auditor": ("auditor",),
}
"""Each office of the owners with the roles of its people: what the charter's permits and powers can name."""

OFFICES = tuple(ROLES)
"""The owners' offices: those whose people work under the charter. Every other agency is outside."""

PASSWORD_LENGTH = 12
"""Least length of a password, in characters (CJIS IA-5(1)(a) asks for 8)."""

PASSWORD_AGE = timedelta(days=365)
"""How long a password serves (CJIS IA-5 f: changed yearly)."""

TOKEN_MARK = "op_"  # noqa: S105
"""Every token begins so: whoever finds one lying about (and secret scanners) can tell what it is."""

_ORI = re.compile(r"[A-Z]{2}[A-Z0-9]{7}")
_USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,62}")


def ori_problem(ori: str) -> Problem | None:
    """What is wrong with `ori`, or None: two letters of the state (or federal) code, then seven characters.

    >>> ori_problem("PAPEP0000") is None
    True
    """
    if _ORI.fullmatch(ori):
        return None
    return Problem(
        "ori", "must be nine characters: two capital letters, then seven capital letters or digits"
    )


def username_problem(username: str) -> Problem | None:
    """What is wrong with `username`, or None."""
    if _USERNAME.fullmatch(username):
        return None
    return Problem("username", "must be 2 to 63 of a-z, 0-9, '.', '_', '-', and begin with a letter or digit")


def role_problem(role: str, office: str | None) -> Problem | None:
    """What is wrong with `role` for somebody of `office`, or None. Outside agencies call their people as they
    like.

    >>> role_problem("clerk", "court") is None
    True
    """
    if office is None:
        return None if role.strip() else Problem("role", "is missing")
    if role in ROLES[office]:
        return None
    return Problem("role", f"must be a role of the office: {', '.join(ROLES[office])}")


def in_standing(*, is_active: bool, screened_until: date, trained_until: date, on: date) -> bool:
    """Whether a person may use the system on the day `on`: in post, screened and trained (CJIS PS-3, AT-2).
    Both dates are the last days that count."""
    return is_active and screened_until >= on and trained_until >= on


def password_serves(*, set_at: datetime | None, at: datetime) -> bool:
    """Whether a password set at `set_at` is young enough to log in with at `at`."""
    return set_at is not None and at - set_at <= PASSWORD_AGE


def fresh_token() -> str:
    """A token that nobody can guess (256 bits)."""
    return TOKEN_MARK + secrets.token_urlsafe(32)


def digest(token: str) -> str:
    """What is kept of a token: the SHA-256 in hex. A token has 256 random bits, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()
