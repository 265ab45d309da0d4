"""The hearings after the arraignment: the next date stands on the arrest until the case has ended."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from openpars.errors import BadInput, Conflict
from openpars.records import actions, queries
from openpars.records.models import Arrest, CourtHearing
from openpars.records.rules.lifecycle import Event
from tests.factories.records import AT, BY, charge, filed, hearing, reported

pytestmark = pytest.mark.django_db
DECIDED = AT + timedelta(hours=9)  # Sunday, March 1, 2026
MONDAY = date(2026, 3, 16)


@pytest.fixture
def arrest() -> UUID:
    """An arrest that is arraigned: its trial is on the day that the rule offers."""
    report = reported()
    filed(report)
    actions.hold_arraignment(arrest=report.arrest, hearing=hearing(DECIDED), by=BY, at=DECIDED)
    return report.arrest


def court_on(arrest: UUID) -> date | None:
    return Arrest.objects.get(pk=arrest).court_on


def test_the_next_date_is_the_one_that_was_set_last(arrest: UUID) -> None:
    assert court_on(arrest) == hearing(DECIDED).next_on
    at = DECIDED + timedelta(days=2)
    actions.put_off_hearing(arrest=arrest, next_on=MONDAY, cause="Counsel is ill.", by=BY, at=at)
    assert court_on(arrest) == MONDAY
    assert Event.HEARING not in {event for event, _ in queries.course(arrest)}
    later = DECIDED + timedelta(days=30)
    actions.hold_hearing(arrest=arrest, heard_on=MONDAY, by=BY, at=later)
    assert court_on(arrest) is None
    assert Event.HEARING in {event for event, _ in queries.course(arrest)}
    rows = CourtHearing.objects.order_by("recorded_at").values_list("outcome", "heard_on", "next_on", "cause")
    assert list(rows) == [
        ("put off", at.date(), MONDAY, "Counsel is ill."),
        ("held", MONDAY, None, ""),
    ]


def test_nothing_is_heard_next_once_every_charge_that_stands_has_come_to_an_outcome() -> None:
    report = reported()
    one, *_ = filed(report)
    other, *_ = actions.file_charges(
        arrest=report.arrest, charges=[charge()], by=BY, at=AT + timedelta(hours=3)
    )
    actions.hold_arraignment(arrest=report.arrest, hearing=hearing(DECIDED), by=BY, at=DECIDED)
    day = DECIDED + timedelta(days=20)
    actions.dispose(charge=one, outcome="Dismissed", disposed_on=day.date(), by=BY, at=day)
    assert court_on(report.arrest) is not None
    actions.withdraw_charge(charge=other, reason="No witness came.", by=BY, at=day)
    assert court_on(report.arrest) is None


@pytest.mark.parametrize(
    ("told", "where"),
    [
        ({"heard_on": date(2031, 1, 1)}, "heard_on"),
        ({"heard_on": MONDAY, "next_on": MONDAY}, "next_on"),
        ({"heard_on": MONDAY, "next_on": date(2026, 3, 22)}, "next_on"),
    ],
)
def test_a_hearing_that_cannot_be_is_refused_at_its_field(arrest: UUID, told, where: str) -> None:
    with pytest.raises(BadInput) as caught:
        actions.hold_hearing(arrest=arrest, **told, by=BY, at=DECIDED + timedelta(days=20))
    assert [problem.where for problem in caught.value.problems] == [where]


@pytest.mark.parametrize(
    ("next_on", "cause", "where"),
    [
        (DECIDED.date(), "Counsel is ill.", "next_on"),
        (date(2026, 3, 22), "Counsel is ill.", "next_on"),
        (MONDAY, " ", "cause"),
        (MONDAY, "x" * 501, "cause"),
    ],
)
def test_a_hearing_is_put_off_to_a_court_day_for_a_cause(
    arrest: UUID, next_on: date, cause: str, where: str
) -> None:
    with pytest.raises(BadInput) as caught:
        actions.put_off_hearing(arrest=arrest, next_on=next_on, cause=cause, by=BY, at=DECIDED)
    assert [problem.where for problem in caught.value.problems] == [where]


def test_nothing_is_heard_before_the_arraignment() -> None:
    report = reported()
    filed(report)
    with pytest.raises(Conflict, match="needs a preliminary arraignment first"):
        actions.hold_hearing(arrest=report.arrest, heard_on=AT.date(), by=BY, at=DECIDED)
    early = AT.date() - timedelta(days=3)
    actions.hold_arraignment(arrest=report.arrest, hearing=hearing(DECIDED), by=BY, at=DECIDED)
    with pytest.raises(Conflict, match="cannot be earlier"):
        actions.hold_hearing(arrest=report.arrest, heard_on=early, by=BY, at=DECIDED)
