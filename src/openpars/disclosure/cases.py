"""Cases that outside agencies register: what a permit's rows and requirements ask about (specs/cases.md).

Written by functions of the guard, which look at who acts and write each act into the log (sql/cases.sql). Whom a case
is about is never read back: the guard alone compares it with the records. A closed case is about nobody.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from django.db import connection

from openpars.disclosure.models import AgencyCase
from openpars.disclosure.rules import subjects as rules
from openpars.disclosure.rules.request import CASE_LIMIT
from openpars.disclosure.rules.subjects import Subject
from openpars.errors import BadInput, Conflict, NotFound


@dataclass(frozen=True)
class CaseView:
    """A registered case, without those whom it is about: only by which `keys` they were named."""

    id: UUID
    number: str
    owner: UUID
    keys: frozenset[str]
    opened_at: datetime
    closed_at: datetime | None


def open_case(*, number: str, subjects: Sequence[Subject | None], by: UUID, at: datetime) -> UUID:
    """Register an open case of the agency of `by`, who owns it; answers its id. The guard's clock gives the time, and
    `at` is not after it. Raises BadInput; Conflict where a case of that number is open already, `by` is nobody in
    standing of an outside agency, or an arrest was not given to it."""
    wanted = case_number(number)
    named = _named(subjects)
    made = uuid4()
    ask_guard(
        "open_case",
        [made, wanted, named, by],
        "A case of this number is open already, or an arrest that you named was not given to your agency.",
    )
    return made


def add_subjects(*, case: UUID, subjects: Sequence[Subject | None], by: UUID, at: datetime) -> None:
    """Make a case of the agency of `by` about more people. Raises BadInput; Conflict where it is closed, would be about
    too many, or an arrest was not given to the agency. Nothing tells whether anybody of them is in the records."""
    ask_guard(
        "add_subjects",
        [case, _named(subjects), by],
        "This case is closed or not your agency's, would be about more than 50 people, or an arrest that you named was"
        " not given to your agency.",
    )


def close_case(*, case: UUID, by: UUID, at: datetime) -> None:
    """Close a case of the agency of `by`, and forget whom it was about. Raises Conflict where it is closed already or
    not theirs."""
    ask_guard("close_case", [case, by], "This case is closed already, or is not yours to close.")


def cases_of(agency_ori: str, *, is_open: bool | None = None, most: int = 200) -> tuple[CaseView, ...]:
    """The cases that an agency registered, latest first; those that are open, or closed, where that is said."""
    rows = AgencyCase.objects.filter(agency_ori=agency_ori).order_by("-opened_at", "id")
    if is_open is not None:
        rows = rows.filter(closed_at__isnull=is_open)
    return tuple(_view(row) for row in rows[:most])


def open_of(agency_ori: str, number: str) -> CaseView | None:
    """The open case of that number that the agency registered, to the letter."""
    row = AgencyCase.objects.filter(agency_ori=agency_ori, number=number, closed_at=None).first()
    return None if row is None else _view(row)


def one(case: UUID, *, agency_ori: str) -> CaseView:
    """A case of that agency. Raises NotFound, never saying whether it is another's."""
    row = AgencyCase.objects.filter(id=case, agency_ori=agency_ori).first()
    if row is None:
        raise NotFound("Your agency has no case with this reference.")
    return _view(row)


def case_number(said: str) -> str:
    """A case number as it is kept. Raises BadInput."""
    clean = said.strip()
    if not clean or len(clean) > CASE_LIMIT or not clean.isprintable():
        raise BadInput.one("case_number", f"must be 1 to {CASE_LIMIT} printable characters")
    return clean


def _view(row: AgencyCase) -> CaseView:
    return CaseView(row.id, row.number, row.owner_id, frozenset(row.keys), row.opened_at, row.closed_at)


def _named(subjects: Sequence[Subject | None]) -> str:
    return json.dumps([subject.as_json() for subject in rules.whole(subjects)])


def ask_guard(function: str, arguments: Sequence[str | int | UUID], otherwise: str) -> None:
    """Have a function of the guard do something. Raises Conflict, with `otherwise`, where it did not."""
    places = ", ".join(["%s"] * len(arguments))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT guard.{function}({places})", arguments)
        if not cursor.fetchone()[0]:
            raise Conflict(otherwise)
