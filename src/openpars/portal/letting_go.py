"""Whether police let somebody go without taking them before a magistrate (Pa.R.Crim.P. 519(B)), as a page shows it."""

from collections.abc import Mapping
from typing import Any

from openpars.records.rules.lifecycle import HELD
from openpars.records.rules.release import Eligibility, eligibility

_ENDED = frozenset({"declined", "withdrawn"})


def release(record: Mapping[str, Any]) -> Eligibility | None:
    """What Rule 519(B) says of somebody who is held and not arraigned; None of anybody else, and where the answer does
    not tell the charges."""
    if (
        record.get("custody_state") not in HELD
        or record.get("arraigned_at")
        or "arrest_category" not in record
    ):
        return None
    rows = [row for row in record.get("charge") or () if row.get("charge_status") not in _ENDED]
    filed = [row for row in rows if row.get("charge_stage") == "filed"]
    charges = [(str(row.get("statute") or ""), str(row.get("grade") or "")) for row in filed or rows]
    return eligibility(charges, warrant=record["arrest_category"] == "T")
