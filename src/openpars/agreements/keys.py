"""The public keys that the parties' offices sign with. The private ones never come here."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from openpars.agreements.models import PartyKey


@dataclass(frozen=True)
class KeyView:
    """A party's public key."""

    id: UUID
    ori: str
    label: str
    public: bytes
    registered_by: UUID
    registered_at: datetime
    vouched_by: UUID | None
    vouched_at: datetime | None
    revoked_at: datetime | None


def party_keys(*oris: str) -> tuple[KeyView, ...]:
    """The keys of these parties (none named: of all), by party, latest first."""
    rows = PartyKey.objects.order_by("ori", "-registered_at")
    rows = rows.filter(ori__in=oris) if oris else rows
    return tuple(
        KeyView(
            row.id,
            row.ori,
            row.label,
            bytes(row.public),
            row.registered_by,
            row.registered_at,
            row.vouched_by,
            row.vouched_at,
            row.revoked_at,
        )
        for row in rows
    )
