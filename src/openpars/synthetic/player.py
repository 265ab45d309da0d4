"""The player: performs what the plan says through `records.actions`, each verb by whom the charter lets do it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from openpars.records import actions
from openpars.records.rules.arraignment import Hearing
from openpars.records.rules.bail import BailKind, Recommendation, to_be_paid
from openpars.records.rules.facts import (
    ArrestFacts,
    ChargeFacts,
    IncidentFacts,
    InterviewFacts,
    LeadFacts,
    Reported,
    YouthFacts,
)
from openpars.records.rules.grades import OffenseKind
from openpars.records.rules.hearings import SITES, Session, next_date, next_session
from openpars.records.rules.lifecycle import Custody
from openpars.synthetic import bystanders, printer, sidesteps
from openpars.synthetic.calibration import Kind
from openpars.synthetic.draws import ZONE
from openpars.synthetic.order import Staff
from openpars.synthetic.plan import Act, Life
from openpars.synthetic.scenes import Scene
from openpars.synthetic.staff import COURT, POLICE

Pace = Callable[[datetime], datetime]
"""The instant at which something planned for another is done."""

_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
_APART = 40_009  # between the numbers of two seeds: more than a year's incidents; 25 fit into the DC numbers


@dataclass
class Player:
    """Plays one city of one seed. `performed` counts the acts; victims and witnesses are counted when they are
    written. Papers are printed from `prints_from` on; None: never."""

    seed: int
    by: Staff
    pace: Pace = lambda at: at
    prints_from: datetime | None = None
    performed: int = 0
    victims: int = 0
    witnesses: int = 0
    people: dict[int, UUID] = field(default_factory=dict)
    scenes: dict[int, UUID | None] = field(default_factory=dict)
    reports: dict[int, Reported] = field(default_factory=dict)
    otns: dict[int, list[str]] = field(default_factory=dict)
    asked: dict[int, UUID] = field(default_factory=dict)
    filed: dict[int, UUID] = field(default_factory=dict)
    ended: dict[int, UUID] = field(default_factory=dict)

    def perform(self, life: Life, act: Act, at: datetime) -> None:
        """Do one act of a life, planned for `at`. The acts of a life come in their order."""
        done = _ACTS.get(act) or sidesteps.ACTS[act]
        done(self, life, self.pace(at))
        self.performed += 1

    def _report(self, life: Life, at: datetime) -> None:
        scene, arrested = life.scene, self.pace(life.arrested_at)
        known = self.scenes.get(scene.number)
        counsel = self.by.counsel[life.number % len(self.by.counsel)] if self.by.counsel else None
        warrant = f"W-{self._serial(life.number):07}" if life.category == "T" else ""
        prints_at = arrested + (at - arrested) / 2
        reported = actions.report_arrest(
            person=self.people.get(life.person.number) or life.person.facts,
            incident=known or self.incident(scene),
            arrest=ArrestFacts(
                arrested_at=arrested,
                otn=self.otn(life.number),
                agency_ori=POLICE,
                location=scene.street,
                district=scene.district,
                category=life.category,
                counsel_id=counsel if life.represented else None,
            ),
            recommended=[ChargeFacts(each.statute, each.words, each.grade) for each in life.offenses],
            officers=[printer.officer(life)],
            warrant=warrant,
            narrative=printer.NARRATIVE,
            prints_at=prints_at,
            send=True,
            by=self.by.police,
            at=at,
        )
        self.people[life.person.number] = reported.person
        self.scenes[scene.number] = reported.incident
        self.reports[life.number] = reported
        if known is None and reported.incident is not None:
            bystanders.write(scene, reported.incident, seed=self.seed, by=self.by.police, at=at)
            self.victims, self.witnesses = self.victims + scene.victims, self.witnesses + scene.witnesses
        self.otns.setdefault(scene.number, []).append(self.otn(life.number))
        printer.report(self, life, warrant=warrant, prints_at=prints_at, at=at)

    def incident(self, scene: Scene) -> IncidentFacts:
        """An incident as it is reported."""
        year = f"{scene.occurred_at.astimezone(ZONE):%y}"
        return IncidentFacts(
            dc_number=f"{year}-{scene.district}-{(self.seed * _APART + scene.number) % 10**6:06}",
            occurred_at=self.pace(scene.occurred_at),
            location=scene.street,
            district=scene.district,
            agency_ori=POLICE,
        )

    def docket(self, life: Life) -> str:
        """The number under which its charges are filed."""
        year = self.pace(life.filed_at or life.decided_at).astimezone(ZONE).year
        return f"MC-99-CR-{self._serial(life.number):07}-{year}"

    def otn(self, number: int) -> str:
        """The tracking number of an arrest."""
        return f"{_LETTERS[self.seed // 250 % len(_LETTERS)]}{self._serial(number):07}"

    def _serial(self, number: int) -> int:
        return (self.seed * _APART + number) % 10**7

    def _interview(self, life: Life, at: datetime) -> None:
        lead = life.offenses[0]
        advice = Recommendation(life.bail.kind, life.bail.amount, "As the record suggests.")
        actions.hold_interview(
            arrest=self.reports[life.number].arrest,
            interview=InterviewFacts(
                residence="at the given address",
                residence_verified=life.number % 3 > 0,
                ties="family in the city",
            ),
            recommendation=advice
            if life.bail.kind is not BailKind.DENIED
            else Recommendation(BailKind.MONETARY),
            lead=LeadFacts(lead.grade, _KINDS[lead.kind], open_cases=int(life.again)),
            by=self.by.pretrial,
            at=at,
        )

    def _decide(self, life: Life, at: datetime) -> None:
        """Charges that are not filed are declined, for a reason; filing approves the others. Of a juvenile it is said
        first whether they are charged as an adult."""
        if life.ground and life.kept:
            youth = YouthFacts(life.person.age, tuple(each.statute for each in life.offenses))
            arrest = self.reports[life.number].arrest
            actions.charge_as_adult(
                arrest=arrest, ground=life.ground, youth=youth, by=self.by.prosecutor, at=at
            )
        reason = _TO_JUVENILE_COURT if life.ground == "" else _DECLINED
        for n, charge in enumerate(self.reports[life.number].charges):
            if n not in life.kept:
                actions.decide_charge(
                    charge=charge, decision="declined", reason=reason, by=self.by.prosecutor, at=at
                )

    def _file(self, life: Life, at: datetime) -> None:
        reported = self.reports[life.number]
        charges = [
            ChargeFacts(each.statute, each.words, each.grade, follows=reported.charges[n])
            for n, each in enumerate(life.offenses)
            if n in life.kept
        ]
        self.filed[life.number], *_ = actions.file_charges(
            arrest=reported.arrest,
            charges=charges,
            docket_number=self.docket(life),
            papers=printer.complaint(self, life, at),
            by=self.by.prosecutor,
            at=at,
        )

    def _list(self, life: Life, at: datetime) -> None:
        session = self._session(life)
        actions.list_for_hearing(
            arrest=self.reports[life.number].arrest,
            session_at=session.begins_at,
            site=session.site.code,
            by=self.by.clerk,
            at=at,
        )

    def _session(self, life: Life) -> Session:
        """The session that sits when the person is arraigned."""
        arraigned = self.pace(life.arraigned_at or life.decided_at)
        return next_session(arraigned - timedelta(hours=4), ZONE, SITES[life.scene.number % len(SITES)])

    def _arraign(self, life: Life, at: datetime) -> None:
        session, grade = self._session(life), life.offenses[0].grade
        held = life.released_at != life.arraigned_at
        decided = Hearing(
            self.by.magistrate,
            True,
            grade,
            life.bail,
            next_date(at, held=held, grade=grade, zone=ZONE).on,
            session_at=session.begins_at,
            site=session.site.code,
            parents_told="The mother, by telephone." if life.ground else "",
        )
        arrest, by = self.reports[life.number].arrest, self.by.magistrate
        actions.hold_arraignment(arrest=arrest, hearing=decided, by_agency_ori=COURT, by=by, at=at)
        printer.order(self, life, decided, at)

    def _post(self, life: Life, at: datetime) -> None:
        actions.post_bail(
            arrest=self.reports[life.number].arrest,
            amount=to_be_paid(life.bail) or Decimal(0),
            by_agency_ori=COURT,
            by=self.by.clerk,
            at=at,
        )

    def _confirm(self, life: Life, at: datetime) -> None:
        """Somebody looked: the person is where the record says."""
        if life.arraigned_at is None or at < self.pace(life.arraigned_at):
            where = life.detours.where(at, self.pace)
            self.move(life, where, "seen on the round", POLICE, self.by.supervisor, at)
        else:
            self.move(life, Custody.COMMITTED, "confirmed", COURT, self.by.clerk, at)

    def _put_off(self, life: Life, at: datetime) -> None:
        on = (life.heard_at or at).astimezone(ZONE).date()
        arrest = self.reports[life.number].arrest
        actions.put_off_hearing(arrest=arrest, next_on=on, cause=_PUT_OFF, by=self.by.clerk, at=at)

    def _dispose(self, life: Life, at: datetime) -> None:
        """The hearing is held and the lead charge ends; what becomes of the others is left to the trial court."""
        on, arrest = at.astimezone(ZONE).date(), self.reports[life.number].arrest
        actions.hold_hearing(arrest=arrest, heard_on=on, by=self.by.clerk, at=at)
        self.ended[life.number] = actions.dispose(
            charge=self.filed[life.number],
            outcome=life.outcome,
            disposed_on=on,
            by=self.by.clerk,
            at=at,
        )

    def _tell(self, life: Life, at: datetime) -> None:
        actions.report_disposition(disposition=self.ended[life.number], by=self.by.custodian, at=at)

    def _release(self, life: Life, at: datetime) -> None:
        if life.kept:
            reason = "case ended" if life.released_at == life.heard_at else "bail changed"
            self.move(life, Custody.RELEASED, reason, COURT, self.by.clerk, at)
        else:
            self.move(life, Custody.RELEASED, "charges declined", POLICE, self.by.supervisor, at)

    def move(self, life: Life, state: Custody, reason: str, ori: str, by: UUID, at: datetime) -> None:
        arrest = self.reports[life.number].arrest
        actions.change_custody(arrest=arrest, state=state, reason=reason, by_agency_ori=ori, by=by, at=at)


_KINDS = {
    Kind.PERSON: OffenseKind.PERSON,
    Kind.PROPERTY: OffenseKind.PROPERTY,
    Kind.DRUGS: OffenseKind.DRUGS,
    Kind.WEAPON: OffenseKind.WEAPONS,
    Kind.TRAFFIC: OffenseKind.DUI,
    Kind.ORDER: OffenseKind.ORDER,
}
_PUT_OFF = "The defense asks for time to prepare."
_TO_JUVENILE_COURT = "The case is the juvenile court's (42 Pa.C.S. 6303)."
_DECLINED = "The evidence at hand does not carry this charge."
_ACTS: dict[Act, Callable[[Player, Life, datetime], None]] = {
    Act.REPORT: Player._report,
    Act.CONFIRM: Player._confirm,
    Act.INTERVIEW: Player._interview,
    Act.DECIDE: Player._decide,
    Act.FILE: Player._file,
    Act.LIST: Player._list,
    Act.ARRAIGN: Player._arraign,
    Act.POST: Player._post,
    Act.RELEASE: Player._release,
    Act.PUT_OFF: Player._put_off,
    Act.DISPOSE: Player._dispose,
    Act.TELL: Player._tell,
}
