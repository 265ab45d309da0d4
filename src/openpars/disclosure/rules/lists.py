"""The lists that can be asked for: who is held, whose charges wait, who is to be heard.

Each is a condition over the columns of a permit's `arrest` view: what a permit does not show, its lists cannot select
by. `needs` are the elements that the condition and the order read; a permit that lacks one cannot give the list. Of a
list that has `figures`, figures are handed over in place of its arrests.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from openpars.disclosure.rules.figures import TIMES

_ARRAIGNED = "arraigned_at IS NULL AND custody_state IS DISTINCT FROM 'released'"


@dataclass(frozen=True)
class List:
    """A list by its name. `where` takes one parameter, the moment `reach` ago, where there is a reach."""

    words: str
    where: str
    order: str
    needs: frozenset[str]
    reach: timedelta | None = None
    figures: str = ""


def _list(
    words: str, where: str, order: str, needs: str, reach: timedelta | None = None, figures: str = ""
) -> List:
    return List(words, where, order, frozenset(needs.split()), reach, figures)


WEEK = timedelta(days=7)
"""Nobody is held a week without arraignment unseen (48 hours is the constitutional mark), and older arrests without one
are records of the past."""

LISTS: Mapping[str, List] = {
    "held": _list(
        "everyone between arrest and preliminary arraignment",
        f"arrested_at > %s AND {_ARRAIGNED}",
        "arrested_at",
        "arrested_at arraigned_at custody_state",
        WEEK,
    ),
    "charging": _list(
        "arrests whose charges wait for the prosecutor",
        "arrested_at > %s AND charging_state IN ('waiting', 'asked', 'answered', 'approved')",
        "arrested_at",
        "arrested_at charging_state",
        timedelta(days=30),
    ),
    "filed": _list(
        "arrests whose charges were filed lately, latest first",
        "filed_at > %s",
        "filed_at DESC",
        "filed_at",
        WEEK,
    ),
    "desk": _list(
        "arrests that the desk has not finished, or that the prosecutor asks about",
        "arrested_at > %s AND (charging_state IN ('not sent', 'asked') OR prints_taken_at IS NULL OR sid = '')",
        "arrested_at",
        "arrested_at charging_state prints_taken_at sid",
        WEEK,
    ),
    "interviews": _list(
        "people to be interviewed for bail",
        f"arrested_at > %s AND charging_state = 'filed' AND interviewed_at IS NULL AND {_ARRAIGNED}",
        "arrested_at",
        "arrested_at charging_state interviewed_at arraigned_at custody_state",
        WEEK,
    ),
    "hearings": _list(
        "people to be arraigned, by session and site",
        f"arrested_at > %s AND charging_state = 'filed' AND {_ARRAIGNED}",
        "session_at NULLS LAST, site, arrested_at",
        "arrested_at charging_state session_at site arraigned_at custody_state",
        WEEK,
    ),
    "times": _list(
        "how long arrests took to their preliminary arraignment, in figures",
        "arrested_at > %s AND arraigned_at IS NOT NULL",
        "",
        "arrested_at arraigned_at arrest_location:district sent_at filed_at interviewed_at",
        timedelta(days=30),
        TIMES,
    ),
    "clients": _list("own clients, latest first", "true", "arrested_at DESC", "arrested_at"),
    "reports": _list(
        "dispositions not yet reported to the State Police",
        "report_due_from IS NOT NULL",
        "report_due_from",
        "report_due_from",
    ),
}
"""Every list by its name."""
