"""Printed papers handed over by the portal: a disclosure each, to whom the charter shows them."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from openpars import clock
from openpars.agencies.queries import user_named
from openpars.disclosure import known
from openpars.disclosure.models import Disclosure
from openpars.disclosure.rules.request import Asker
from openpars.paper import as_data, from_data, render
from openpars.portal import papers
from openpars.portal.cases import Case, open_case
from openpars.portal.who import Who
from openpars.records import actions
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts, Reported
from tests.factories import agencies as made
from tests.factories import offices
from tests.integration.disclosure.city import fresh_dc, fresh_otn

NAME = "Zebedee 東京 Ævar"


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


def arrested(**facts: object) -> Reported:
    now = clock.now()
    return actions.report_arrest(
        person=PersonFacts(NAME, "Vandersloot", birth_date=date(1979, 8, 2), invented=True),
        incident=IncidentFacts(fresh_dc(), now - timedelta(hours=4), "1 Nowhere Street", "24"),
        arrest=ArrestFacts(now - timedelta(hours=3), fresh_otn(), **facts),
        recommended=[ChargeFacts("18 § 3921 §§ A", "Theft", "M1"), ChargeFacts("18 § 903", "Conspiracy")],
        by="test",
        at=now - timedelta(hours=3),
    )


def opened_by(somebody: made.Enrolled, arrest: object) -> Case:
    user = user_named(somebody.username)
    asker = Asker(user.id, somebody.ori, somebody.office, user.role)
    found = known.agreements_of(asker, fresh=True)
    return open_case(Who(user, asker, found.now(), tuple(found.in_force())), arrest)


def test_a_record_prints_as_complaint_and_report_and_both_are_handed_over(city: offices.Offices) -> None:
    report = arrested()
    ada = city.somebody("district-attorney", "charging ADA")
    case = opened_by(ada, report.arrest)
    assert case.case_number == case.record["dc_number"]
    at = clock.now()
    complaint = papers.complaint(
        case.record,
        papers.recommended(case.record),
        facts="Seen leaving.",
        office="District Attorney of a test",
        court="Court of a test",
        approved_by="A test",
        at=at,
    )
    printed = papers.arrest_report(case.record, office="Police of a test", at=at)
    assert complaint.defendant.name == f"{NAME} Vandersloot"
    assert [charge.words for charge in complaint.charges] == ["Theft", "Conspiracy"]
    assert complaint.issue.invented
    assert from_data(as_data(printed)) == printed
    first = actions.make_paper(arrest=report.arrest, paper=complaint, by=ada.id, at=at)
    actions.make_paper(arrest=report.arrest, paper=printed, by=ada.id, at=at)
    listed = papers.kept(opened_by(ada, report.arrest).record)
    assert {(one.title, one.version) for one in listed} == {("Criminal complaint", 1), ("Arrest report", 1)}

    clerk = city.somebody("court", "clerk")
    client = offices.logged_in(clerk)
    before = Disclosure.objects.filter(user_id=clerk.id).count()
    answer = client.get(f"/papers/{report.arrest}/{first}/")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/pdf"
    assert "no-store" in answer["Cache-Control"]
    assert answer["Content-Disposition"] == f'attachment; filename="paper-{first}.pdf"'
    assert answer.content == render(complaint)
    # The look for the case number, and the paper.
    assert Disclosure.objects.filter(user_id=clerk.id).count() == before + 2


def test_what_is_not_there_and_what_is_not_shown_are_not_found(city: offices.Offices) -> None:
    report = arrested()
    clerk = city.logged_in("court", "clerk")
    assert clerk.get(f"/papers/{report.arrest}/{uuid4()}/").status_code == 404
    assert clerk.get(f"/papers/{uuid4()}/{uuid4()}/").status_code == 404
    # Not this defender's client.
    defender = city.logged_in("defender", "defender")
    assert defender.get(f"/papers/{report.arrest}/{uuid4()}/").status_code == 404


def test_the_paper_page_is_for_the_owners_people() -> None:
    outside = offices.logged_in(made.user())
    assert outside.get(f"/papers/{uuid4()}/{uuid4()}/").status_code == 403
