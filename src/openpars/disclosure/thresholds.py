"""Suspension at once where an agreement's own text asks for it: at a threshold (specs/agreement-file.md, clause 8)."""

from datetime import datetime
from functools import cache

from openpars.agreements import actions, queries
from openpars.agreements.models import Change
from openpars.agreements.rules.watch import in_words, reached
from openpars.disclosure import watching
from openpars.errors import Conflict

BY = "threshold"
"""Who acted, where no person did but the text."""


def suspend_reached(*, at: datetime) -> int:
    """Suspend each agreement in force that has come to a threshold of its own which says so; answers how many. Whoever
    ends such a suspension has decided for that day: its thresholds suspend it again on another day only."""
    done = 0
    for held in watching.held(at=at, that=_may_suspend_itself):
        found = [(one, measured) for one, measured in reached(held, at=at) if one.then == "suspend"]
        if not found or _suspended_since(held.number, watching.midnight(at)):
            continue
        said = "; ".join(in_words(one, measured) for one, measured in found)
        try:
            actions.suspend(number=held.number, grounds=f"{said}.", by=BY, at=at, office=BY)
        except Conflict:
            # Somebody was first.
            continue
        done += 1
    return done


@cache
def _may_suspend_itself(text_hash: str, number: int) -> bool:
    # A text never changes: it is read once.
    return any(one.then == "suspend" for one in queries.agreement(number).thresholds)


def _suspended_since(number: int, since: datetime) -> bool:
    return Change.objects.filter(
        agreement_id=number, verb=Change.Verb.SUSPENDED, by=BY, at__gte=since
    ).exists()
