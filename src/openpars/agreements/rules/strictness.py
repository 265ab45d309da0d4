"""Which of two values of a safeguard is the stricter (section 16 of the file): what an amendment is judged by.

Another word in place of one, where neither is the stricter, counts as weaker both ways: then the owners vote on it.
"""

from collections.abc import Callable, Mapping
from operator import eq, ge, le
from typing import Any

from openpars.agreements.rules.safeguards import SECTIONS, Safeguards

Holds = Callable[[Any, Any], bool]
"""Whether the first value is at least as strict as the second."""


def _fewer(now: Any, before: Any) -> bool:
    return set(now) <= set(before)


def _fewer_or_all(now: Any, before: Any) -> bool:
    # None named: all.
    return not before or (bool(now) and _fewer(now, before))


def _more(now: Any, before: Any) -> bool:
    return set(now) >= set(before)


def _words(now: Any, before: Any) -> bool:
    return True


def _from(*words: str) -> Holds:
    """Words in their order, the loosest first."""
    return lambda now, before: words.index(now) >= words.index(before)


def _redisclosed(now: str, before: str) -> bool:
    # To those named, or to anybody once the owners agree: neither is the stricter.
    return now in ("none", before)


AT_LEAST_AS_STRICT: Mapping[str, Mapping[str, Holds]] = {
    "use": {"permitted": _fewer, "prohibited": _more},
    "redisclosure": {"rule": _redisclosed, "to": _fewer, "refer_to": _words},
    "people": {
        "screening": _from("name", "fingerprints"),
        "training": _from("security", "security-and-privacy"),
        "second_factor": _from("none", "any", "phishing-resistant"),
        "most": le,
        "askers": _fewer_or_all,
        "supervisors": _fewer,
        "approval_lasts_hours": le,
    },
    "security": {
        "encryption": _from("in-transit", "in-transit-and-at-rest"),
        "storage": _from("united-states", "agency"),
        "devices": eq,
        "export_media": _from("encrypted", "none"),
    },
    "audit": {
        "every_months": le,
        "sample": ge,
        "answer_within_hours": le,
        "receiver_keeps_log": ge,
        "receiver_logs": _more,
    },
    "accuracy": {"acknowledge_within_hours": le},
    "individuals": {"notice": _words, "answered_by": eq, "complaints_to": _words},
    "breach": {"notify_within_hours": le, "tells": _more, "assists": ge},
    "suspension": {
        "by": _more,
        "without_cause": ge,
        "queued": _from("held", "dropped"),
        "subscriptions": _from("paused", "ended"),
    },
    "disposition": {"at_end": eq, "certificate_within_hours": le, "keep_at_most_days": le},
    "reporting": {"publish": _from("nothing", "counts", "counts-and-purposes"), "every_months": le},
}
"""Section and field of every safeguard."""


def weaker(now: Safeguards, before: Safeguards) -> bool:
    """Whether something that is promised now is weaker than it was."""
    return any(
        not holds(getattr(getattr(now, section), field), getattr(getattr(before, section), field))
        for section in SECTIONS
        for field, holds in AT_LEAST_AS_STRICT[section].items()
    )


def words(held: Safeguards) -> tuple[str, ...]:
    """What they say in free text, where nothing is stricter than anything else."""
    return tuple(
        getattr(getattr(held, section), field)
        for section in SECTIONS
        for field, holds in AT_LEAST_AS_STRICT[section].items()
        if holds is _words
    )
