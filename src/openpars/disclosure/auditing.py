"""What the auditor searches: every look at the records and every refusal, by person, officer, agency, purpose, case or
time; and what is taken out of it, with proofs.

Each search is itself a look with an entry (`looks`), so that an audit of audits is a search by kind.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from openpars.agencies import queries as agencies
from openpars.disclosure import looks
from openpars.disclosure.accounting import agency_name, agreement_title
from openpars.disclosure.gateway import Row
from openpars.disclosure.rules.account_file import stamp
from openpars.disclosure.taking_out import EXPORTED, Search, Taken, pack, takeable

PAGE = 50
"""Most rows of a page."""


@dataclass(frozen=True)
class Criteria:
    """What is searched by; all that is given must hold. `arrest` stands for its person, `before` for the disclosure
    that ended the page before, `entry` for one disclosure alone."""

    arrest: UUID | None = None
    officer: UUID | None = None
    agency: str | None = None
    purpose: str | None = None
    about_case: str | None = None
    outcome: str | None = None
    kind: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    before: UUID | None = None
    entry: UUID | None = None

    def as_json(self) -> dict[str, str]:
        """What is given, as text."""
        given = {name: value for name, value in asdict(self).items() if value}
        return {name: stamp(v) if isinstance(v, datetime) else str(v) for name, v in given.items()}


@dataclass(frozen=True)
class Found:
    """One look or refusal, as the auditor sees it: with who asked, and why it was refused. `asked` is null once it was
    destroyed; `salt` (hex) opens the entry, which is number `index` of the log once it has one."""

    disclosure: UUID
    at: datetime
    kind: str
    outcome: str
    reason: str
    agency_ori: str
    agency: str
    officer_id: UUID
    officer: str
    purpose: str
    case_number: str | None
    title: str
    clause: str
    elements: tuple[str, ...]
    records: int
    index: int | None
    pending_id: int
    asked: Mapping[str, Any] | None
    salt: str | None
    delayed_until: datetime | None


@dataclass(frozen=True)
class Audit:
    """A page of what was found, newest first; `more` where there is another. `disclosure` is the search's own."""

    disclosure: UUID
    rows: tuple[Found, ...]
    more: bool


def audit(*, criteria: Criteria, by: UUID, at: datetime) -> Audit:
    """One search of the log of looks. The guard's clock gives the time; `at` is not after it. Raises NotEmpowered, and
    NotFound where there is no such arrest."""
    with looks.look("audit", asked=criteria.as_json(), asker=by) as look:
        rows = look.rows("SELECT * FROM guard.audit_rows(%s)", PAGE + 1)
        found = _said(look, rows[:PAGE])
    return Audit(look.disclosure, found, len(rows) > PAGE)


def export(*, criteria: Criteria, by: UUID, at: datetime) -> bytes:
    """What a search finds, taken out with its proofs (`taking_out`). Raises as `audit` does."""
    with looks.look("audit", asked=criteria.as_json(), asker=by) as look:
        taken = takeable(look.rows("SELECT * FROM guard.audit_rows(%s)", EXPORTED + 1), "disclosure")
        found = _said(look, taken.rows)
    rows = [Taken(row.disclosure, row.pending_id, _cells(row), row.salt, _values(row)) for row in found]
    search = Search(look.disclosure, by, criteria.as_json(), look.answer, look.salt)
    return pack("looks", rows, search, taken)


def _said(look: looks.Look, rows: Sequence[Row]) -> tuple[Found, ...]:
    """What is handed over, which the look's entry commits to."""
    found = tuple(_found(rows))
    look.answer, look.lines = [str(one.disclosure) for one in found], len(found)
    return found


def _values(row: Found) -> dict[str, object]:
    """What the entry commits to, as far as it is kept: the answer itself is not."""
    is_own = row.officer_id.int == 0
    values: dict[str, object] = {"asker": None if is_own else str(row.officer_id), "criteria": row.asked}
    if row.kind not in looks.KINDS:
        values["case"] = row.case_number
    return values | ({"reason": row.reason} if row.outcome == "deny" else {})


def _cells(row: Found) -> dict[str, object]:
    """The columns of the table. One named as a member of the entry says what that says; the others are words."""
    named: dict[str, object] = {
        "index": row.index, "at": stamp(row.at), "kind": row.kind, "outcome": row.outcome, "reason": row.reason,
        "agency": row.agency_ori, "agency_name": row.agency, "officer": row.officer, "purpose": row.purpose,
        "asker": row.officer_id if row.officer_id.int else None, "case": row.case_number, "permit": row.clause,
        "agreement_title": row.title, "elements": " ".join(row.elements),
    }  # fmt: skip
    at_the_log = row.kind in looks.KINDS
    return named | {
        "records": None if at_the_log else row.records,
        "lines": row.records if at_the_log else None,
    }


def _found(rows: Sequence[Row]) -> list[Found]:
    names = {ori: agency_name(ori) for ori in {row["agency_ori"] for row in rows}}
    titles = {number: agreement_title(number) for number in {row["number"] for row in rows}}
    officers = {who: agencies.name_of(who) for who in {row["user_id"] for row in rows}}
    return [
        Found(
            disclosure=row["disclosure"],
            at=row["at"],
            kind=row["kind"],
            outcome=row["outcome"],
            reason=row["reason"],
            agency_ori=row["agency_ori"],
            agency=names[row["agency_ori"]],
            officer_id=row["user_id"],
            officer=officers[row["user_id"]] or "the person themselves",
            purpose=row["purpose"],
            case_number=row["case_number"],
            title=titles[row["number"]],
            clause=row["clause"],
            elements=tuple(row["elements"]),
            records=row["records"],
            index=row["index"],
            pending_id=row["pending_id"],
            asked=row["request"],
            salt=row["salt"],
            delayed_until=row["delayed_until"],
        )
        for row in rows
    ]
