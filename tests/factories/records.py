"""Invented records for tests: each function makes one thing through the actions, with what the test names."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from itertools import count
from uuid import UUID
from zoneinfo import ZoneInfo

from openpars.records import actions
from openpars.records.models import Arrest
from openpars.records.rules.arraignment import Hearing
from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.booking import Report
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts, Reported
from openpars.records.rules.hearings import next_date
from openpars.records.rules.rows import ArrestRow, Batch, ChargeRow, IncidentRow, PersonRow, identify

BY = "test"
MAGISTRATE = UUID("00000000-0000-4000-8000-00000000000a")
ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
_numbers = count(1)


def person(**facts) -> PersonFacts:
    """Marisol Ibáñez-Keane, born 1990-05-17, or what `facts` say. Invented."""
    given = {"given_name": "Marisol", "surname": "Ibáñez-Keane", "birth_date": date(1990, 5, 17)}
    return PersonFacts(**{**given, "sex": "female", "invented": True, **facts})


def charge(**facts) -> ChargeFacts:
    """A theft."""
    return ChargeFacts(**{"statute": "18 § 3921 §§ A", "description": "Theft", "grade": "M1", **facts})


def incident(**facts) -> IncidentFacts:
    """An incident with a DC number of its own."""
    number = f"26-41-{next(_numbers):06}"
    return IncidentFacts(**{"dc_number": number, "occurred_at": AT, "district": "41", **facts})


def reported(
    *, at: datetime = AT, who: PersonFacts | None = None, charges=None, where=None, **facts
) -> Reported:
    """A reported arrest with one recommended charge."""
    return actions.report_arrest(
        person=who or person(),
        incident=where or incident(),
        arrest=ArrestFacts(arrested_at=at, **{"otn": f"Z{next(_numbers):07}", "category": "O", **facts}),
        recommended=charges if charges is not None else [charge()],
        by=BY,
        at=at,
    )


def sent(report: Reported, *, at: datetime = AT + timedelta(hours=1)) -> UUID:
    """The arrest of `report`, as the desk has sent it."""
    Arrest.objects.filter(pk=report.arrest).update(sent_at=at)
    return report.arrest


def asked(report: Reported, *, at: datetime = AT + timedelta(hours=2)) -> UUID:
    """A question of the prosecutor about `report`, sent before."""
    return actions.ask_police(arrest=sent(report), text="Who saw it?", by=BY, at=at)


def filed(report: Reported, *, at: datetime = AT + timedelta(hours=2)) -> tuple[UUID, ...]:
    """The recommended charges of `report`, approved and filed."""
    for recommended in report.charges:
        actions.decide_charge(charge=recommended, decision="approved", by=BY, at=at)
    answers = [charge(follows=recommended) for recommended in report.charges]
    return actions.file_charges(
        arrest=report.arrest, charges=answers, docket_number="MC-99-CR-0000001-2026", by=BY, at=at
    )


def hearing(at: datetime, **facts) -> Hearing:
    """A magistrate's decision at `at`: probable cause, release on recognizance, the date that the rule offers."""
    offered = next_date(at, held=False, grade="M1", zone=ZONE)
    given = {"magistrate": MAGISTRATE, "probable_cause": True, "grade": "M1", "next_on": offered.on}
    return Hearing(**{**given, "bail": BailDecision(BailKind.ROR), **facts})


def ordered(report: Reported, *, kind: str = "whole", at: datetime = AT, **facts) -> UUID:
    """A court's order to expunge the arrest of `report`, entered and not carried out."""
    given = {"number": "CP-99-MD-0000001-2026", "court": "Court of an invented city", "ordered_on": at.date()}
    return actions.enter_order(**{**given, **facts}, kind=kind, arrest=report.arrest, by=BY, at=at)


def as_reported(arrest: UUID, *, charge: UUID | None = None) -> Report:
    """How an arrest on record reads, for a correction to be held against; of charges, the one that is corrected."""
    row = Arrest.objects.select_related("person", "incident").get(pk=arrest)
    charges = row.charges.filter(pk=charge) if charge else row.charges.all()
    known = {
        kind: {each.name for each in fields(kind)}
        for kind in (PersonFacts, IncidentFacts, ArrestFacts, ChargeFacts)
    }

    def facts(kind, of):
        names = known[kind] & {field.attname for field in of._meta.concrete_fields}
        return kind(**{name: getattr(of, name) for name in names})

    return Report(
        facts(PersonFacts, row.person),
        facts(IncidentFacts, row.incident) if row.incident else IncidentFacts(),
        facts(ArrestFacts, row),
        tuple(facts(ChargeFacts, each) for each in charges),
        row.warrant,
        tuple(row.officers),
        row.prints_taken_at,
    )


def corrected(arrest: UUID, relation: str, column: str, value: str, **facts) -> None:
    """One value of an arrest corrected, or what is wrong with that."""
    given = {"why": "What was typed was wrong.", "by": BY, "at": AT, **facts}
    report = as_reported(arrest, charge=given.get("charge"))
    actions.correct(arrest=arrest, relation=relation, column=column, value=value, report=report, **given)


def batch(source: str = "test", people: int = 3) -> Batch:
    """`people` persons, each arrested once in an incident of its own on one charge."""
    keys = [f"{number}" for number in range(people)]
    return Batch(
        persons=tuple(
            PersonRow(
                identify(source, "person", key),
                "Søren",
                "",
                "Fairbourne",
                birth_date=date(1980, 1, 2),
                invented=True,
                source=source,
                source_key=key,
            )
            for key in keys
        ),
        incidents=tuple(
            IncidentRow(identify(source, "incident", key), f"{source} {key}", source=source, source_key=key)
            for key in keys
        ),
        arrests=tuple(
            ArrestRow(
                identify(source, "arrest", key),
                identify(source, "person", key),
                AT,
                identify(source, "incident", key),
                source=source,
                source_key=key,
            )
            for key in keys
        ),
        charges=tuple(
            ChargeRow(identify(source, "charge", key), identify(source, "arrest", key), 1, "filed")
            for key in keys
        ),
    )
