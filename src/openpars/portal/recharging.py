"""The charges that police recommended, on the page that amends an arrest: changed, or withdrawn, for a reason.

What was recommended is never overwritten: a changed charge is a new one that follows the old, which is withdrawn. Once
the prosecutor has decided on a charge it is not the police's to change.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import QueryDict

from openpars.errors import Problem
from openpars.portal.booking import CHARGE, charge_of
from openpars.records.rules.facts import ChargeChange

_SHOWN = dict(zip(CHARGE, ("statute", "charge_description", "grade", "charge_count"), strict=True))


@dataclass(frozen=True)
class Recommended:
    """One charge that can still be changed: its reference, its words as they stand, what is typed, what is wrong."""

    reference: str
    stands: str
    typed: Mapping[str, str]
    withdrawn: bool
    why: str
    error: str

    @property
    def touched(self) -> bool:
        """Whether anything is typed about it: then it is shown open."""
        return self.withdrawn or bool(self.why or self.error)


def recommended(
    record: Mapping[str, Any], posted: QueryDict, problems: Sequence[Problem]
) -> tuple[Recommended, ...]:
    """The charges on record on which nobody has decided yet, with what is typed over them."""
    found = []
    for reference, stands in _pending(record).items():
        wrong = [each.what for each in problems if each.where.startswith(f"changes.{reference}.")]
        found.append(
            Recommended(
                reference,
                f"{stands['statute']} {stands['description']}",
                {part: posted.get(f"change_{part}_{reference}", stands[part]) for part in CHARGE},
                bool(posted.get(f"withdraw_{reference}")),
                posted.get(f"why_{reference}", ""),
                wrong[0][:1].upper() + wrong[0][1:] if wrong else "",
            )
        )
    return tuple(found)


def packed(record: Mapping[str, Any]) -> str:
    """The charges as they were seen, for the form to carry: what is changed is what differs from them."""
    return json.dumps(_pending(record), ensure_ascii=False)


def changes(posted: QueryDict) -> tuple[list[ChargeChange], list[Problem]]:
    """What is typed of the charges that were seen, and what of it cannot be read, at `changes.<reference>.<part>`."""
    problems: list[Problem] = []
    found = []
    for reference, seen in _seen(posted.get("seen_charges", "")).items():
        typed = {part: posted.get(f"change_{part}_{reference}", seen[part]).strip() for part in CHARGE}
        gone = bool(posted.get(f"withdraw_{reference}"))
        if gone or typed != seen:
            charge = None if gone else charge_of(f"changes.{reference}", typed, problems)
            why = posted.get(f"why_{reference}", "").replace("\r\n", "\n").strip()
            found.append(ChargeChange(UUID(reference), why, charge))
    return found, problems


def _pending(record: Mapping[str, Any]) -> dict[str, dict[str, str]]:
    return {
        str(row["charge_reference"]): {part: str(row.get(name) or "") for part, name in _SHOWN.items()}
        for row in record.get("charge", ())
        if row.get("charge_stage") == "recommended" and row.get("charge_status") == "pending"
    }


def _seen(text: str) -> dict[str, dict[str, str]]:
    """What the form carried; nothing, where it was tampered with."""
    try:
        given = json.loads(text)
        return {str(UUID(key)): {part: str(row[part]) for part in CHARGE} for key, row in given.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        return {}
