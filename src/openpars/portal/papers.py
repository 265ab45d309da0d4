"""From an opened record to the papers that it prints, and to the list of those that were printed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.utils import timezone

from openpars.agreements.rules.terms import Agreement
from openpars.errors import IdentifierMalformed
from openpars.paper import (
    KINDS,
    Arrest,
    ArrestReport,
    Charge,
    Complaint,
    Identification,
    Incident,
    Issue,
    Person,
)
from openpars.portal.showing import instant, local
from openpars.records.rules import grades
from openpars.records.rules.identifiers import DCNumber

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Kept:
    """A printed paper of an arrest, as a page lists it."""

    paper: str
    title: str
    version: int
    made_at: str
    digest: str


def kept(record: Record) -> tuple[Kept, ...]:
    """The printed papers of a record, latest first."""
    rows = sorted(record.get("paper", ()), key=lambda row: str(row["paper_made_at"]), reverse=True)
    return tuple(
        Kept(
            paper=str(row["paper_reference"]),
            title=KINDS[row["paper_kind"]].title if row["paper_kind"] in KINDS else str(row["paper_kind"]),
            version=int(row["paper_version"]),
            made_at=_words(row["paper_made_at"]),
            digest=str(row["paper_digest"]),
        )
        for row in rows
    )


def next_version(record: Record, kind: str) -> int:
    """The version that the next paper of that kind bears."""
    versions = [int(row["paper_version"]) for row in record.get("paper", ()) if row["paper_kind"] == kind]
    return max(versions, default=0) + 1


def issue(record: Record, kind: str, *, office: str, at: datetime) -> Issue:
    """Whose paper, and which version: the next one of its kind."""
    return Issue(
        office=office,
        version=next_version(record, kind),
        made_at=here(at),
        invented=bool(record.get("invented")),
    )


def complaint(
    record: Record,
    charges: Sequence[Charge],
    *,
    facts: str,
    office: str,
    court: str,
    approved_by: str,
    at: datetime,
) -> Complaint:
    """The criminal complaint on these charges, for these facts."""
    dockets = [str(row["docket_number"]) for row in record.get("charge", ()) if row.get("docket_number")]
    return Complaint(
        issue=issue(record, Complaint.kind, office=office, at=at),
        court=court,
        county=settings.COUNTY,
        docket=dockets[0] if dockets else None,
        otn=_text(record, "otn"),
        dc_number=_text(record, "dc_number"),
        defendant=person(record),
        charges=tuple(charges),
        facts=facts,
        affiant=next(iter(record.get("officers") or ()), "The arresting officer"),
        approved_by=approved_by,
        approved_at=here(at),
    )


def arrest_report(record: Record, *, office: str, at: datetime) -> ArrestReport:
    """The police's report of the arrest, with the charges that they recommend."""
    officers = tuple(str(officer) for officer in record.get("officers") or ())
    charges = recommended(record)
    lead = charges[grades.lead([charge.grade or "" for charge in charges])] if charges else None
    return ArrestReport(
        issue=issue(record, ArrestReport.kind, office=office, at=at),
        incident=Incident(
            dc_number=_text(record, "dc_number"),
            occurred_at=_moment(record, "occurred_at"),
            place=_text(record, "incident_location"),
            district=_district(_text(record, "dc_number")),
            classification=lead.words if lead else "",
        ),
        arrest=Arrest(
            otn=_text(record, "otn"),
            at=_moment(record, "arrested_at") or here(at),
            place=_text(record, "arrest_location"),
            officers=officers,
            warrant=record.get("warrant") or None,
            co_defendants=tuple(str(otn) for otn in record.get("co_defendants") or () if otn),
        ),
        subject=person(record),
        charges=charges,
        identification=Identification(
            prints_taken_at=_moment(record, "prints_taken_at"),
            sid=record.get("sid") or None,
            ppn=record.get("photo_number") or None,
        ),
        narrative=_text(record, "narrative"),
        reported_by=officers[0] if officers else "The arresting officer",
        reported_at=_moment(record, "sent_at") or _moment(record, "arrested_at") or here(at),
    )


def arresting(record: Record, agreement: Agreement | None) -> str:
    """The agency that made the arrest, by its name among the owners, else by its ORI."""
    agency = str(record.get("arrest_agency") or "")
    named = {owner.ori: owner.name for owner in agreement.owners} if agreement else {}
    return named.get(agency, agency)


def recommended(record: Record) -> tuple[Charge, ...]:
    """The charges that police recommend, as a paper numbers them: not those that were withdrawn."""
    rows = [row for row in record.get("charge", ()) if row["charge_stage"] == "recommended"]
    return numbered([row for row in rows if row["charge_status"] != "withdrawn"])


def filed(record: Record) -> tuple[Charge, ...]:
    """The filed charges that stand."""
    rows = record.get("charge", ())
    return numbered(
        [row for row in rows if row["charge_stage"] == "filed" and row["charge_status"] == "approved"]
    )


def numbered(rows: Sequence[Record]) -> tuple[Charge, ...]:
    """Charges of an answer, numbered from one."""
    return tuple(
        Charge(
            number=number,
            statute=str(row.get("statute") or ""),
            words=str(row.get("charge_description") or ""),
            grade=row.get("grade") or None,
            counts=int(row.get("charge_count") or 1),
        )
        for number, row in enumerate(rows, 1)
    )


def person(record: Record) -> Person:
    """The person arrested, as far as the record tells."""
    parts = ("given_name", "middle_name", "surname", "suffix")
    born = record.get("birth_date")
    return Person(
        name=" ".join(str(record[part]) for part in parts if record.get(part)),
        born_on=date.fromisoformat(str(born)) if born else None,
        sex=record.get("sex") or None,
        race=record.get("race") or None,
        address=record.get("address") or None,
        sid=record.get("sid") or None,
        ppn=record.get("photo_number") or None,
    )


def here(at: datetime) -> datetime:
    """The moment in the city's zone, to the second, as papers print it."""
    return timezone.localtime(at).replace(microsecond=0)


def _moment(record: Record, name: str) -> datetime | None:
    at = instant(record.get(name))
    return here(at) if at else None


def _text(record: Record, name: str) -> str:
    return str(record.get(name) or "")


def _words(value: object) -> str:
    at = instant(value)
    return local(at) if at else ""


def _district(dc_number: str) -> str:
    """The district that a DC number names; empty where it is none."""
    try:
        return f"{DCNumber.parse(dc_number).district:02}"
    except IdentifierMalformed:
        return ""
