"""What has been asked and answered. Reads only."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import Error, connection

from openpars.disclosure.models import Disclosure
from openpars.errors import DatabaseUnavailable, NotFound
from openpars.translog import queries as translog


@dataclass(frozen=True)
class Receipt:
    """A receipt, or `text` None while no checkpoint covers the entry yet."""

    disclosure: UUID
    text: str | None


def database() -> str:
    """The name of the database that this process works on."""
    return str(connection.settings_dict["NAME"])


def epoch() -> tuple[int, timedelta]:
    """The last change of any agreement, and what the guard's clock adds to the server's."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT guard.epoch(), guard.now() - clock_timestamp()")
            changed, offset = cursor.fetchone()
    except Error as error:
        raise DatabaseUnavailable(DatabaseUnavailable.words) from error
    # Reading the clock twice takes some microseconds; only a demonstration's offset is meant.
    return changed, offset if abs(offset) > timedelta(seconds=1) else timedelta(0)


def receipt_of(disclosure: UUID, *, asker: UUID, witnessed: bool = True) -> Receipt:
    """The receipt of an answer or a refusal, for the person who asked; `witnessed` False takes one under a
    checkpoint that is signed but not published yet.

    Raises NotFound where there is no such disclosure of theirs (never saying which of the two)."""
    pending_id = (
        Disclosure.objects.filter(id=disclosure, user_id=asker).values_list("pending_id", flat=True).first()
    )
    if pending_id is None:
        raise NotFound("You have no disclosure with this reference.")
    receipt = translog.receipt if witnessed else translog.unwitnessed_receipt
    return Receipt(disclosure, receipt(pending_id))


def why_refused(disclosure: UUID) -> str:
    """The code word of a refusal's reason, for the operator's console; the asker never hears it. Raises NotFound."""
    reason = Disclosure.objects.filter(id=disclosure, outcome="deny").values_list("reason", flat=True).first()
    if reason is None:
        raise NotFound("No refusal has this reference.")
    return str(reason)


@dataclass(frozen=True)
class Counted:
    """How many disclosures and refusals there have been since a moment."""

    disclosures: int
    refusals: int
    last_at: datetime | None


def counted(*, user: UUID, since: datetime) -> Counted:
    """What a person has asked since a moment: what is left of the day's limit depends on it. What subscriptions told
    is no request."""
    asked = (
        Disclosure.objects.filter(user_id=user, begun_at__gte=since)
        .exclude(kind="event")
        .order_by("-begun_at")
    )
    permitted = asked.filter(outcome=Disclosure.Outcome.PERMIT).count()
    latest = asked.values_list("begun_at", flat=True).first()
    return Counted(permitted, asked.count() - permitted, latest)


@dataclass(frozen=True)
class Used:
    """How a permit was used since a moment: requests, people who asked, the most that one of them asked on a day."""

    requests: int
    people: int
    most_in_a_day: int
    last_at: datetime


def used(number: int, *, since: datetime, zone: str) -> dict[str, Used]:
    """Clause -> how it was used since a moment, of the agreement version of that number; days are those of `zone`."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT clause, sum(asked), count(DISTINCT user_id), max(asked), max(last_at) FROM (
                SELECT clause, user_id, date_trunc('day', begun_at, %s) AS day, count(*) AS asked,
                    max(begun_at) AS last_at
                FROM disclosure_disclosure WHERE number = %s AND outcome = 'permit' AND begun_at >= %s
                GROUP BY clause, user_id, day
            ) daily GROUP BY clause
            """,
            [zone, number, since],
        )
        return {clause: Used(int(total), *rest) for clause, total, *rest in cursor.fetchall()}


@dataclass(frozen=True)
class Asked:
    """One request of a person's own, or one event told to them: its reference leads to its receipt."""

    id: UUID
    kind: str
    permitted: bool
    clause: str
    at: datetime
    records: int


def asked(*, user: UUID, limit: int = 50) -> tuple[Asked, ...]:
    """What a person asked and was told last, latest first."""
    columns = ("id", "kind", "outcome", "clause", "begun_at", "record_count")
    rows = Disclosure.objects.filter(user_id=user).order_by("-begun_at").values_list(*columns)[:limit]
    return tuple(
        Asked(row[0], row[1], row[2] == Disclosure.Outcome.PERMIT, row[3], row[4], row[5]) for row in rows
    )


@dataclass(frozen=True)
class Spent:
    """What counts against a permit's limits of a day: one person's requests, all of the agency's, and the arrests that
    it was shown."""

    own: int
    requests: int
    results: int


def spent(number: int, *, user: UUID, since: datetime) -> dict[str, Spent]:
    """A permit's schema -> what counts against its limits since a moment, for each permit of the version of that
    number: as the guard counts, with what was asked under the versions before (specs/agreement-file.md, 5.10)."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT p.schema, count(*) FILTER (WHERE d.user_id = %s), count(d.id), coalesce(sum(d.record_count), 0)
            FROM agreements_permit p JOIN agreements_agreementversion v ON v.number = p.agreement_id
            LEFT JOIN disclosure_disclosure d ON d.begun_at >= %s AND d.kind <> 'event' AND (
                d.schema = p.schema OR d.number IN (
                    SELECT o.number FROM agreements_agreementversion o
                    WHERE o.identifier = v.identifier AND o.version < v.version))
            WHERE v.number = %s GROUP BY p.schema
            """,
            [user, since, number],
        )
        return {schema: Spent(*counts) for schema, *counts in cursor.fetchall()}


def people_asking(number: int, *, since: datetime) -> int:
    """How many different people asked under that version, and under those before it, since a moment."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(DISTINCT d.user_id) FROM agreements_agreementversion v
            JOIN agreements_agreementversion o ON o.identifier = v.identifier AND o.version <= v.version
            JOIN disclosure_disclosure d ON d.number = o.number AND d.begun_at > %s
            WHERE v.number = %s
            """,
            [since, number],
        )
        return int(cursor.fetchone()[0])


@dataclass(frozen=True)
class Gap:
    """Attempts that were begun and never committed: how many, after which committed one, before which next."""

    attempts: int
    after: datetime | None
    before: datetime | None


def gaps() -> tuple[Gap, ...]:
    """Where attempts are missing, oldest first; the last may be under way at this moment. Needs the owner's role.

    An honest gap has a fault of its time in the operator's journal, or a server that was killed (PostgreSQL may then
    skip up to 32 numbers). Any other is a sign that somebody read as the gateway and left no entry."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            WITH drawn AS (
                SELECT attempt, begun_at FROM disclosure_disclosure
                UNION ALL
                SELECT last_value + is_called::int, NULL FROM disclosure_disclosure_attempt_seq
            ), beside AS (
                SELECT attempt - lag(attempt, 1, 0::bigint) OVER nth - 1 AS missing,
                    lag(begun_at) OVER nth AS after, begun_at AS before
                FROM drawn WINDOW nth AS (ORDER BY attempt)
            )
            SELECT missing, after, before FROM beside WHERE missing > 0 ORDER BY after NULLS FIRST
            """
        )
        return tuple(Gap(*row) for row in cursor.fetchall())
