"""The records custodian's pages: correct, order, carry out, tell, report."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection

from openpars import clock
from openpars.agencies import queries as agencies
from openpars.agencies.queries import city_day
from openpars.disclosure import actions as door
from openpars.disclosure import notices
from openpars.engine import address
from openpars.records import actions
from openpars.records.models import Arrest, Charge, Correction, CourtOrder, Disposition, Person
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts, Reported
from tests.factories import offices
from tests.integration.disclosure.city import PURPOSE, fresh_dc, fresh_otn, under
from tests.integration.portal.test_printed_papers import opened_by

NUMBER = "CP-99-MD-0000777-2026"


@pytest.fixture
def city() -> offices.Offices:
    return offices.opened()


@contextmanager
def as_the_pages() -> Iterator[None]:
    """The database as the pages' own role has it in service: no privilege on a record."""
    before, pages = dict(connection.settings_dict), address.owner().as_kind("app")
    connection.close()
    connection.settings_dict.update(USER=pages.user, PASSWORD=pages.password)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(USER=before["USER"], PASSWORD=before["PASSWORD"])


def arrested(days: int = 3) -> Reported:
    at = clock.now() - timedelta(days=days)
    return actions.report_arrest(
        person=PersonFacts("Perpetua", "Marrow", birth_date=date(1979, 9, 9), invented=True),
        incident=IncidentFacts(fresh_dc(), at, "1 Nowhere Street", "24"),
        arrest=ArrestFacts(at, fresh_otn()),
        recommended=[ChargeFacts("18 § 3921 §§ A", "Theft", "M1")],
        by="test",
        at=at,
    )


def typed(**changes: str) -> dict[str, str]:
    today = str(city_day(clock.now()))
    return {
        "number": NUMBER,
        "court": "Court of an invented city",
        "ordered_on": today,
        "kind": "whole",
        **changes,
    }


def test_a_correction_is_shown_with_what_was_and_who_is_told(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    agent, _ = under()
    door.open_arrest(asker=agent, purpose=PURPOSE, case_number="N-1", arrest=report.arrest)
    at = f"/custodian/{report.arrest}/"
    page = keeper.get(at).content.decode()
    assert 'value="person.surname"' in page
    assert "Nothing was corrected." in page
    seen = re.search(r'name="seen" value="(\d+)"', page)[1]
    wrong = keeper.post(
        f"{at}correct/", {"column": "person.birth_date", "value": "soon", "why": "Kept words", "seen": seen}
    )
    assert wrong.status_code == 422
    assert 'href="#id_value"' in wrong.content.decode()
    assert 'value="Kept words"' in wrong.content.decode()
    early = {"column": "arrest.arrested_at", "value": "1980-01-01 12:00", "why": "Kept words", "seen": seen}
    worse = keeper.post(f"{at}correct/", early)
    assert worse.status_code == 422
    assert 'href="#id_value"' in worse.content.decode()
    right = {"column": "person.surname", "value": "Marrowe", "why": "A birth certificate.", "seen": seen}
    assert keeper.post(f"{at}correct/", right).status_code == 302
    page = keeper.get(at).content.decode()
    for words in (
        "Marrowe",
        "It said",
        "Marrow",
        "A birth certificate.",
        "Agency of a test",
        agent.agency_ori,
    ):
        assert words in page
    assert keeper.post(f"{at}correct/", right | {"value": "Other"}).status_code == 409


def test_officers_and_how_a_charge_ended_are_corrected_and_what_was_is_kept(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    theft = ChargeFacts("18 § 3921 §§ A", "Theft", "M1")
    (charge,) = actions.file_charges(
        arrest=report.arrest, charges=[theft], by="test", at=clock.now() - timedelta(days=2)
    )
    on = city_day(clock.now()) - timedelta(days=1)
    ended = actions.dispose(charge=charge, outcome="Guilty", disposed_on=on, by="test", at=clock.now())
    at = f"/custodian/{report.arrest}/"
    for column, value in (
        ("arrest.officers", "Falk 2211\r\nMoro 1780"),
        ("arrest.category", "o"),
        (f"disposition.outcome.{ended}", "Not guilty"),
    ):
        page = keeper.get(at).content.decode()
        assert f'value="{column}"' in page
        seen = re.search(r'name="seen" value="(\d+)"', page)[1]
        said = {"column": column, "value": value, "why": "The court's own list.", "seen": seen}
        assert keeper.post(f"{at}correct/", said | {"value": "x" * 5000}).status_code == 422
        answer = keeper.post(f"{at}correct/", said)
        assert answer.status_code == 302, answer.content.decode()[-2000:]
    row = Arrest.objects.get(pk=report.arrest)
    assert (row.officers, row.category) == (["Falk 2211", "Moro 1780"], "O")
    assert Disposition.objects.get(pk=ended).outcome == "Not guilty"
    page = keeper.get(at).content.decode()
    assert "how it ended" in page
    assert page.count("The court&#x27;s own list.") == 3
    assert Correction.objects.get(relation="disposition").arrest_id == report.arrest


def test_an_order_is_entered_looked_at_and_carried_out(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    agent, _ = under()
    door.open_arrest(asker=agent, purpose=PURPOSE, case_number="N-1", arrest=report.arrest)
    at = f"/custodian/{report.arrest}/"
    refused = keeper.post(f"{at}order/", typed(number=""))
    assert refused.status_code == 422
    assert (
        "Nothing is done without one" in refused.content.decode()
        or 'href="#id_number"' in refused.content.decode()
    )
    entered = keeper.post(f"{at}order/", typed())
    assert entered.status_code == 302
    page = keeper.get(entered["Location"]).content.decode()
    for words in ("vanish", "arrests: 1", "charges: 1", agent.agency_ori, "There is no way back"):
        assert words in page
    assert keeper.post(f"{entered['Location']}carry-out/", {"number": "x"}).status_code == 422
    assert Arrest.objects.filter(pk=report.arrest).exists()
    assert keeper.post(f"{entered['Location']}carry-out/", {"number": NUMBER}).status_code == 302
    assert not Person.objects.filter(pk=report.person).exists()
    page = keeper.get(entered["Location"]).content.decode()
    assert "What can still be said" in page
    assert "which had been given the record once, was told to act on it" in page
    pdf = keeper.get(f"{entered['Location']}statement/")
    assert (pdf["Content-Type"], b"Marrow" in pdf.content) == ("application/pdf", False)
    assert "Marrow" not in page
    order = str(CourtOrder.objects.latest("entered_at").pk)
    assert agencies.events(kind="download-paper", most=1)[0].about == {"order": order}
    assert keeper.get(at).status_code == 404
    assert keeper.post(f"{entered['Location']}carry-out/", {"number": NUMBER}).status_code == 409


def test_limited_access_is_carried_out_at_once(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    answer = keeper.post(f"/custodian/{report.arrest}/order/", typed(kind="limited-access"))
    assert answer.status_code == 302
    assert Arrest.objects.get(pk=report.arrest).limited_access_at
    assert NUMBER in keeper.get(f"/custodian/{report.arrest}/").content.decode()


def test_a_notice_is_printed_and_acknowledged_by_whom_it_is_to(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    ada = city.somebody("district-attorney", "charging ADA")
    opened_by(ada, report.arrest)
    keeper.post(f"/custodian/{report.arrest}/order/", typed(kind="limited-access"))
    (notice,) = notices.of(CourtOrder.objects.get(arrest_id=report.arrest).pk)
    theirs = offices.logged_in(ada)
    assert "limited access" in theirs.get("/notices/").content.decode()
    letter = theirs.get(f"/notices/{notice.id}/letter/")
    assert letter["Content-Type"] == "application/pdf"
    assert letter.content.startswith(b"%PDF")
    assert theirs.get(f"/notices/{notice.id}/letter/").content == letter.content
    told = agencies.events(by=str(ada.id), kind="download-paper")
    assert [one.about for one in told] == [{"notice": str(notice.id)}] * 2
    stranger = city.logged_in("court", "clerk")
    assert stranger.get(f"/notices/{notice.id}/letter/").status_code == 404
    assert stranger.post(f"/notices/{notice.id}/acknowledge/").status_code == 409
    assert theirs.post(f"/notices/{notice.id}/acknowledge/").status_code == 302
    assert notices.one(notice.id).acknowledged_at
    assert theirs.post(f"/notices/{notice.id}/acknowledge/").status_code == 409


def test_a_disposition_stands_in_the_list_until_it_is_reported(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    charge = Charge.objects.create(arrest_id=report.arrest, sequence=1, stage="filed", status="approved")
    ended = Disposition.objects.create(charge=charge, outcome="Dismissed", disposed_on=city_day(clock.now()))
    here = f"/custodian/{report.arrest}/"
    assert here in keeper.get("/custodian/").content.decode()
    assert keeper.post(f"{here}report/{ended.pk}/").status_code == 302
    assert Disposition.objects.get(pk=ended.pk).reported_at
    assert here not in keeper.get("/custodian/").content.decode()
    assert keeper.post(f"{here}report/{ended.pk}/").status_code == 409


def test_all_of_it_runs_as_the_pages_role(city: offices.Offices) -> None:
    report, keeper = arrested(), city.logged_in("police", "records custodian")
    theirs = city.somebody("district-attorney", "charging ADA")
    opened_by(theirs, report.arrest)
    ada = offices.logged_in(theirs)
    at = f"/custodian/{report.arrest}/"
    with as_the_pages():
        assert keeper.get("/custodian/").status_code == 200
        right = {"column": "person.surname", "value": "Marrowe", "why": "A birth certificate.", "seen": "1"}
        assert keeper.post(f"{at}correct/", right).status_code == 302
        entered = keeper.post(f"{at}order/", typed())["Location"]
        assert keeper.get(at).status_code == keeper.get(entered).status_code == 200
        notice = re.search(r"/notices/([0-9a-f-]{36})/letter/", ada.get("/notices/").content.decode())[1]
        assert ada.get(f"/notices/{notice}/letter/").status_code == 200
        assert ada.post(f"/notices/{notice}/acknowledge/").status_code == 302
        assert keeper.post(f"{entered}carry-out/", {"number": NUMBER}).status_code == 302
    assert not Arrest.objects.filter(pk=report.arrest).exists()


@pytest.mark.parametrize(
    ("office", "role"), [("police", "officer"), ("court", "magistrate"), ("defender", "defender")]
)
def test_the_room_is_the_custodians_alone(city: offices.Offices, office: str, role: str) -> None:
    other, reference = city.logged_in(office, role), uuid4()
    for place in ("/custodian/", f"/custodian/{reference}/", f"/custodian/orders/{reference}/"):
        assert other.get(place).status_code == 403
    assert other.post(f"/custodian/{reference}/order/", typed()).status_code == 403
