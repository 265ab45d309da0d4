"""Why an arraignment waits: a reason for a stretch of the time, noted and ended by whoever knows it."""

from datetime import datetime
from uuid import UUID

from openpars.errors import BadInput, Conflict, NotFound, Problem
from openpars.records import queries
from openpars.records.actions.tracing import traced
from openpars.records.actions.writing import insert, read, touch
from openpars.records.models import Delay
from openpars.records.rules.delays import Reason, Segment, problems
from openpars.records.rules.lifecycle import Event

WORDS_LIMIT = 500
"""Most characters of a delay's own words."""


def note_delay(
    *, arrest: UUID, delay: Segment | UUID, ended_at: datetime | None = None, by: UUID | str, at: datetime
) -> UUID:
    """Note a delay of the arrest (a segment), or that one noted before (its id) ended at `ended_at`. Answers its id.

    Raises BadInput naming the fields, NotFound, and Conflict where that delay has ended already."""
    with traced("note_delay", by, at, "delay", arrest=arrest):
        touch(arrest)
        past = queries.course(arrest)
        if isinstance(delay, Segment):
            _check(arrest, delay, past, at)
            noted = {"reason": str(delay.reason), "words": delay.words.strip()}
            times = {"began_at": delay.began_at, "ended_at": delay.ended_at}
            (row,) = insert(Delay, [{"arrest_id": arrest, **noted, **times}])
            return row
        began = Delay.objects.filter(pk=delay, arrest_id=arrest).values_list("began_at", "ended_at").first()
        if began is None:
            raise NotFound("no such delay of this arrest")
        if began[1] is not None:
            raise Conflict("this delay has ended already")
        # Its reason is not read: only its times are compared.
        _check(arrest, Segment(Reason.SYSTEM, began[0], ended_at or at), past, at, itself=delay)
        Delay.objects.filter(pk=delay).update(ended_at=ended_at or at)
        return delay


def _check(
    arrest: UUID,
    segment: Segment,
    past: tuple[tuple[Event, datetime], ...],
    at: datetime,
    itself: UUID | None = None,
) -> None:
    """Raise BadInput where the segment cannot stand beside the arrest's others."""
    kept = read("SELECT id, began_at, ended_at FROM records_delay WHERE arrest_id = %s", arrest)
    others = [Segment(Reason.SYSTEM, began, ended) for row, began, ended in kept if row != itself]
    arrested = min(when for event, when in past if event is Event.ARREST)
    arraigned = min((when for event, when in past if event is Event.ARRAIGNMENT), default=None)
    found = problems(segment, others, arrested, arraigned)
    found += [
        Problem(where, "must not be in the future")
        for where, when in (("began_at", segment.began_at), ("ended_at", segment.ended_at))
        if when is not None and when > at
    ]
    if len(segment.words) > WORDS_LIMIT:
        found.append(Problem("words", f"must be at most {WORDS_LIMIT} characters"))
    if found:
        raise BadInput(found)
