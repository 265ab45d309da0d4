"""What an agreement says, as frozen values. Nothing here reads text, a database or a clock.

Clause numbers in comments are those of specs/agreement-file.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from openpars.agreements.rules.parties import Authority, Owner, Receiver
from openpars.agreements.rules.safeguards import SILENT, Safeguards

FORMAT = "openpars.agreement/1"
"""The only format that this version knows."""


@dataclass(frozen=True)
class Grant:
    """One data element that a permit gives: whole, or only in the coarser form `generalization`."""

    element: str
    generalization: str | None = None

    @property
    def spelling(self) -> str:
        """How a file writes it.

        >>> Grant("birth_date", "year").spelling
        'birth_date:year'
        """
        return f"{self.element}:{self.generalization}" if self.generalization else self.element

    def __str__(self) -> str:
        return self.spelling


@dataclass(frozen=True)
class Hours:
    """In which one may ask, by the agreement's time zone: until just before `closes`, past midnight if need be."""

    opens: time
    closes: time

    @property
    def spelling(self) -> str:
        """How a file writes it, such as 07:00-19:30."""
        return f"{self.opens:%H:%M}-{self.closes:%H:%M}"


@dataclass(frozen=True)
class Rows:
    """Which arrests a permit shows (clause 5.4). The defaults are the narrow ones, except that every charge
    status, district and case is shown unless the text says otherwise. `charged_as_adults`: of juveniles, those alone
    whom the prosecutor charges as adults (42 Pa.C.S. 6302). `own_case`: only of subjects of the open case
    of the asker's agency that the request names. Both days of arrest are included."""

    charge_status: str = "any"
    juveniles: bool = False
    charged_as_adults: bool = False
    limited_access: bool = False
    own_clients: bool = False
    own_case: bool = False
    victims_and_witnesses: bool = False
    districts: frozenset[str] | None = None
    categories: frozenset[str] | None = None
    arrested_from: date | None = None
    arrested_to: date | None = None
    arrested_within_days: int | None = None


@dataclass(frozen=True)
class Permit:
    """One clause that permits. `position` counts from 1 in the order of the text; `office` is set in a
    charter and only there, and so are `roles`, those of the office that it is for (None: all); `ask_by` holds
    alternative sets of keys, each of which must be given together (none: the permit is for opening records,
    or for lists, only); `events` are what may be subscribed to; `exact` takes a name only as it is written; limits
    count per request, per person and day, and for all people together."""

    position: int
    clause: str
    elements: tuple[Grant, ...]
    purposes: tuple[str, ...]
    rows: Rows = Rows()
    office: str | None = None
    roles: frozenset[str] | None = None
    ask_by: tuple[frozenset[str], ...] = ()
    exact: bool = False
    tolerance_years: int = 0
    lists: bool = False
    events: frozenset[str] = frozenset()
    requires: frozenset[str] = frozenset()
    hours: Hours | None = None
    results_per_request: int = 1
    requests_per_person_per_day: int | None = None
    requests_per_day: int | None = None
    results_per_day: int | None = None


@dataclass(frozen=True)
class Prohibition:
    """One clause that forbids. It beats every permit, of this agreement and of any other that is in force for
    the same asker. `shapes` are ways of asking."""

    clause: str
    text: str
    purposes: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    shapes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Duty:
    """What the receiver must do afterwards; `within_hours` from the event that starts it, if there is a
    limit."""

    clause: str
    kind: str
    text: str
    within_hours: int | None = None


@dataclass(frozen=True)
class Threshold:
    """At `at_least` of `measure` comes `then`: a review, or a suspension."""

    clause: str
    measure: str
    at_least: int
    then: str


@dataclass(frozen=True)
class Passage:
    """A clause in words: a notice that goes with every answer."""

    clause: str
    text: str


@dataclass(frozen=True)
class LawClause:
    """A clause of law, in words; `kind` says what it is about where it is one that an agreement should have."""

    clause: str
    text: str
    kind: str | None = None


@dataclass(frozen=True)
class Fee:
    """What the receiver pays a year, in cents; 0 is no fee."""

    clause: str
    cents_a_year: int
    text: str


@dataclass(frozen=True)
class Power:
    """What some roles of an office may do to the records: verbs, each the name of an action. Charters only."""

    clause: str
    office: str
    roles: frozenset[str]
    verbs: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """From the first moment of `first_day` to the last moment of `last_day`, in `time_zone`. No renewal."""

    first_day: date
    last_day: date
    time_zone: str
    review_by: date | None = None

    @cached_property
    def starts_at(self) -> datetime:
        """Local midnight at which `first_day` begins."""
        return _midnight(self.first_day, self.time_zone)

    @cached_property
    def ends_at(self) -> datetime:
        """Local midnight at which the day after `last_day` begins; that instant is outside the term."""
        return _midnight(self.last_day + timedelta(days=1), self.time_zone)


def _midnight(day: date, zone: str) -> datetime:
    # Where clocks skip midnight, fold=0 reads it with the offset before the change, which is the very instant
    # at which the day begins; where midnight comes twice, it is the first one.
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))


@dataclass(frozen=True)
class Agreement:
    """One version of one agreement, whole. `consultation_days` (charters only) are the whole days for which each
    proposal that gives somebody more is open to the public before the owners vote; 0: none. `safeguards` are the
    receiver's: a charter has none to say."""

    identifier: str
    version: int
    kind: str
    title: str
    statement: str
    owners: tuple[Owner, ...]
    votes_needed: int
    authority: Authority
    term: Term
    permits: tuple[Permit, ...]
    receiver: Receiver | None = None
    prohibitions: tuple[Prohibition, ...] = ()
    duties: tuple[Duty, ...] = ()
    thresholds: tuple[Threshold, ...] = ()
    notices: tuple[Passage, ...] = ()
    fee: Fee | None = None
    law: tuple[LawClause, ...] = ()
    powers: tuple[Power, ...] = ()
    consultation_days: int = 0
    safeguards: Safeguards = SILENT

    @cached_property
    def prohibited_elements(self) -> Mapping[str, str]:
        """Element -> the clause that prohibits it."""
        return {name: clause.clause for clause in self.prohibitions for name in clause.elements}

    @cached_property
    def prohibited_purposes(self) -> Mapping[str, str]:
        """Purpose -> the clause that prohibits it."""
        return {name: clause.clause for clause in self.prohibitions for name in clause.purposes}

    @cached_property
    def prohibited_shapes(self) -> Mapping[str, str]:
        """Way of asking -> the clause that prohibits it."""
        return {name: clause.clause for clause in self.prohibitions for name in clause.shapes}

    @cached_property
    def permits_by_office(self) -> Mapping[str | None, tuple[Permit, ...]]:
        """Office (None for an outside agency) -> its permits in the order of the text."""
        sorted_out: dict[str | None, list[Permit]] = {}
        for permit in self.permits:
            sorted_out.setdefault(permit.office, []).append(permit)
        return {office: tuple(permits) for office, permits in sorted_out.items()}

    def permits_for(self, *, office: str | None, role: str | None) -> tuple[Permit, ...]:
        """The permits for somebody of that office and role, in the order of the text. An outside agency's are
        for all its people, unless it names roles of those who may ask."""
        askers = self.safeguards.people.askers
        if self.receiver is not None and askers and role not in askers:
            return ()
        listed = self.permits_by_office.get(None if self.receiver is not None else office, ())
        return tuple(permit for permit in listed if permit.roles is None or role in permit.roles)

    @cached_property
    def oris(self) -> frozenset[tuple[str, str | None]]:
        """Who may ask under it: (ORI, office); office is None for an outside agency."""
        if self.receiver is not None:
            return frozenset({(self.receiver.ori, None)})
        return frozenset((owner.ori, owner.office) for owner in self.owners)

    def granted(self, permit: Permit) -> tuple[Grant, ...]:
        """What `permit` gives once this agreement's own prohibitions are taken off."""
        return tuple(grant for grant in permit.elements if grant.element not in self.prohibited_elements)


def applies(agreement: Agreement, *, ori: str, office: str | None) -> bool:
    """Whether somebody of the agency `ori`, which is the owners' `office` (None: outside), asks under it."""
    return (ori, None if agreement.receiver is not None else office) in agreement.oris


def with_term(agreement: Agreement, first_day: date, last_day: date) -> Agreement:
    """The same agreement for other days, with no review date: for bringing an example into force today."""
    return replace(
        agreement, term=replace(agreement.term, first_day=first_day, last_day=last_day, review_by=None)
    )
