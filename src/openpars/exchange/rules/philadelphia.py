"""Philadelphia's new criminal filings (City Controller's open data) and their bail history, row by row.

One filing is one case on one docket with its lead charge. The file gives no names, numbers or arrest
times: keys stand where the numbers were, names are fictional, and the arrest is dated "no later than" the
filing. Where one arrest key meets several incidents or persons, each meeting is an arrest of its own with
the same OTN: nothing that the file joins is lost. A filing without an arrest key is an arrest of its own.
Defendants in this court are charged as adults.

What a line becomes depends on that line alone, and what two lines tell alike is one row: filings and bail may come
together or one after the other, as often as one likes. Where lines tell of one person differently, the first holds, and
the others are reported. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from openpars.exchange.rules.cells import Namer, Unreadable, dollars, instant, key, whole
from openpars.exchange.rules.columns import Column, FileSpec
from openpars.records.rules.rows import (
    ArrestRow,
    BailRow,
    ChargeRow,
    CustodyRow,
    IncidentRow,
    PersonRow,
    Row,
    identify,
)

SOURCE = "philadelphia-filings"
ZONE = ZoneInfo("America/New_York")

CONFINED = "confined"
"""What the file tells of custody: a word of its own, for it was so when the file was made, and no desk here answers for
the person."""

AGES = range(10, 121)
"""Ages that somebody charged can have. Another is a slip of the file: the birth date is left unknown."""

FILINGS = FileSpec(
    SOURCE,
    "Philadelphia criminal filings",
    (
        Column("case_key", "Charge.docket_number: a key, where the number was"),
        Column("person_key", "Person.source_key, and the fictional name"),
        Column("filed_at", "Charge.decided_at; Arrest.arrested_at as a bound"),
        Column("age", "Person.birth_date, fictional, of that age when filed"),
        Column("zip", "Person.zip"),
        Column("in_philadelphia", why_not="follows from zip"),
        Column("charge", "Charge.description (filed, approved)"),
        Column("counsel", why_not="a kind of counsel; an arrest names its counsel as a user"),
        Column("bail_type", "Bail.type"),
        Column("bail_amount", "Bail.amount"),
        Column("first_status", why_not="how bail stood at first: the bail history tells it, with its amount"),
        Column("last_status", "Bail.status at last_bail_at"),
        Column("outstanding_bail_amount", why_not="follows from amount and posting; negative where refunded"),
        Column("in_custody", "CustodyStatusChange: confined, the place as reason"),
        Column("first_bail_at", why_not="when bail stood so: the bail history tells it"),
        Column("last_bail_at", "Bail.at"),
        Column("incident_key", "Incident.dc_number: a key, where the number was"),
        Column("arrest_key", "Arrest.otn: a key, where the number was"),
        Column("dist_code", "Incident.district"),
        Column("dc_year", why_not="the year within the incident's number, which the file does not give"),
        Column("court_type", why_not="where the case went later: no element is declared for it"),
        Column("case_status", why_not="where the case stood later: no element is declared for it"),
    ),
)

BAIL = FileSpec(
    SOURCE,
    "Philadelphia bail status history",
    (
        Column("case_key", "the case's arrest"),
        Column("bail_type", "Bail.type"),
        Column("bail_amount", "Bail.amount"),
        Column("bail_status", "Bail.status"),
        Column("bail_at", "Bail.at"),
        Column("outstanding_bail_amount", why_not="follows from amount and posting; negative where refunded"),
        Column("in_custody", "CustodyStatusChange: confined, the place as reason"),
    ),
)


class Filing(NamedTuple):
    """One filing: its case's key, its arrest's id, when it was filed, and its rows."""

    case: str
    arrest: UUID
    filed_at: datetime
    rows: tuple[Row, ...]


def filing(row: dict[str, str], namer: Namer, latest: datetime) -> Filing:
    """A filing, none of whose moments is after `latest`. Raises Unreadable."""
    case, someone = key(row, "case_key"), key(row, "person_key")
    filed = instant(row, "filed_at", ZONE, latest)
    incident, arrested = row["incident_key"].strip(), row["arrest_key"].strip()
    person = _person(row, someone, filed, namer)
    place = identify(SOURCE, "incident", incident) if incident else None
    meeting = f"{arrested} {someone} {incident}" if arrested else case
    arrest = ArrestRow(
        identify(SOURCE, "arrest", meeting),
        person.id,
        filed,
        place,
        arrested,
        "bound",
        source=SOURCE,
        source_key=meeting,
    )
    charge = ChargeRow(
        identify(SOURCE, "charge", case),
        arrest.id,
        1,
        "filed",
        description=key(row, "charge"),
        status="approved",
        decided_at=filed,
        docket_number=case,
    )
    rows: list[Row] = [person, arrest, charge]
    if place is not None:
        district = row["dist_code"].strip()
        rows.append(IncidentRow(place, incident, district=district, source=SOURCE, source_key=incident))
    rows += _bail(row, case, arrest.id, "last_status", "last_bail_at", latest)
    return Filing(case, arrest.id, filed, tuple(rows))


def _person(row: dict[str, str], someone: str, filed: datetime, namer: Namer) -> PersonRow:
    age = whole(row, "age")
    named = namer(f"{SOURCE} {someone}", age if age in AGES else None, filed.date())
    return PersonRow(
        identify(SOURCE, "person", someone),
        named.given_name,
        named.middle_name,
        named.surname,
        birth_date=named.birth_date,
        zip=row["zip"].strip(),
        invented=True,
        source=SOURCE,
        source_key=someone,
    )


class Told:
    """What the rows so far told, to find where a later one tells otherwise: the records keep the first telling.
    Its memory is a few words for each case, person and incident."""

    def __init__(self) -> None:
        self._cases: dict[str, int] = {}
        self._facts: dict[tuple[str, str], str] = {}
        self._births: dict[str, range | None] = {}

    def case(self, row: dict[str, str]) -> None:
        """Take down the row's case. Raises Unreadable where an earlier row told it otherwise."""
        said = hash(tuple(cell.strip() for cell in row.values()))
        if self._cases.setdefault(row["case_key"].strip(), said) != said:
            raise Unreadable("case_key: an earlier row tells this case otherwise")

    def set_aside(self, row: dict[str, str], filed_at: datetime) -> Iterator[tuple[str, str]]:
        """The column and reason of each cell that is left out although its row is stored."""
        someone, incident = row["person_key"].strip(), row["incident_key"].strip()
        age = whole(row, "age")
        if age is not None and age not in AGES:
            age = None
            yield "age", f"not between {AGES[0]} and {AGES[-1]}"
        if self._other_birth(someone, age, filed_at.astimezone(ZONE).date()):
            yield "age", "does not fit an earlier row's of the same person"
        if self._other("zip", someone, row["zip"]):
            yield "zip", "another than an earlier row's of the same person"
        if incident and self._other("dist_code", incident, row["dist_code"]):
            yield "dist_code", "another than an earlier row's of the same incident"

    def _other(self, column: str, key: str, cell: str) -> bool:
        """Whether a cell says something that the first about the same did not."""
        said = cell.strip()
        return self._facts.setdefault((column, key), said) != said != ""

    def _other_birth(self, someone: str, age: int | None, on: date) -> bool:
        """Whether nobody who was as old as the earlier rows say can have been of this age then."""
        born = _births(age, on) if age is not None else None
        known = self._births.setdefault(someone, born)
        if born is None or known is None:
            return born is not known
        both = range(max(known.start, born.start), min(known.stop, born.stop))
        if both:
            self._births[someone] = both
        return not both


def _births(age: int, on: date) -> range:
    """The days on which somebody was born who is `age` then, numbered in years of twelve months of 31 days: a birthday
    comes each 372."""
    today = (on.year * 12 + on.month) * 31 + on.day
    return range(today - 372 * (age + 1) + 1, today - 372 * age + 1)


def bail_change(row: dict[str, str], arrests: Mapping[str, UUID], latest: datetime) -> tuple[Row, ...]:
    """The rows of one line of bail history, for a case whose arrest is known. Raises Unreadable."""
    case = key(row, "case_key")
    arrest = arrests.get(case)
    if arrest is None:
        raise Unreadable("case_key: no filing of this case was read")
    if not any(row[name].strip() for name in ("bail_type", "bail_status", "bail_amount", "in_custody")):
        raise Unreadable("bail_type, bail_status, bail_amount: all empty")
    return _bail(row, case, arrest, "bail_status", "bail_at", latest)


def _bail(
    row: dict[str, str], case: str, arrest: UUID, status: str, at: str, latest: datetime
) -> tuple[Row, ...]:
    """Bail, and the custody that it left somebody in, as the columns `status` and `at` date it."""
    when, amount = instant(row, at, ZONE, latest), dollars(row, "bail_amount")
    kind, said, place = (row[name].strip() for name in ("bail_type", status, "in_custody"))
    of = f"{case} {when.isoformat()}"
    bail = BailRow(
        identify(SOURCE, "bail", f"{of} {kind} {amount} {said}"), arrest, kind, amount, None, said, when
    )
    if not place:
        return (bail,)
    kept = identify(SOURCE, "custody", f"{of} {place}")
    return bail, CustodyRow(kept, arrest, CONFINED, when, "", place)
