"""What each kind of paper says. No field has a default: who prints a paper cannot forget one.

Moments carry their zone; what is not known is None and prints as "Not recorded". No kind has a field for a victim or a
witness: they stay behind the wall, and prose that names them is its writer's doing.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, get_args

from openpars.paper.accounts import Accounting
from openpars.paper.issue import Issue


@dataclass(frozen=True, kw_only=True)
class Person:
    """The subject of the arrest, as the record describes them: a paper says nothing of what nobody could record."""

    name: str
    born_on: date | None
    sex: str | None
    race: str | None
    address: str | None
    sid: str | None
    ppn: str | None


@dataclass(frozen=True, kw_only=True)
class Charge:
    """One numbered charge; `counts` is how often it is charged."""

    number: int
    statute: str
    words: str
    grade: str | None
    counts: int


@dataclass(frozen=True, kw_only=True)
class Incident:
    """What police were called to, as the DC number knows it."""

    dc_number: str
    occurred_at: datetime | None
    place: str
    district: str
    classification: str


@dataclass(frozen=True, kw_only=True)
class Arrest:
    """Where, when and by whom; `warrant` is the warrant's number, or None for an arrest on sight."""

    otn: str
    at: datetime
    place: str
    officers: tuple[str, ...]
    warrant: str | None
    co_defendants: tuple[str, ...]  # their OTNs


@dataclass(frozen=True, kw_only=True)
class Identification:
    """What fingerprints have shown so far (18 Pa.C.S. 9112)."""

    prints_taken_at: datetime | None
    sid: str | None
    ppn: str | None


@dataclass(frozen=True, kw_only=True)
class Hearing:
    """The preliminary arraignment: when, before whom, where."""

    at: datetime
    magistrate: str
    site: str
    session: str


@dataclass(frozen=True, kw_only=True)
class NextDate:
    """Where and when to appear next, and the rule that the date comes from."""

    at: datetime
    what: str
    place: str
    rule: str


@dataclass(frozen=True, kw_only=True)
class ReliedOn:
    """A paper that a decision relied on, held fast by its digest."""

    kind: str
    version: int
    digest: str
    made_at: datetime


@dataclass(frozen=True, kw_only=True)
class Reference:
    """A number that finds the matter: "OTN", "Docket", "DC number"."""

    label: str
    number: str


@dataclass(frozen=True, kw_only=True)
class Complaint:
    """The criminal complaint as the District Attorney charges it (Pa.R.Crim.P. 504, 1003); `county` is where."""

    kind: ClassVar[str] = "complaint"
    title: ClassVar[str] = "Criminal complaint"

    issue: Issue
    court: str
    county: str
    docket: str | None
    otn: str
    dc_number: str
    defendant: Person
    charges: tuple[Charge, ...]
    facts: str
    affiant: str
    approved_by: str
    approved_at: datetime


@dataclass(frozen=True, kw_only=True)
class ArrestReport:
    """The police's report of the arrest, with the charges that they recommend."""

    kind: ClassVar[str] = "arrest-report"
    title: ClassVar[str] = "Arrest report"

    issue: Issue
    incident: Incident
    arrest: Arrest
    subject: Person
    charges: tuple[Charge, ...]
    identification: Identification
    narrative: str
    reported_by: str
    reported_at: datetime


@dataclass(frozen=True, kw_only=True)
class HearingFile:
    """The cover of a preliminary arraignment's file: what was decided, and on which papers."""

    kind: ClassVar[str] = "hearing-file"
    title: ClassVar[str] = "Preliminary arraignment: the file"

    issue: Issue
    docket: str | None
    otn: str
    dc_number: str
    name: str
    born_on: date | None
    hearing: Hearing
    probable_cause: bool
    probable_cause_grounds: str
    guideline: str | None
    recommendation: str | None
    decision: str
    conditions: tuple[str, ...]
    next_date: NextDate | None
    papers: tuple[ReliedOn, ...]


@dataclass(frozen=True, kw_only=True)
class ReleaseOrder:
    """The order that a held person be released: on which bail, with which conditions."""

    kind: ClassVar[str] = "release-order"
    title: ClassVar[str] = "Order of release"

    issue: Issue
    court: str
    docket: str | None
    otn: str
    dc_number: str
    name: str
    born_on: date | None
    held_at: str
    bail: str
    conditions: tuple[str, ...]
    next_date: NextDate | None
    ordered_by: str
    ordered_at: datetime


@dataclass(frozen=True, kw_only=True)
class CommitmentOrder:
    """The order that a person be held, in default of bail or because bail was denied."""

    kind: ClassVar[str] = "commitment-order"
    title: ClassVar[str] = "Order of commitment"

    issue: Issue
    court: str
    docket: str | None
    otn: str
    dc_number: str
    name: str
    born_on: date | None
    committed_to: str
    bail: str
    grounds: str
    conditions: tuple[str, ...]
    next_date: NextDate | None
    ordered_by: str
    ordered_at: datetime


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A plain official letter from one office to another, or to a person."""

    kind: ClassVar[str] = "letter"
    title: ClassVar[str] = "Letter"

    issue: Issue
    to: tuple[str, ...]
    on: date
    subject: str
    references: tuple[Reference, ...]
    paragraphs: tuple[str, ...]
    signed_by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Clause:
    """One sentence, and the number of the clause that says it."""

    number: str
    words: str


@dataclass(frozen=True, kw_only=True)
class Part:
    """A part of an agreement under its heading."""

    heading: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """A party, and the office that signs for it."""

    party: str
    office: str


@dataclass(frozen=True, kw_only=True)
class PlainAgreement:
    """A data-sharing agreement in plain English, with the digests that its parties sign: of text and words."""

    kind: ClassVar[str] = "agreement"
    title: ClassVar[str] = "Agreement in plain English"

    issue: Issue
    name: str
    identifier: str
    between: tuple[str, ...]
    first_day: date
    last_day: date
    time_zone: str
    parts: tuple[Part, ...]
    text_digest: str
    plain_digest: str
    signatories: tuple[Signatory, ...]


Paper = (
    Complaint
    | ArrestReport
    | HearingFile
    | ReleaseOrder
    | CommitmentOrder
    | Letter
    | Accounting
    | PlainAgreement
)

KINDS: dict[str, type[Paper]] = {made.kind: made for made in get_args(Paper)}
