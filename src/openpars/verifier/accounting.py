"""Verifies an accounting of disclosures against the whole log: each of its lines is an entry there, and no other entry
carries one of the keys that came with it (specs/accounting.md)."""

import hashlib
import re
from pathlib import Path
from typing import Any
from uuid import UUID

from openpars.errors import FileMalformed
from openpars.translog.rules import canonical, note, opening
from openpars.verifier import log, receipt, sources
from openpars.verifier.trust import Trust, Witnessed

NAMED = re.compile(rb'"disclosure":"([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"')
STATED = {"at", "agency", "kind", "permit", "disclosure"}
"""What each line must say of its entry, at least."""


def verify(path: Path, place: str, trust: Trust, progress: log.Progress) -> tuple[Witnessed, dict[str, Any]]:
    """Verify the accounting in the file `path` against the log at `place`, which is verified whole. Answers how many
    `lines` there are, how many of them are `keyed` by one of the `keys`, among the log's first `size` entries; how many
    `later` entries are; how many lines are `delayed`, `until` when.

    Raises as `log.verify` does, and note.Unverified where a line is not what the log says, or one is missing."""
    told: Any = opening.load(sources.read_file(path, receipt.LONGEST_ANSWER), "accounting")
    try:
        size, signed, delayed = int(told["log"]["size"]), told["log"]["checkpoint"].encode(), told["delayed"]
        keys = [bytes.fromhex(key) for key in told["keys"]]
        lines = {int(line["index"]): (set(line["tags"]), dict(line["says"]), line) for line in told["lines"]}
        counts: dict[str, Any] = {"lines": len(lines), "keys": len(keys), "size": size}
        counts |= {"keyed": 0, "later": 0}
        counts |= {"delayed": int(delayed["lines"]), "until": delayed["until"]}
        if told["format"] != "openpars.accounting/1" or len(lines) != len(told["lines"]):
            raise ValueError
        if not all(len(key) == 32 for key in keys) or not all(
            tags and says.keys() >= STATED for tags, says, _ in lines.values()
        ):
            raise ValueError
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise FileMalformed.one("accounting", "is not of the format openpars.accounting/1") from error
    seen = set[int]()

    def see(index: int, leaf: bytes) -> None:
        # Cheap first: of most entries a hash for each key is all that is needed.
        named = [UUID(found.decode()).bytes for found in NAMED.findall(leaf)] if keys else []
        own = any(hashlib.sha256(key + one).hexdigest().encode() in leaf for key in keys for one in named)
        if index not in lines and not own:
            return
        entry: Any = canonical.decode(leaf)
        entry = entry if isinstance(entry, dict) else {}
        tags = set(map(str, entry["subjects"])) if isinstance(entry.get("subjects"), list) else set[str]()
        if index in lines:
            seen.add(index)
            wanted, says, line = lines[index]
            if not wanted <= tags or any(entry.get(name) != said for name, said in says.items()):
                raise note.Unverified.one(f"entry {index}", "is not what the accounting says of it")
            if "opening" in line:
                opening.check(entry, {"opening": line["opening"]})
        elif own and index < size:
            raise note.Unverified.one(
                f"entry {index}", "carries the person's key and is not in the accounting"
            )
        counts["keyed" if index in lines else "later"] += own

    found, _ = log.verify(place, trust, signed or None, progress, see)
    if absent := sorted(lines.keys() - seen):
        raise note.Unverified.one("log", f"has no entry {absent[0]}, which the accounting names")
    return found, counts
