"""Verifies an accounting of disclosures against the whole log: each of its lines is an entry there, and no other entry
carries one of the keys that came with it (specs/accounting.md)."""

from pathlib import Path

from openpars.translog.rules import accounting
from openpars.verifier import log, sources
from openpars.verifier.trust import Trust, Witnessed


def verify(
    path: Path, place: str, trust: Trust, progress: log.Progress
) -> tuple[Witnessed, accounting.Outcome]:
    """Verify the accounting in the file `path` against the log at `place`, which is verified whole.

    Raises as `log.verify` does, and note.Unverified where a line is not what the log says, or one is missing."""
    account = accounting.parse(sources.read_file(path, accounting.LONGEST))
    held = accounting.Held(account)
    found, _ = log.verify(place, trust, account.checkpoint or None, progress, held.see)
    return found, held.outcome
