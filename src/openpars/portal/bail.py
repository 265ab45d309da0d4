"""Bail as pages and orders of the court say it: as it was decided, as it was changed since, what releases."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from openpars.agencies import queries as agencies
from openpars.portal.showing import words
from openpars.records.rules.bail import BailDecision, BailKind, Status, to_be_paid
from openpars.records.rules.conditions import Condition, ConditionKind, condition_words

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Changed:
    """A state of bail since the decision: what, when, by whom and why (Pa.R.Crim.P. 529)."""

    at: str
    words: str
    by: str
    reason: str
    conditions: tuple[str, ...]


def arraigned(record: Record) -> Record | None:
    """The latest preliminary arraignment, or None."""
    held = record.get("arraignment") or ()
    return held[-1] if held else None


def decided(record: Record) -> Record | None:
    """The bail that the arraignment decided, or None."""
    held = arraigned(record)
    at = held["arraignment_at"] if held else None
    rows = (row for row in record.get("bail") or () if row["bail_at"] == at)
    return next((row for row in rows if not row.get("bail_reason")), None)


def changed(record: Record) -> list[Record]:
    """What magistrates changed of the bail since, in order."""
    return [row for row in record.get("bail") or () if row.get("bail_reason")]


def changed_by(bail: Record) -> str:
    """The name of the magistrate who changed bail."""
    return agencies.name_of(UUID(bail["bail_magistrate"])) if bail.get("bail_magistrate") else ""


def conditions(record: Record, bail: Record | None = None) -> tuple[str, ...]:
    """The conditions of a state of bail, else of the decided one, in words."""
    bail = bail or decided(record)
    if bail is None:
        return ()
    return tuple(
        _condition(row) for row in record.get("condition", ()) if row["condition_at"] == bail["bail_at"]
    )


def in_words(bail: Record) -> str:
    """Bail as decided: its type, amount, what is to be paid, who stands surety."""
    if bail["bail_status"] == Status.REVOKED:
        return "Bail revoked"
    parts = [str(bail["bail_type"])]
    if bail["bail_amount"]:
        parts.append(dollars(bail["bail_amount"]))
    if bail["bail_percent"]:
        share = format(Decimal(str(bail["bail_percent"])).normalize(), "f")
        parts.append(f"{share} per cent to be paid ({dollars(due(bail))})")
    if bail.get("bail_surety"):
        parts.append(f"surety {bail['bail_surety']}")
    return ", ".join(parts)


def due(bail: Record) -> Decimal | None:
    """Dollars to be paid for release under a bail row, or None."""
    if bail["bail_type"] != BailKind.MONETARY or not bail["bail_amount"]:
        return None
    percent = Decimal(str(bail["bail_percent"])) if bail["bail_percent"] else None
    return to_be_paid(BailDecision(BailKind.MONETARY, Decimal(str(bail["bail_amount"])), percent))


def due_now(record: Record) -> Decimal | None:
    """Dollars that would release the person now, or None where money does not."""
    latest = (record.get("bail") or (None,))[-1]
    return due(latest) if latest and latest["bail_status"] == Status.SET else None


def dollars(amount: object) -> str:
    """An amount with its unit: `$5,000.00`."""
    return f"${Decimal(str(amount)):,.2f}"


def changes(record: Record, held: Record) -> tuple[Changed, ...]:
    """What became of the bail since it was decided, in order."""
    first = decided(record)
    rows = [row for row in record.get("bail") or () if row is not first]
    since = [row for row in rows if str(row["bail_at"]) >= str(held["arraignment_at"])]
    return tuple(
        Changed(
            at=words(row["bail_at"])[0],
            words=in_words(row) if not _paid(row) else f"Posted: {dollars(row['bail_amount'] or 0)}",
            by=changed_by(row),
            reason=str(row.get("bail_reason") or ""),
            conditions=conditions(record, row),
        )
        for row in since
    )


def _paid(row: Record) -> bool:
    """Whether it says what was paid, and not what was decided."""
    return bool(row["bail_status"] == Status.POSTED and not row.get("bail_reason"))


def _condition(row: Record) -> str:
    try:
        kind = ConditionKind(str(row["condition"]))
    except ValueError:
        return str(row["condition"])
    detail = row["condition_detail"] or {}
    return condition_words(Condition(kind, tuple((str(key), str(value)) for key, value in detail.items())))
