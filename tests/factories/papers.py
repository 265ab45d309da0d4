"""A paper of each kind, about invented people."""

from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from typing import Any

from openpars.paper import (
    Accounting,
    AccountLine,
    Arrest,
    ArrestReport,
    Charge,
    Clause,
    CommitmentOrder,
    Complaint,
    Hearing,
    HearingFile,
    Identification,
    Incident,
    Issue,
    Letter,
    NextDate,
    Paper,
    Part,
    Person,
    PlainAgreement,
    Reference,
    ReleaseOrder,
    ReliedOn,
    Signatory,
)

PHILADELPHIA = timezone(timedelta(hours=-5))
AT = datetime(2026, 11, 23, 21, 14, tzinfo=PHILADELPHIA)
COURT = "Municipal Court of Philadelphia"
NUMBERS: dict[str, Any] = {"docket": None, "otn": "U 123456-7", "dc_number": "26-18-000123"}
FACTS = (
    "On the date above, at about 7:05 p.m., officers on foot patrol saw the defendant leave a parked car whose window "
    "had been broken. A bag lay on the seat; its owner had reported it taken ten minutes before.\n"
    "The defendant was stopped forty yards away, with a screwdriver and the bag's strap in hand. "
    "The owner knew the strap again."
)
CHARGES = (
    Charge(number=1, statute="18 § 3934", words="Theft from a motor vehicle", grade="M1", counts=1),
    Charge(number=2, statute="18 § 907", words="Possessing an instrument of crime", grade="M1", counts=1),
    Charge(number=3, statute="18 § 3304", words="Criminal mischief", grade=None, counts=2),
)
CONDITIONS = (
    "Appear at every hearing.",
    "Tell the court of a change of address within 48 hours.",
    "Stay away from the place of the arrest.",
)
NEXT = NextDate(
    at=AT.replace(month=12, day=7, hour=9, minute=0),
    what="Preliminary hearing",
    place="1301 Filbert Street, room 306",
    rule="Pa.R.Crim.P. 540: within 14 days where held",
)


def issue(office: str = "Philadelphia Police Department", **changes: Any) -> Issue:
    """Version 1, made at 9:14 in the evening, of invented people."""
    return replace(Issue(office=office, version=1, made_at=AT, invented=True), **changes)


def person(name: str = "Dana Q. Example") -> Person:
    """Somebody who does not exist."""
    return Person(
        name=name,
        born_on=date(1991, 2, 3),
        sex="female",
        race="white",
        address="12 Nowhere Street, Philadelphia, PA 19100",
        sid=None,
        ppn="1234567",
    )


def complaint(name: str = "Dana Q. Example", facts: str = FACTS) -> Complaint:
    """The District Attorney's charges against `name`."""
    return Complaint(
        issue=issue("District Attorney's Office"),
        court=COURT,
        county="the County of Philadelphia",
        **NUMBERS,
        defendant=person(name),
        charges=CHARGES,
        facts=facts,
        affiant="Det. P. Invented, badge 9999",
        approved_by="A. Madeup, Assistant District Attorney, Charging Unit",
        approved_at=AT,
    )


def arrest_report(name: str = "Dana Q. Example") -> ArrestReport:
    """The police's report of the arrest of `name`."""
    return ArrestReport(
        issue=issue(),
        incident=Incident(
            dc_number="26-18-000123",
            occurred_at=AT - timedelta(hours=2),
            place="3900 block of Nowhere Street",
            district="18th",
            classification="Theft from vehicle",
        ),
        arrest=Arrest(
            otn="U 123456-7",
            at=AT - timedelta(hours=1),
            place="3910 Nowhere Street",
            officers=("P/O R. Fictive, badge 9998", "P/O S. Untrue, badge 9997"),
            warrant=None,
            co_defendants=("U 123456-8",),
        ),
        subject=person(name),
        charges=CHARGES,
        identification=Identification(prints_taken_at=AT, sid=None, ppn="1234567"),
        narrative=FACTS,
        reported_by="P/O R. Fictive, badge 9998",
        reported_at=AT,
    )


def hearing_file(name: str = "Dana Q. Example") -> HearingFile:
    """The cover of the file of `name`."""
    return HearingFile(
        issue=issue("First Judicial District of Pennsylvania"),
        **NUMBERS,
        name=name,
        born_on=date(1991, 2, 3),
        hearing=Hearing(at=AT, magistrate="Hon. M. Imaginary", site="18th District", session="8 p.m."),
        probable_cause=True,
        probable_cause_grounds="The affidavit of probable cause.",
        guideline="ROR",
        recommendation="ROR with telephone reporting",
        decision="Monetary, $2,500.00, 10% deposit",
        conditions=CONDITIONS,
        next_date=NEXT,
        papers=(
            ReliedOn(kind="Criminal complaint", version=1, digest="3f" * 32, made_at=AT),
            ReliedOn(kind="Arrest report", version=2, digest="a7" * 32, made_at=AT),
        ),
    )


def release_order(name: str = "Dana Q. Example") -> ReleaseOrder:
    """The order that `name` go free."""
    return ReleaseOrder(
        issue=issue("First Judicial District of Pennsylvania"),
        court=COURT,
        **NUMBERS,
        name=name,
        born_on=date(1991, 2, 3),
        held_at="18th District",
        bail="Released on own recognizance (ROR)",
        conditions=CONDITIONS,
        next_date=NEXT,
        ordered_by="Hon. M. Imaginary, Arraignment Court Magistrate",
        ordered_at=AT,
    )


def commitment_order(name: str = "Dana Q. Example") -> CommitmentOrder:
    """The order that `name` be held."""
    return CommitmentOrder(
        issue=issue("First Judicial District of Pennsylvania"),
        court=COURT,
        **NUMBERS,
        name=name,
        born_on=None,
        committed_to="Philadelphia Department of Prisons",
        bail="Monetary, $2,500.00, 10% deposit",
        grounds="In default of bail",
        conditions=(),
        next_date=None,
        ordered_by="Hon. M. Imaginary, Arraignment Court Magistrate",
        ordered_at=AT,
    )


def letter(subject: str = "Prints not received for one arrest") -> Letter:
    """A notice from one office to another."""
    return Letter(
        issue=issue("Office of the Records Custodian"),
        to=("Invented County Sheriff", "Records division", "1 Unreal Plaza, Unreal, PA 19000"),
        on=date(2026, 11, 23),
        subject=subject,
        references=(
            Reference(label="OTN", number="U 123456-7"),
            Reference(label="Our reference", number="L-2026-0007"),
        ),
        paragraphs=(
            "For the arrest named above no fingerprints have reached the central repository.",
            "Please send them, or say why none were taken, by November 30, 2026.",
        ),
        signed_by=("C. Unreal", "Records custodian"),
    )


def plain_agreement() -> PlainAgreement:
    """An agreement of two clauses."""
    return PlainAgreement(
        issue=issue("Philadelphia Police Department"),
        name="Arrest records for the Unreal Township Police Department",
        identifier="unreal-township",
        between=("Philadelphia Police Department", "Unreal Township Police Department (ORI ZZ0020000)"),
        first_day=date(2026, 7, 1),
        last_day=date(2026, 12, 31),
        time_zone="America/New_York",
        parts=(
            Part(
                heading="What may be asked, and what is shown",
                clauses=(
                    Clause(
                        number="3.1", words="Its people may ask for this purpose only: investigating a crime."
                    ),
                    Clause(number="3.1", words="They are shown this and no more: name; sex."),
                ),
            ),
            Part(
                heading="Law", clauses=(Clause(number="9.1", words="The courts of the Commonwealth decide."),)
            ),
        ),
        text_digest="a1" * 32,
        plain_digest="b2" * 32,
        signatories=(Signatory(party="Unreal Township Police Department", office="Chief of Police"),),
    )


def accounting() -> Accounting:
    """Two lines of an account, and one that is put off."""
    told = AccountLine(
        words="On November 23, 2026, at 9:14 p.m., Neighbor Township Police was given your name.",
        remarks=("The public log numbers this entry within a second or two.",),
        data=("name", "date of birth"),
        entry="Entry 7 of the public log",
    )
    return Accounting(
        issue=issue("Records custodian"),
        summary="Your records were given 2 times.",
        lines=(told, replace(told, remarks=(), data=(), words="On November 22, 2026, the court read it.")),
        delayed="One more line is put off until January 3, 2027.",
        notes=("A search that found you and gave nothing is no line.",),
        check=("Ask for the file with proofs.", "Run openpars-verify."),
        commands=("curl -fsSO https://unreal.example/log/openpars-verify.pyz", f"python3 x --key {'k' * 88}"),
        complain=("Write to the records custodian.",),
        reference="9c85baec-8cc3-408e-83f8-79f941da86e9",
    )


def papers() -> dict[str, Paper]:
    """One of each kind, by its name."""
    made = (
        complaint(),
        arrest_report(),
        hearing_file(),
        release_order(),
        commitment_order(),
        letter(),
        plain_agreement(),
        accounting(),
    )
    return {paper.kind: paper for paper in made}
