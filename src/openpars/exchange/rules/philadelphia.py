"""Philadelphia's new criminal filings (City Controller's open data) and their bail history, row by row.

One filing is one case on one docket with its lead charge. The file gives no names, numbers or arrest
times: keys stand where the numbers were, names are fictional, and the arrest is dated "no later than" the
filing. Where one arrest key meets several incidents or persons, each meeting is an arrest of its own with
the same OTN: nothing that the file joins is lost. A filing without an arrest key is an arrest of its own.
Defendants in this court are charged as adults. Pure.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from decimal import Decimal
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
        Column("first_status", "Bail.status at first_bail_at"),
        Column("last_status", "Bail.status at last_bail_at"),
        Column("outstanding_bail_amount", why_not="follows from amount and posting; negative where refunded"),
        Column("in_custody", "CustodyStatusChange: committed, the place as reason"),
        Column("first_bail_at", "Bail.at"),
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
        Column("in_custody", "CustodyStatusChange: committed, the place as reason"),
    ),
)


def filing(row: dict[str, str], namer: Namer, *, with_bail: bool) -> tuple[str, UUID, tuple[Row, ...]]:
    """The case's key, its arrest's id and the rows of one filing. `with_bail`: the summary of bail that
    the filing carries is taken too (not where the whole history is at hand). Raises Unreadable."""
    case, someone = key(row, "case_key"), key(row, "person_key")
    filed = instant(row, "filed_at", ZONE)
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
    if with_bail:
        rows += _summary(row, case, arrest.id)
    return case, arrest.id, tuple(rows)


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


def set_aside(row: dict[str, str]) -> Iterator[tuple[str, str]]:
    """The column and reason of each cell of a filing that is left out although the row is stored."""
    age = whole(row, "age")
    if age is not None and age not in AGES:
        yield "age", f"not between {AGES[0]} and {AGES[-1]}"


def _summary(row: dict[str, str], case: str, arrest: UUID) -> list[Row]:
    first, last = instant(row, "first_bail_at", ZONE), instant(row, "last_bail_at", ZONE)
    amount = dollars(row, "bail_amount")
    rows = _bail(case, arrest, row["bail_type"], None, row["first_status"], first) if last != first else []
    return (
        rows
        + _bail(case, arrest, row["bail_type"], amount, row["last_status"], last)
        + _custody(case, arrest, row["in_custody"], last)
    )


def bail_change(row: dict[str, str], arrests: Mapping[str, UUID]) -> tuple[Row, ...]:
    """The rows of one line of bail history, for a case whose arrest is known. Raises Unreadable."""
    case = key(row, "case_key")
    arrest = arrests.get(case)
    if arrest is None:
        raise Unreadable("case_key: no filing of this case was read")
    at = instant(row, "bail_at", ZONE)
    amount = dollars(row, "bail_amount")
    told = row["bail_type"].strip() or row["bail_status"].strip() or amount is not None
    if not told and not row["in_custody"].strip():
        raise Unreadable("bail_type, bail_status, bail_amount: all empty")
    rows = _bail(case, arrest, row["bail_type"], amount, row["bail_status"], at)
    return (*rows, *_custody(case, arrest, row["in_custody"], at))


def _bail(case: str, arrest: UUID, kind: str, amount: Decimal | None, status: str, at: datetime) -> list[Row]:
    of = f"{case} {at.isoformat()} {kind} {amount} {status}"
    kept = identify(SOURCE, "bail", of)
    return [BailRow(kept, arrest, kind.strip(), amount, None, status.strip(), at)]


def _custody(case: str, arrest: UUID, place: str, at: datetime) -> list[Row]:
    if not place.strip():
        return []
    kept = identify(SOURCE, "custody", f"{case} {at.isoformat()} {place}")
    return [CustodyRow(kept, arrest, "committed", at, "", place.strip())]
