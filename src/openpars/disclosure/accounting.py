"""A person's accounting of disclosures: for the counter, for counsel, for the person; and what puts a line off.

Each is a look at the log of looks, with its own entry (`looks`). Specified in specs/accounting.md.
"""

import hashlib
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.utils import timezone

from openpars.agencies import queries as agencies
from openpars.agreements import queries as agreements
from openpars.disclosure import looks
from openpars.disclosure.gateway import Row
from openpars.disclosure.looks import Look
from openpars.disclosure.rules import account_file, codes
from openpars.disclosure.rules.lines import Line, sentence
from openpars.errors import BadInput, Conflict, NotFound, Problem
from openpars.translog import queries as translog
from openpars.translog.rules.commitment import SALT_SIZE, commit

LONGEST_AUTHORITY = 300
"""Most characters of the authority on which lines are put off."""


@dataclass(frozen=True)
class Account:
    """What was handed over: every line with its sentence, newest first, until when each other is put off, and the
    file that a stranger can check. `disclosure` is the look itself, `at` its stamp."""

    disclosure: UUID
    at: str
    agency_ori: str
    lines: tuple[tuple[Line, str], ...]
    delayed: tuple[datetime, ...]
    file: dict[str, object]
    salt: bytes
    pending_id: int


def account(*, arrest: UUID, with_keys: bool = False, by: UUID, at: datetime) -> Account:
    """The accounting of the person of an arrest, made at the counter. `with_keys` hands out the keys with which the
    log's entries can be counted (specs/accounting.md section 2). The guard's clock gives the time; `at` is not after.

    Raises NotEmpowered, NotFound."""
    return _taken("account", by, arrest=str(arrest), with_keys=with_keys)


def account_client(*, arrest: UUID, by: UUID, at: datetime) -> Account:
    """The same for counsel, of one's own client. Raises NotEmpowered, NotFound."""
    return _taken("client", by, arrest=str(arrest))


def own(*, session: str, with_keys: bool = False) -> Account:
    """The person's own look, in a session that a code opened. Raises NotFound where the session is over."""
    return _taken("own", None, session=_digest(session), with_keys=with_keys)


def _taken(
    kind: str,
    asker: UUID | None,
    *,
    session: str | None = None,
    arrest: str | None = None,
    with_keys: bool = False,
) -> Account:
    covered = translog.published()
    asked = {"arrest": arrest} if arrest else {}
    with looks.look(kind, asked=asked, asker=asker, session=session) as look:
        rows = look.rows("SELECT * FROM guard.account_lines()")
        # A key finds what is complete up to a checkpoint; where there is none it is kept for later.
        keys = _keys(look) if with_keys and covered else []
        lines = tuple((line, sentence(line, moment(line.at))) for line in lines_of(rows))
        delayed = tuple(row["delayed_until"] for row in rows if row["delayed_until"])
        look.answer = account_file.build(
            look=look.disclosure,
            at=look.at,
            size=covered.size if covered else 0,
            checkpoint=covered.text if covered else "",
            keys=keys,
            lines=lines,
            delayed=delayed,
        )
        look.lines = len(lines)
    return Account(
        look.disclosure,
        look.at,
        look.agency_ori,
        lines,
        delayed,
        look.answer,
        look.salt,
        look.pending_id,
    )


def _keys(look: Look) -> list[str]:
    return [row["hand_out_keys"] for row in look.rows("SELECT guard.hand_out_keys()")]


def lines_of(rows: Iterable[Row]) -> list[Line]:
    """The guard's rows as lines, with the names that agencies and agreements have now; delayed ones left out."""
    shown = [row for row in rows if row["disclosure"] is not None]
    names = {ori: agency_name(ori) for ori in {row["agency_ori"] for row in shown}}
    titles = {number: agreement_title(number) for number in {row["number"] for row in shown}}
    return [
        Line(
            disclosure=row["disclosure"],
            at=row["at"],
            kind=row["kind"],
            agency_ori=row["agency_ori"],
            agency=names[row["agency_ori"]],
            number=row["number"],
            title=titles[row["number"]],
            clause=row["clause"],
            purpose=row["purpose"],
            case_number=row["case_number"],
            elements=tuple(row["elements"]),
            records=row["records"],
            index=row["index"],
            tags=tuple(row["tags"]),
            elsewhere=row["elsewhere"],
            muted=row["muted"],
            salt=row["salt"],
        )
        for row in shown
    ]


def moment(at: datetime) -> str:
    """A moment on the city's clocks, in words: November 23, 2026, at 9:14 p.m."""
    here = timezone.localtime(at)
    half = "a.m." if here.hour < 12 else "p.m."
    return f"{here:%B} {here.day}, {here.year}, at {here.hour % 12 or 12}:{here:%M} {half}"


def agency_name(ori: str) -> str:
    """The agency's name as of now."""
    try:
        return agencies.agency(ori).name
    except NotFound:
        return "An agency that is no longer enrolled"


def agreement_title(number: int | None) -> str:
    """The title of the agreement of that number; empty where there is none."""
    return agreements.version(number).title if number is not None else ""


@dataclass(frozen=True)
class Code:
    """A code as it is printed, and its last moment. It is kept nowhere: who loses it is given another."""

    text: str
    expires_at: datetime

    @property
    def handle(self) -> str:
        """The part that finds it and opens nothing."""
        return self.text.replace("-", "")[: codes.HANDLE]


def issue_code(*, arrest: UUID, by: UUID, at: datetime) -> Code:
    """A one-time code for the person of an arrest, to be printed for them. Raises NotEmpowered, NotFound."""
    code = codes.of_bytes(secrets.token_bytes(codes.LENGTH))
    row = looks.act(
        "account",
        by,
        "SELECT guard.issue_code(%s, %s, %s, %s) AS expiry",
        arrest,
        code[: codes.HANDLE],
        codes.digest(code[codes.HANDLE :]),
    )
    return Code(codes.grouped(code), row["expiry"])


def redeem(typed: str) -> str | None:
    """The session that a code opens, once, for half an hour; None where it opens none, whatever the reason."""
    code = codes.read(typed)
    session = secrets.token_urlsafe(32)
    if code is None:
        return None
    (row,) = looks.call("SELECT guard.redeem_code(%s, %s, %s) AS opened", *code, _digest(session))
    return session if row["opened"] else None


def leave(session: str) -> None:
    """End a session before its time."""
    looks.call("SELECT guard.leave_session(%s)", _digest(session))


def _digest(session: str) -> str:
    return hashlib.sha256(session.encode()).hexdigest()


@dataclass(frozen=True)
class Delay:
    """Lines that are put off: those of one agency's looks for one case, `lines` of them so far."""

    id: UUID
    agency_ori: str
    case_number: str
    authority: str
    until_at: datetime
    placed_at: datetime
    lifted_at: datetime | None
    lines: int


def delay_line(
    *, agency_ori: str, case_number: str, authority: str, until: datetime, by: UUID, at: datetime
) -> tuple[UUID, int]:
    """Put off, until a moment of the coming year, that people are told of an agency's looks for a case: those made, and
    those to come. Answers its id and how many there are. What somebody was told already is not taken back.

    Raises BadInput at `agency`, `case_number`, `authority` or `until`; NotEmpowered."""
    case_number, authority, ori = case_number.strip(), authority.strip(), agency_ori.strip().upper()
    problems = [
        Problem(where, what)
        for where, wrong, what in (
            ("agency", not _enrolled(ori), "is the ORI of no agency that is enrolled"),
            ("case_number", not 0 < len(case_number) <= 64, "must have 1 to 64 characters"),
            (
                "authority",
                not 0 < len(authority) <= LONGEST_AUTHORITY,
                f"must name the order or the office, in at most {LONGEST_AUTHORITY} characters",
            ),
            ("until", until <= at, "must be a day to come"),
            ("until", (until - at).days >= 365, "must be within a year: ask again then"),
        )
        if wrong
    ]
    if problems:
        raise BadInput(problems)
    which, salt = uuid4(), secrets.token_bytes(SALT_SIZE)
    terms = {"agency": ori, "case": case_number, "authority": authority}
    row = looks.act(
        "delay_line",
        by,
        "SELECT guard.delay_lines(%s, %s, %s, %s, %s, %s, %s, %s) AS lines",
        *(which, ori, case_number, authority, until.astimezone(UTC), salt, commit("terms", terms, salt)),
    )
    return which, int(row["lines"])


def lift_delay(*, delay: UUID, by: UUID, at: datetime) -> None:
    """End a delay before its day. Raises NotEmpowered, Conflict where it has ended."""
    row = looks.act("delay_line", by, "SELECT guard.lift_delay(%s, %s) AS lifted", delay)
    if not row["lifted"]:
        raise Conflict("this delay has ended already")


def delays(*, of: UUID) -> tuple[Delay, ...]:
    """The delays that the office of this person has placed, newest first."""
    return tuple(Delay(**row) for row in looks.call("SELECT * FROM guard.delays_of(%s)", of))


def _enrolled(ori: str) -> bool:
    try:
        return bool(agencies.agency(ori))
    except NotFound:
        return False
