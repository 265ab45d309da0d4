"""What a desk reads of its own work: a person's own drafts, which nobody else ever reads, and ids. No disclosure: it
holds nothing about anybody but what its author typed."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from openpars.engine import roles
from openpars.records import wall

_DRAFTS = "SELECT id, kind, arrest_id, version, kept_at, content_sealed FROM records_draft"


@dataclass(frozen=True)
class DraftView:
    """A draft of one's own, opened; `version` is what to name when it is kept again."""

    id: UUID
    kind: str
    arrest: UUID | None
    version: int
    kept_at: datetime
    content: dict[str, Any]


def own_drafts(*, author: UUID, kind: str, arrest: UUID | None = None) -> list[DraftView]:
    """A person's drafts of a kind, about `arrest` where one is named; latest first, at most 50."""
    statement = (
        f"{_DRAFTS} WHERE author_id = %s AND kind = %s AND (%s::uuid IS NULL OR arrest_id = %s)"
        " ORDER BY kept_at DESC LIMIT 50"
    )
    with _as_desk() as cursor:
        cursor.execute(statement, [author, kind, arrest, arrest])
        return [_opened(row) for row in cursor.fetchall()]


def same_sid(arrest: UUID) -> bool:
    """Whether somebody else on record has the SID of the person of an arrest. Who it is, is for the door to tell."""
    with _as_desk() as cursor:
        cursor.execute("SELECT records_same_sid(%s)", [arrest])
        return bool(cursor.fetchone()[0])


def arrests_beside(arrest: UUID) -> frozenset[UUID]:
    """The other arrests that stand under the person of an arrest: ids alone. What they say is for the door to tell."""
    statement = (
        "SELECT id FROM records_arrest WHERE id <> %s"
        " AND person_id = (SELECT person_id FROM records_arrest WHERE id = %s)"
    )
    with _as_desk() as cursor:
        cursor.execute(statement, [arrest, arrest])
        return frozenset(row[0] for row in cursor.fetchall())


def clients_among(arrests: Sequence[UUID], *, counsel: UUID) -> list[UUID]:
    """Of these arrests, those whose counsel that is, in their order: ids alone."""
    with _as_desk() as cursor:
        cursor.execute(
            "SELECT id FROM records_arrest WHERE id = ANY (%s) AND counsel_id = %s", [list(arrests), counsel]
        )
        own = {row[0] for row in cursor.fetchall()}
    return [arrest for arrest in arrests if arrest in own]


def incident_of(dc_number: str) -> UUID | None:
    """The incident on record with that number: its id alone; None where there is none."""
    with _as_desk() as cursor:
        cursor.execute("SELECT id FROM records_incident WHERE dc_number = %s", [dc_number])
        found = cursor.fetchone()
    return found[0] if found else None


@contextmanager
def _as_desk() -> Iterator[Any]:
    """A cursor with the privileges of the desk's role, which reads drafts but no person."""
    desk = roles.name(str(connection.settings_dict["NAME"]), "desk")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('role', %s, true)", [desk])
        yield cursor
        cursor.execute("SELECT set_config('role', 'none', true)")


def _opened(row: tuple[UUID, str, UUID | None, int, datetime, bytes]) -> DraftView:
    text = wall.unseal(bytes(row[5]), relation="draft", row=row[0], column="content_sealed")
    return DraftView(*row[:5], json.loads(text))
