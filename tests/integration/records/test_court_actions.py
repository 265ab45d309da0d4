"""The verbs of the court: one decision moves bail, conditions, next date and custody together, or nothing."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import pytest

from openpars.errors import BadInput, Conflict
from openpars.records import actions
from openpars.records.models import (
    Arrest,
    Bail,
    BailCondition,
    BailGuideline,
    BailInterview,
    Charge,
    CustodyStatusChange,
    Disposition,
    PreliminaryArraignment,
)
from openpars.records.rules.bail import BailDecision, BailKind, Recommendation
from openpars.records.rules.conditions import MANDATORY, Condition, ConditionKind
from openpars.records.rules.facts import InterviewFacts, LeadFacts
from openpars.records.rules.grades import OffenseKind
from openpars.records.rules.hearings import next_date
from openpars.records.rules.identifiers import Docket
from openpars.records.rules.lifecycle import Custody
from tests.factories import agencies
from tests.factories.records import AT, BY, ZONE, charge, filed, hearing, reported

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(hours=9)
MONEY = BailDecision(BailKind.MONETARY, Decimal(5000), Decimal(10))
HELD_UNTIL = next_date(LATER, held=True, grade="F2", zone=ZONE).on


@pytest.fixture
def arrest() -> UUID:
    """An arrest whose charges are filed."""
    report = reported()
    filed(report)
    return report.arrest


def decide(arrest: UUID, **changes: object) -> UUID:
    return actions.hold_arraignment(arrest=arrest, hearing=hearing(LATER, **changes), by=BY, at=LATER)


def custody(arrest: UUID) -> tuple[str, str]:
    latest = CustodyStatusChange.objects.filter(arrest_id=arrest).order_by("-changed_at").first()
    return latest.state, latest.owner


def test_a_decision_is_finding_bail_conditions_date_and_custody_at_once(arrest: UUID) -> None:
    away = Condition(ConditionKind.STAY_AWAY, (("place", "the corner of A and B Streets"),))
    decide(arrest, grade="F2", bail=replace(MONEY, conditions=(*MANDATORY, away)), next_on=HELD_UNTIL)
    held = PreliminaryArraignment.objects.get()
    assert (held.probable_cause, held.result, held.next_on) == (True, "bail set", HELD_UNTIL)
    assert held.next_rule.startswith(
        "preliminary hearing, Pa.R.Crim.P. 540(G), 1003(D): within 14 days, held"
    )
    bail = Bail.objects.get()
    assert (bail.type, bail.status, bail.amount, bail.percent) == ("Monetary", "Set", 5000, 10)
    assert BailCondition.objects.get(kind="stay away").detail == {"place": "the corner of A and B Streets"}
    assert BailCondition.objects.count() == len(MANDATORY) + 1
    assert custody(arrest) == ("committed", "court")


def test_without_probable_cause_the_person_is_released(arrest: UUID) -> None:
    decide(arrest, probable_cause=False, bail=None, next_on=None)
    assert custody(arrest) == ("released", "")
    assert not Bail.objects.exists()
    assert PreliminaryArraignment.objects.get().next_rule == ""


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"magistrate": None}, "magistrate"),
        ({"bail": None}, "type"),
        ({"next_on": None}, "next_on"),
        ({"bail": BailDecision(BailKind.NONMONETARY)}, "conditions"),
    ],
)
def test_a_decision_that_is_not_whole_is_refused_at_its_field(arrest: UUID, changes, where) -> None:
    with pytest.raises(BadInput) as caught:
        decide(arrest, **changes)
    assert [problem.where for problem in caught.value.problems] == [where]
    assert not PreliminaryArraignment.objects.exists()
    assert custody(arrest) == ("in custody", "police")


def test_nobody_decides_in_a_magistrates_name(arrest: UUID) -> None:
    with pytest.raises(BadInput, match="magistrate"):
        actions.hold_arraignment(arrest=arrest, hearing=hearing(LATER), by=uuid4(), at=LATER)


def test_the_second_of_two_desks_is_refused(arrest: UUID) -> None:
    seen = Arrest.objects.get(pk=arrest).version
    actions.enter_docket(
        arrest=arrest, docket=Docket.parse("MC-99-CR-0000009-2026"), seen=seen, by=BY, at=LATER
    )
    with pytest.raises(Conflict, match="somebody else"):
        actions.hold_arraignment(arrest=arrest, hearing=hearing(LATER), seen=seen, by=BY, at=LATER)
    assert set(Charge.objects.filter(stage="filed").values_list("docket_number", flat=True)) == {
        "MC-99-CR-0000009-2026"
    }


def test_bail_is_posted_with_what_is_due_and_once(arrest: UUID) -> None:
    with pytest.raises(Conflict, match="first"):
        actions.post_bail(arrest=arrest, amount=Decimal(500), by=BY, at=LATER)
    decide(arrest, grade="F2", bail=MONEY, next_on=HELD_UNTIL)
    with pytest.raises(BadInput, match=r"500\.00"):
        actions.post_bail(arrest=arrest, amount=Decimal("499.99"), by=BY, at=LATER)
    actions.post_bail(arrest=arrest, amount=Decimal(500), by=BY, at=LATER + timedelta(hours=1))
    assert custody(arrest) == ("released", "")
    assert Bail.objects.get(status="Posted").amount == 500
    with pytest.raises(Conflict, match="not yet posted"):
        actions.post_bail(arrest=arrest, amount=Decimal(500), by=BY, at=LATER + timedelta(hours=2))


def moved(arrest: UUID, state: Custody, *, by: UUID | str = BY, reason: str = "Seen.") -> None:
    actions.change_custody(arrest=arrest, state=state, reason=reason, by=by, at=LATER + timedelta(hours=1))


def test_whom_a_magistrate_committed_the_court_alone_moves(arrest: UUID) -> None:
    with pytest.raises(Conflict, match="only a magistrate commits"):
        moved(arrest, Custody.COMMITTED)
    decide(arrest, grade="F2", bail=BailDecision(BailKind.DENIED, conditions=()), next_on=HELD_UNTIL)
    assert custody(arrest) == ("committed", "court")
    with pytest.raises(BadInput, match="why the person is let go"):
        moved(arrest, Custody.RELEASED, reason=" ")
    assert custody(arrest) == ("committed", "court")


def test_a_person_at_liberty_comes_back_by_no_word_of_a_desk(arrest: UUID) -> None:
    decide(arrest)
    for state in Custody:
        with pytest.raises(Conflict):
            moved(arrest, state)
    assert custody(arrest) == ("released", "")


def changed(arrest: UUID, bail: BailDecision | None, *, hours: int = 1, reason: str = "New facts.") -> None:
    actions.set_bail(arrest=arrest, bail=bail, reason=reason, by=BY, at=LATER + timedelta(hours=hours))


def test_a_case_is_decided_once_and_charges_filed_since_are_decided_too(arrest: UUID) -> None:
    with pytest.raises(Conflict, match="first decided at the preliminary arraignment"):
        changed(arrest, MONEY)
    decide(arrest, grade="F2", bail=BailDecision(BailKind.DENIED, conditions=()), next_on=HELD_UNTIL)
    again = LATER + timedelta(hours=1)
    with pytest.raises(Conflict, match="was decided"):
        actions.hold_arraignment(arrest=arrest, hearing=hearing(again), by=BY, at=again)
    assert custody(arrest) == ("committed", "court")
    actions.file_charges(arrest=arrest, charges=[charge()], by=BY, at=again)
    later = again + timedelta(hours=1)
    actions.hold_arraignment(arrest=arrest, hearing=hearing(later), by=BY, at=later)


def test_a_change_of_bail_has_its_reason_and_moves_custody_as_it_says(arrest: UUID) -> None:
    decide(arrest, grade="F2", bail=MONEY, next_on=HELD_UNTIL)
    with pytest.raises(BadInput, match="reason"):
        changed(arrest, BailDecision(BailKind.ROR), reason=" ")
    with pytest.raises(BadInput, match="amount"):
        changed(arrest, BailDecision(BailKind.UNSECURED))
    changed(arrest, BailDecision(BailKind.ROR))
    assert custody(arrest) == ("released", "")
    changed(arrest, None, hours=2, reason="Missed the hearing of March 9.")
    assert custody(arrest) == ("committed", "court")
    revoked = Bail.objects.order_by("at").last()
    assert (revoked.type, revoked.status, revoked.reason) == (
        "ROR",
        "Revoked",
        "Missed the hearing of March 9.",
    )
    at = LATER + timedelta(hours=3)
    moved = {"arrest": arrest, "reason": "Taken to hospital", "by": BY}
    actions.change_custody(**moved, state=Custody.HOSPITAL, at=at)
    changed(arrest, MONEY, hours=4)
    assert custody(arrest) == ("in hospital", "police")
    actions.post_bail(arrest=arrest, amount=Decimal(500), by=BY, at=LATER + timedelta(hours=5))
    assert custody(arrest) == ("released", "")
    assert [bail.status for bail in Bail.objects.order_by("at")] == [
        *("Set", "Posted", "Revoked", "Set", "Posted"),
    ]


def test_guideline_and_recommendation_are_two_facts(arrest: UUID) -> None:
    actions.hold_interview(
        arrest=arrest,
        interview=InterviewFacts("Lives with kin", True, "Two children", "Baker"),
        recommendation=Recommendation(BailKind.ROR, None, "Came to every hearing."),
        lead=LeadFacts("F2", OffenseKind.PERSON),
        by=BY,
        at=LATER,
    )
    learnt, band = BailInterview.objects.get(), BailGuideline.objects.get()
    assert (learnt.recommended_type, learnt.residence_verified) == ("ROR", True)
    assert (band.type, band.low, band.high, band.version) == ("Monetary", 5000, 25000, "1")


def test_only_a_defender_is_counsel(arrest: UUID) -> None:
    for office in ("police", "court"):
        with pytest.raises(BadInput, match="defender"):
            actions.appoint_counsel(arrest=arrest, counsel=agencies.user(office).id, by=BY, at=LATER)
    counsel = agencies.user("defender").id
    actions.appoint_counsel(arrest=arrest, counsel=counsel, by=BY, at=LATER)
    assert Arrest.objects.get(pk=arrest).counsel_id == counsel


def test_a_disposition_is_reported_once(arrest: UUID) -> None:
    charge = Charge.objects.filter(stage="filed").values_list("pk", flat=True).get()
    row = actions.dispose(charge=charge, outcome="Withdrawn", disposed_on=LATER.date(), by=BY, at=LATER)
    tomorrow = LATER.date() + timedelta(days=1)
    with pytest.raises(BadInput, match="future"):
        actions.dispose(charge=charge, outcome="Withdrawn", disposed_on=tomorrow, by=BY, at=LATER)
    actions.report_disposition(disposition=row, by=BY, at=LATER)
    assert Disposition.objects.get().reported_at == LATER
    with pytest.raises(Conflict, match="already"):
        actions.report_disposition(disposition=row, by=BY, at=LATER)


@pytest.mark.parametrize(
    ("outcomes", "refused"),
    [
        (("Guilty", "Guilty"), True),
        (("Guilty", "Dismissed"), True),
        (("Guilty", "Held for court"), True),
        (("Held for court", "Held for court"), True),
        (("Held for court", "Guilty"), False),
        (("Held for court", "Guilty", "Not guilty"), True),
    ],
)
def test_law_a_charge_ends_once(arrest: UUID, outcomes: tuple[str, ...], refused: bool) -> None:
    charge = Charge.objects.filter(stage="filed").values_list("pk", flat=True).get()
    said = {"charge": charge, "disposed_on": LATER.date(), "by": BY, "at": LATER}
    for outcome in outcomes[:-1]:
        actions.dispose(outcome=outcome, **said)
    if not refused:
        actions.dispose(outcome=outcomes[-1], **said)
        return
    with pytest.raises(BadInput, match=r"charge: .*custodian corrects it"):
        actions.dispose(outcome=outcomes[-1], **said)
    assert Disposition.objects.count() == len(outcomes) - 1
