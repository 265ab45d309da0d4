"""The bytes of an event's entry (specs/event-entry.md): what happened, when and at which door in clear, who and about
what as commitments.

Commitments are translog's (rules/commitment.py), under a 32-byte salt of the event's own. The database writes the
entry (guard.record_event); this says what it must have written, and tells whether what is kept beside it still agrees.
"""

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from openpars.errors import FileMalformed
from openpars.translog.rules import canonical
from openpars.translog.rules.commitment import commit

TYPE = "openpars.event/1"

AT_THE_DOORS: Mapping[str, str] = {
    "log-in": "logged in",
    "log-out": "logged out",
    "session-end": "session ended by itself",
    "page": "asked for a page",
    "verb": "acted on a record or an agreement",
    "api-token": "showed a token to the API",
    "print-paper": "printed a paper",
    "download-paper": "took a paper away as a file",
    "fetch-receipt": "fetched a receipt",
    "open-account": "typed a code for a person's own account",
    "write": "wrote to the records",
}
"""What the pages and the API tell of, in plain words. `page`, `verb` and `api-token` are told of where they are
refused; where they are not, what they do has entries of its own. `write` stands for the trace of an act on records."""

AT_THE_CONSOLE: Mapping[str, str] = {
    "enroll-agency": "enrolled an agency",
    "enroll-user": "enrolled a person",
    "set-password": "set a password",
    "issue-token": "issued a token",
    "revoke-token": "revoked a token",
    "suspend-user": "ended a person's standing",
    "restore-user": "restored a person's standing",
    "unlock-user": "released a username that was locked",
    "migrate": "brought the tables up to a version",
    "rotate-key": "made a new key to follow one of the log's",
    "retire-key": "destroyed a key of the log",
    "distrust-key": "took trust from a key of the log",
    "resume-log": "let the log sign on after it had halted",
    "read-events": "read these events",
    "forget-events": "destroyed what opens old events",
}
"""What only the owner of the database can tell of."""

KINDS: Mapping[str, str] = {**AT_THE_DOORS, **AT_THE_CONSOLE}
DOORS = ("api", "console", "pages")
OUTCOMES = ("done", "refused")

MOST_PER_SOURCE, MOST = 10, 300
"""How many refused events of one kind at one door have entries of their own in a minute: from one address, and from
all. What is beyond is counted, and the count has one entry."""

RETENTION = timedelta(days=3 * 365)
"""How long salts and values are kept beside the entries. The database refuses to lose them within a year (AU-11)."""

Hidden = Mapping[str, object]
"""`who` (a user's id, a word for whoever was at the console, or null), `source` (a network address or null) and `about`
(an object of ids and words): what an entry commits to."""


def hide(hidden: Hidden, salt: bytes) -> dict[str, str]:
    """The commitments to all three, by name."""
    return {name: commit(name, hidden[name], salt) for name in ("who", "source", "about")}


def single(
    *,
    event: UUID,
    kind: str,
    at: str,
    door: str,
    outcome: str,
    agency_ori: str | None,
    commitments: Mapping[str, str],
) -> bytes:
    """The entry of one event. `at` is a stamp in UTC to the millisecond."""
    facts = {"type": TYPE, "event": str(event), "kind": kind, "at": at, "door": door, "outcome": outcome}
    return canonical.encode({**facts, "agency": agency_ori, **commitments})


def several(*, event: UUID, kind: str, at: str, door: str, times: int) -> bytes:
    """The entry of as many refused events of one kind as were beyond the limit in the minute that begins `at`."""
    facts = {"type": TYPE, "event": str(event), "kind": kind, "at": at, "door": door, "outcome": "refused"}
    return canonical.encode({**facts, "times": times})


def says(leaf: bytes, facts: Mapping[str, str | int | None]) -> bool:
    """Whether an entry of an event says these facts."""
    return {"type": TYPE, **facts}.items() <= _told(leaf).items()


def opens(leaf: bytes, hidden: Hidden, salt: bytes) -> bool:
    """Whether what is kept beside an entry is what it commits to."""
    return hide(hidden, salt).items() <= _told(leaf).items()


def _told(leaf: bytes) -> dict[str, object]:
    """What an entry tells; nothing, where it is none of ours."""
    try:
        told = canonical.decode(leaf)
    except FileMalformed:
        return {}
    return told if isinstance(told, dict) else {}
