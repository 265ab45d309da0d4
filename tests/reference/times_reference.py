"""How long arrests took, counted row by row: what the database's figures must say. Slow and plain."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from openpars.records.rules.delays import stages
from openpars.records.rules.lifecycle import Event

Past = Mapping[str, datetime | None]
"""arrested_at, sent_at, filed_at, interviewed_at, arraigned_at of one arrest."""

_EVENTS = {
    "arrested_at": Event.ARREST,
    "sent_at": Event.SENDING,
    "filed_at": Event.FILING,
    "interviewed_at": Event.INTERVIEW,
    "arraigned_at": Event.ARRAIGNMENT,
}


def figures(arrests: Iterable[tuple[str, Past]], zone: ZoneInfo) -> dict[tuple[str, str], tuple[object, ...]]:
    """By what and which -> how many, the percentiles in minutes, and how many from 12 and from 20 hours on; of arrests,
    each with its district, that were arraigned after they were made."""
    took: dict[tuple[str, str], list[timedelta]] = {}
    for district, past in arrests:
        begun, ended = past["arrested_at"], past["arraigned_at"]
        assert begun is not None
        assert ended is not None
        if ended < begun:
            continue
        whole = ended - begun
        hour = begun.astimezone(zone).hour
        shift = "night" if hour < 8 else "day" if hour < 16 else "evening"
        column = str(min(int(whole / timedelta(hours=2)) * 2, 48))
        for key in (("all", ""), ("hours", column), ("district", district), ("shift", shift)):
            took.setdefault(key, []).append(whole)
        events = [(event, at) for name, event in _EVENTS.items() if (at := past[name]) is not None]
        for stretch in stages(events, now=ended):
            took.setdefault(("stage", str(stretch.stage)), []).append(stretch.took)
    return {key: _told(found) for key, found in took.items()}


def _told(took: list[timedelta]) -> tuple[object, ...]:
    minutes = sorted(int(each / timedelta(minutes=1)) for each in took)
    ranks = [max(0, -(-len(minutes) * per_cent // 100) - 1) for per_cent in (10, 50, 90, 100)]
    late = [sum(each >= timedelta(hours=hours) for each in took) for hours in (12, 20)]
    return len(took), [minutes[rank] for rank in ranks], *late
