"""An accounting as a file that anyone can check: `openpars.accounting/1` (specs/accounting.md section 3)."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

from openpars.disclosure.rules.lines import Line

FORMAT = "openpars.accounting/1"


def build(
    *,
    look: UUID,
    at: str,
    size: int,
    checkpoint: str,
    keys: Sequence[str],
    lines: Sequence[tuple[Line, str]],
    delayed: Sequence[datetime],
) -> dict[str, object]:
    """The file: each line that the published log of `size` entries has, with its sentence, where it stands, what its
    entry says, and what opens it; the keys with which to count them; how many lines are put off, and until when."""
    inside = [(line, words) for line, words in lines if line.index is not None and line.index < size]
    return {
        "format": FORMAT,
        "look": str(look),
        "at": at,
        "log": {"size": size, "checkpoint": checkpoint},
        "keys": list(keys),
        "delayed": {"lines": len(delayed), "until": stamp(max(delayed)) if delayed else None},
        "waiting": len(lines) - len(inside),
        "lines": [_line(line, words) for line, words in inside],
    }


def _line(line: Line, words: str) -> dict[str, object]:
    says: dict[str, object] = {"at": stamp(line.at), "agency": line.agency_ori, "kind": line.kind}
    says |= {"disclosure": str(line.disclosure), "permit": line.clause}
    if line.is_look:
        says["lines"] = line.records
    else:
        says |= {"purpose": line.purpose, "elements": list(line.elements), "records": line.records}
    told: dict[str, object] = {"index": line.index, "words": words, "tags": list(line.tags), "says": says}
    if line.salt and not line.is_look:
        told["opening"] = {"salt": line.salt, "values": {"case": line.case_number}}
    return told


def stamp(moment: datetime) -> str:
    """A moment as entries write it: UTC, to the millisecond."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
