"""Cases that outside agencies register, and approvals of their supervisors: what a permit's rows and requirements ask
about (specs/agreement-file.md, clauses 5.4 and 5.9).

Written by functions of the guard, which look at who acts and write each act into the log (sql/cases.sql). Whom a case
is about is never read back: the guard alone compares it with the records. A closed case is about nobody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from django.db import connection

from openpars.disclosure.models import AgencyCase
from openpars.disclosure.rules.request import CASE_LIMIT, PURPOSE_LIMIT
from openpars.errors import BadInput, Conflict, Problem
from openpars.records.rules import names

MOST_SUBJECTS = 50
"""How many people one case may be about."""


@dataclass(frozen=True)
class Subject:
    """Somebody whom a case is about: both names and the date of birth, as the agency knows them."""

    given: str
    surname: str
    birth_date: date


@dataclass(frozen=True)
class CaseView:
    """A registered case, without those whom it is about."""

    id: UUID
    number: str
    owner: UUID
    opened_at: datetime
    closed_at: datetime | None


def open_case(*, number: str, subjects: Sequence[Subject], by: UUID, at: datetime) -> UUID:
    """Register an open case of the agency of `by`, who owns it; answers its id. The guard's clock gives the time, and
    `at` is not after it. Raises BadInput; Conflict where a case of that number is open already, or `by` is nobody in
    standing of an outside agency."""
    wanted = _text("number", number, CASE_LIMIT)
    if not 1 <= len(subjects) <= MOST_SUBJECTS:
        raise BadInput.one("subjects", f"must name 1 to {MOST_SUBJECTS} people")
    named = [
        {
            "given": names.fold(subject.given),
            "surname": names.fold(subject.surname),
            "birth_date": subject.birth_date.isoformat(),
        }
        for subject in subjects
    ]
    problems = [
        Problem(f"subjects[{place}]", "must have both names and a date of birth")
        for place, subject in enumerate(named, 1)
        if not (subject["given"] and subject["surname"])
    ]
    if problems:
        raise BadInput(problems)
    made = uuid4()
    _ask(
        "open_case",
        [made, wanted, json.dumps(named), by],
        "A case of this number is open already, or not yours to open.",
    )
    return made


def close_case(*, case: UUID, by: UUID, at: datetime) -> None:
    """Close a case of the agency of `by`, and forget whom it was about. Raises Conflict where it is closed already or
    not theirs."""
    _ask("close_case", [case, by], "This case is closed already, or is not yours to close.")


def approve(*, asker: UUID, case_number: str, purpose: str, by: UUID, at: datetime) -> UUID:
    """Let `asker` ask in this case for this purpose, as their supervisor; answers the approval's id. The case number is
    the one to be given with the request, to the letter. Raises BadInput; Conflict where no agreement in force calls
    `by` a supervisor, or `asker` is `by` or of another agency."""
    case, why = _text("case_number", case_number, CASE_LIMIT), _text("purpose", purpose, PURPOSE_LIMIT)
    made = uuid4()
    _ask("approve", [made, asker, case, why, by], "This is not yours to approve.")
    return made


def withdraw(*, approval: UUID, by: UUID, at: datetime) -> None:
    """Take back an approval of one's own. Raises Conflict."""
    _ask(
        "withdraw_approval",
        [approval, by],
        "This approval is withdrawn already, or is not yours to withdraw.",
    )


def cases_of(agency_ori: str) -> tuple[CaseView, ...]:
    """The cases that an agency registered, latest first."""
    rows = AgencyCase.objects.filter(agency_ori=agency_ori).order_by("-opened_at", "id")
    return tuple(CaseView(row.id, row.number, row.owner_id, row.opened_at, row.closed_at) for row in rows)


def _text(where: str, said: str, limit: int) -> str:
    clean = said.strip()
    if not clean or len(clean) > limit or not clean.isprintable():
        raise BadInput.one(where, f"must be 1 to {limit} printable characters")
    return clean


def _ask(function: str, arguments: Sequence[str | UUID], otherwise: str) -> None:
    places = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT guard.{function}({places})", arguments)
        if not cursor.fetchone()[0]:
            raise Conflict(otherwise)
