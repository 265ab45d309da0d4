"""The lists that can be asked for: who is held, whose charges wait, who is to be heard.

Each is a condition over the columns of a permit's `arrest` view: what a permit does not show, its lists cannot select
by. `needs` are the elements that the condition and the order read; a permit that lacks one cannot give the list. Of a
list that has `figures`, figures are handed over in place of its arrests.

Whoever is held stays on a list until the hearing, however long ago the arrest was: the lost prisoner is whom nobody
looks for. Of people at liberty, and of arrests whose custody is not kept here (files from elsewhere tell none, or in
words of their own), the last days alone are work; older ones are records of the past.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from openpars.disclosure.rules.figures import TIMES
from openpars.records.rules.booking import SKEW
from openpars.records.rules.lifecycle import HELD

# An arrest that is dated in the future is a slip of a file, and nobody's prisoner.
_HAPPENED = "arrested_at <= %(now)s"
_HELD = f"custody_state IN ({', '.join(repr(str(state)) for state in sorted(HELD))})"
_RECENT = f"{_HAPPENED} AND ({_HELD} OR arrested_at > %(since)s)"
_TO_ARRAIGN = (
    f"{_HAPPENED} AND ({_HELD} OR (arrested_at > %(since)s AND custody_state IS DISTINCT FROM 'released'))"
    " AND arraigned_at IS NULL"
)


@dataclass(frozen=True)
class List:
    """A list by its name. `where` takes the parameters of `moments`."""

    words: str
    where: str
    order: str
    needs: frozenset[str]
    reach: timedelta = timedelta()
    figures: str = ""

    def moments(self, now: datetime) -> dict[str, date]:
        """The moments by which it selects, now being `now`: the latest of an arrest (a desk's clock may be ahead of
        ours), the earliest of one that it reaches back to, and the last day of what is soon."""
        return {"now": now + SKEW, "since": now - self.reach, "until": (now + WEEK).date()}


def _list(
    words: str, where: str, order: str, needs: str, reach: timedelta = timedelta(), figures: str = ""
) -> List:
    return List(words, where, order, frozenset(needs.split()), reach, figures)


WEEK = timedelta(days=7)

TWO_YEARS = timedelta(days=730)
"""After which most of those who were let go under Pa.R.Crim.P. 519(B) can no longer be charged (42 Pa.C.S. 5552(a)):
until then a complaint that is late stays on its list."""

LISTS: Mapping[str, List] = {
    "held": _list(
        "everyone between arrest and preliminary arraignment",
        _TO_ARRAIGN,
        "arrested_at",
        "arrested_at arraigned_at custody_state",
        WEEK,
    ),
    "charging": _list(
        "arrests whose charges wait for the prosecutor",
        f"{_RECENT} AND charging_state IN ('waiting', 'asked', 'answered', 'approved')",
        "arrested_at",
        "arrested_at charging_state custody_state",
        timedelta(days=30),
    ),
    "filed": _list(
        "arrests whose charges were filed lately, latest first",
        "filed_at > %(since)s",
        "filed_at DESC",
        "filed_at",
        WEEK,
    ),
    "desk": _list(
        "arrests that the desk has not finished, or that the prosecutor asks about",
        f"{_RECENT} AND (charging_state IN ('not sent', 'asked') OR prints_taken_at IS NULL OR sid = '')",
        "arrested_at",
        "arrested_at charging_state prints_taken_at sid custody_state",
        WEEK,
    ),
    "interviews": _list(
        "people to be interviewed for bail",
        f"{_TO_ARRAIGN} AND charging_state = 'filed' AND interviewed_at IS NULL",
        "arrested_at",
        "arrested_at charging_state interviewed_at arraigned_at custody_state",
        WEEK,
    ),
    "hearings": _list(
        "people to be arraigned, by session and site",
        f"{_TO_ARRAIGN} AND charging_state = 'filed'",
        "session_at NULLS LAST, site, arrested_at",
        "arrested_at charging_state session_at site arraigned_at custody_state",
        WEEK,
    ),
    "juveniles": _list(
        "juveniles whose case is open: apart from adults, and off no list until it has ended",
        f"{_HAPPENED} AND juvenile AND ({_HELD} OR custody_state = 'committed' OR court_on IS NOT NULL"
        " OR (arrested_at > %(since)s AND charging_state NOT IN ('filed', 'declined')))",
        "arrested_at",
        "arrested_at arraigned_at custody_state charging_state juvenile court_on",
        TWO_YEARS,
    ),
    "complaints": _list(
        "people released before charges were filed, whose complaint is due",
        f"{_HAPPENED} AND arrested_at > %(since)s AND custody_state = 'released' AND arraigned_at IS NULL"
        " AND charging_state NOT IN ('filed', 'declined')",
        "custody_since",
        "arrested_at custody_state custody_since arraigned_at charging_state",
        TWO_YEARS,
    ),
    "hearings-due": _list(
        "people who were arraigned and are heard within a week, or should have been",
        "court_on <= %(until)s AND arraigned_at IS NOT NULL",
        "court_on, arraigned_at",
        "court_on arraigned_at",
    ),
    "committed": _list(
        "people whom a magistrate has committed, longest unconfirmed first",
        f"{_HAPPENED} AND custody_state = 'committed'",
        "custody_since",
        "arrested_at custody_state custody_since",
    ),
    "times": _list(
        "how long arrests took to their preliminary arraignment, in figures",
        "arrested_at > %(since)s AND arraigned_at IS NOT NULL",
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
