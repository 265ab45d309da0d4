"""The desk's list: what each arrest still waits for, in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openpars.portal.showing import age, full_name, instant, local


@dataclass(frozen=True)
class Waiting:
    """An arrest that the desk has not finished, with what it waits for."""

    arrest: str
    name: str
    otn: str
    dc_number: str
    lead_charge: str
    arrested: str
    age: str
    duties: tuple[str, ...]
    juvenile: bool


def waiting(body: Mapping[str, Any]) -> list[Waiting]:
    """The arrests of an answer to the list `desk`; what the prosecutor asks first, then the longest."""
    as_of = instant(body["as_of"])
    rows = []
    for row in body["results"]:
        at = instant(row.get("arrested_at"))
        hours = (as_of - at).total_seconds() / 3600 if as_of and at else 0
        rows.append(
            Waiting(
                str(row["arrest"]),
                full_name(row) or "Name not shown",
                str(row.get("otn") or ""),
                str(row.get("dc_number") or ""),
                str(row.get("lead_charge") or ""),
                local(at, with_year=False) if at else "",
                age(hours),
                _duties(row, hours),
                bool(row.get("juvenile")),
            )
        )
    return sorted(rows, key=lambda row: "The prosecutor asks" not in row.duties)


def _duties(row: Mapping[str, Any], hours: float) -> tuple[str, ...]:
    found = []
    if row.get("charging_state") == "asked":
        found.append("The prosecutor asks")
    if row.get("charging_state") == "not sent":
        found.append("Not sent")
    if not row.get("prints_taken_at"):
        # 18 Pa.C.S. 9112(b): prints within 48 hours.
        found.append("Prints missing" if hours < 48 else "Prints missing, past 48 h")
    elif not row.get("sid"):
        found.append("SID awaited")
    return tuple(found)
