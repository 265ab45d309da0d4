"""Days as people write them here: year-month-day, and no other way. Pure."""

import re
from datetime import date

_WRITTEN = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def written(text: str) -> date:
    """The day that a text names. Raises ValueError for every other way of writing one: Python would also take
    19901231 and 1990-W52-1, which people type by mistake.

    >>> written("1990-12-31")
    datetime.date(1990, 12, 31)
    """
    if not _WRITTEN.fullmatch(text):
        raise ValueError("not written as year-month-day")
    return date.fromisoformat(text)
