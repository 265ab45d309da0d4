"""What this process knows of the agreements that an asker may ask under.

Reading and parsing agreements for each request would cost more than the request. So a process remembers them,
together with the epoch (the last change of any agreement) at which it looked; the guard compares the epoch
inside the disclosure's transaction and refuses a decision made on an older one. Old knowledge can therefore
delay an answer by one more look, and can never release one.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from openpars import clock
from openpars.agreements import queries as agreements
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.terms import Agreement
from openpars.disclosure import queries
from openpars.disclosure.rules.request import Asker
from openpars.errors import Fault


@dataclass(frozen=True)
class Version:
    """An agreement version that is neither suspended nor ended; its term may lie ahead or behind."""

    number: int
    text_hash: str
    agreement: Agreement


@dataclass(frozen=True)
class Known:
    """The versions of one asker's agency as of `epoch`; `offset` is what a demonstration adds to the clock."""

    epoch: int
    offset: timedelta
    versions: Sequence[Version]

    def now(self) -> datetime:
        """The guard's time, near enough to decide on; the guard itself asks the server."""
        return clock.now() + self.offset

    def in_force(self) -> list[InForce]:
        """The versions whose term covers now."""
        at = self.now()
        return [
            InForce(version.number, version.agreement)
            for version in self.versions
            if version.agreement.term.starts_at <= at < version.agreement.term.ends_at
        ]

    def version(self, number: int | None) -> Version:
        """The version of that number."""
        for version in self.versions:
            if version.number == number:
                return version
        raise Fault("A decision names an agreement that is not known.")


_remembered: dict[tuple[str, str, str | None], Known] = {}
_lock = threading.Lock()


def agreements_of(asker: Asker, *, fresh: bool = False) -> Known:
    """What is known for the asker's agency; looked up again if `fresh`, or never looked up before."""
    key = (queries.database(), asker.agency_ori, asker.office)
    remembered = _remembered.get(key)
    if remembered is not None and not fresh:
        return remembered
    # The epoch first: a change between the two look-ups then makes this knowledge too old, never too young.
    epoch, offset = queries.epoch()
    standing = agreements.standing(ori=asker.agency_ori, office=asker.office)
    found = Known(epoch, offset, [Version(s.number, s.text_hash, s.agreement) for s in standing])
    with _lock:
        _remembered[key] = found
    return found
