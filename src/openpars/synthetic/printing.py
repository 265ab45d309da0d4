"""The papers of an arrest in the invented city: the arrest report, the complaint, and the order after the arraignment.

They say what the records say, as those who print them from the records would. Pure: who prints keeps them.
"""

from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from openpars.paper import (
    Arrest,
    ArrestReport,
    Charge,
    CommitmentOrder,
    Complaint,
    Identification,
    Incident,
    Issue,
    NextDate,
    Person,
    ReleaseOrder,
)
from openpars.records.rules.arraignment import Hearing, goes_home, rule_words
from openpars.records.rules.bail import BailDecision, BailKind, to_be_paid
from openpars.records.rules.conditions import condition_words
from openpars.records.rules.facts import IncidentFacts
from openpars.records.rules.hearings import SITES
from openpars.synthetic.calibration import Offense
from openpars.synthetic.draws import ZONE
from openpars.synthetic.plan import Life

COURT_BEGINS_AT = time(9)


@dataclass(frozen=True)
class Case:
    """What every paper of an arrest bears. Moments are those at which things were done; `together` are the OTNs of
    those who were arrested for the same before."""

    life: Life
    incident: IncidentFacts
    otn: str
    docket: str
    officer: str
    narrative: str
    arrested_at: datetime
    together: tuple[str, ...]

    @property
    def name(self) -> str:
        """The person's whole name."""
        facts = self.life.person.facts
        return " ".join(filter(None, (facts.given_name, facts.middle_name, facts.surname, facts.suffix)))

    @property
    def person(self) -> Person:
        """The person, as papers describe one."""
        facts = self.life.person.facts
        return Person(
            name=self.name, born_on=facts.birth_date, sex=facts.sex or None, race=facts.race or None,
            address=facts.address or None, sid=facts.sid or None, ppn=facts.photo_number or None,
        )  # fmt: skip


def arrest_report(
    case: Case, *, office: str, warrant: str, prints_at: datetime, at: datetime
) -> ArrestReport:
    """The police's report, with the charges that they recommend."""
    incident, life = case.incident, case.life
    return ArrestReport(
        issue=_issue(office, at),
        incident=Incident(
            dc_number=incident.dc_number or "",
            occurred_at=_here(incident.occurred_at) if incident.occurred_at else None,
            place=incident.location,
            district=incident.district,
            classification=life.scene.lead.words,
        ),
        arrest=Arrest(
            otn=case.otn, at=_here(case.arrested_at), place=life.scene.street, officers=(case.officer,),
            warrant=warrant or None, co_defendants=case.together,
        ),
        subject=case.person,
        charges=_charges(life.offenses),
        identification=Identification(
            prints_taken_at=_here(prints_at), sid=case.person.sid, ppn=case.person.ppn
        ),
        narrative=case.narrative,
        reported_by=case.officer,
        reported_at=_here(at),
    )  # fmt: skip


def complaint(
    case: Case, *, office: str, court: str, county: str, approved_by: str, at: datetime
) -> Complaint:
    """The prosecutor's complaint on the charges that are filed."""
    return Complaint(
        issue=_issue(office, at),
        court=court,
        county=county,
        docket=case.docket,
        otn=case.otn,
        dc_number=case.incident.dc_number or "",
        defendant=case.person,
        charges=_charges(tuple(case.life.offenses[n] for n in case.life.kept)),
        facts=case.narrative,
        affiant=case.officer,
        approved_by=approved_by,
        approved_at=_here(at),
    )


def order(
    case: Case, hearing: Hearing, *, court: str, prison: str, ordered_by: str, at: datetime
) -> ReleaseOrder | CommitmentOrder:
    """What the decision orders: that the person be released, or be held."""
    bail = hearing.bail
    if bail is None:
        raise ValueError("the city's magistrates find probable cause")
    on = at.astimezone(ZONE).date()
    told: dict[str, Any] = {
        "issue": _issue(court, at), "court": court, "docket": case.docket, "otn": case.otn,
        "dc_number": case.incident.dc_number or "", "name": case.name, "born_on": case.person.born_on,
        "bail": _words(bail), "conditions": tuple(condition_words(each) for each in bail.conditions),
        "next_date": _next(hearing, court, at), "ordered_by": ordered_by, "ordered_at": _here(at),
    }  # fmt: skip
    if goes_home(hearing, on):
        site = next((site.words for site in SITES if site.code == hearing.site), "Where the person is held")
        return ReleaseOrder(held_at=site, **told)
    denied = bail.kind is BailKind.DENIED
    grounds = "Bail is denied." if denied else "In default of bail."
    return CommitmentOrder(committed_to=prison, grounds=grounds, **told)


def _issue(office: str, at: datetime) -> Issue:
    return Issue(office=office, version=1, made_at=_here(at), invented=True)


def _charges(offenses: tuple[Offense, ...]) -> tuple[Charge, ...]:
    return tuple(
        Charge(number=number, statute=each.statute, words=each.words, grade=each.grade or None, counts=1)
        for number, each in enumerate(offenses, 1)
    )


def _next(hearing: Hearing, court: str, at: datetime) -> NextDate | None:
    on: date | None = hearing.next_on
    if on is None:
        return None
    what, _, rule = rule_words(hearing, at, ZONE).partition(", ")
    return NextDate(
        at=datetime.combine(on, COURT_BEGINS_AT, ZONE), what=what.capitalize(), place=court, rule=rule
    )


def _words(bail: BailDecision) -> str:
    said = [str(bail.kind)]
    if bail.amount is not None:
        said.append(f"${bail.amount:,.2f}")
    if (paid := to_be_paid(bail)) is not None and bail.percent is not None:
        said.append(f"{bail.percent.normalize():f} per cent to be paid (${paid:,.2f})")
    return ", ".join(said)


def _here(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(microsecond=0)
