"""What a permit requires beyond words, asked of the real guard: cases that exist, people who are on them, approvals,
hours, and limits of a whole agency. The asker hears one neutral sentence; the reason is for the auditor."""

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import psycopg
import pytest
from django.db import connection

from openpars import clock
from openpars.agreements.rules.safeguards import People, Safeguards
from openpars.agreements.rules.terms import Hours, Rows
from openpars.disclosure import actions, approvals, cases
from openpars.disclosure.models import Disclosure
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.engine import address
from openpars.errors import BadInput, Conflict, NotPermitted
from tests.integration.disclosure.city import (
    PURPOSE,
    Arrested,
    City,
    agreement,
    enforce,
    outsider,
    permit,
    under,
)

ODALYS = Subject("Odalys", "Quimby", date(1988, 4, 17))
CASE = frozenset({"case_number"})


def asked(asker: Asker, case: str = "26-1187", **question: object) -> list[dict[str, object]]:
    said = question or {"name": "Quimby, Odalys", "birth_date": "1988-04-17"}
    return actions.search(asker=asker, purpose=PURPOSE, case_number=case, **said).results


def refused(asker: Asker, case: str = "26-1187", **question: object) -> str:
    """The auditor's reason; the asker's words never differ."""
    with pytest.raises(NotPermitted) as caught:
        asked(asker, case, **question)
    assert str(caught.value).startswith(NotPermitted.neutral)
    return Disclosure.objects.filter(user_id=asker.user_id, outcome="deny").latest("begun_at").reason


def own_case(asker: Asker, number: str = "26-1187", *subjects: Subject) -> object:
    return cases.open_case(number=number, subjects=subjects or (ODALYS,), by=asker.user_id, at=clock.now())


def dc_of(held: Arrested) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT dc_number FROM records_incident WHERE id = %s", [held.arrest.incident_id])
        return str(cursor.fetchone()[0])


# -- rows: own case only


def test_own_case_shows_subjects_of_the_named_open_case_alone(city: City) -> None:
    held, other = city.arrest(), city.arrest("Ilse", "Vandermolen", date(1990, 1, 2))
    asker, _ = under(permit(rows=Rows(own_case=True), requires=CASE))
    number = {"number": held.arrest.otn}
    assert asked(asker, **number) == []
    made = own_case(asker)
    assert [row["arrest"] for row in asked(asker, **number)] == [str(held.arrest.id)]
    assert asked(asker, "26-0000", **number) == []
    assert asked(asker, number=other.arrest.otn) == []
    colleague = outsider(asker.agency_ori)
    assert len(asked(colleague, **number)) == 1
    cases.close_case(case=made, by=colleague.user_id, at=clock.now())
    assert asked(asker, **number) == []


def test_another_agencys_case_of_the_same_number_shows_nobody(city: City) -> None:
    held = city.arrest()
    asker, _ = under(permit(rows=Rows(own_case=True), requires=CASE))
    own_case(outsider())
    assert asked(asker, number=held.arrest.otn) == []


def test_opening_by_reference_asks_the_case_too(city: City) -> None:
    held = city.arrest()
    asker, _ = under(permit(rows=Rows(own_case=True), requires=CASE))
    look = {"asker": asker, "purpose": PURPOSE, "case_number": "26-1187", "arrest": held.arrest.id}
    assert actions.open_arrest(**look).results == []
    own_case(asker)
    assert len(actions.open_arrest(**look).results) == 1


def test_whom_a_case_is_about_is_read_by_no_log_in_role(city: City) -> None:
    own_case(under()[0])
    for kind in ("app", "gateway"):
        with psycopg.connect(**address.owner().as_kind(kind).conninfo(), autocommit=True) as door:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                door.execute("SELECT 1 FROM disclosure_casesubject")
            for function in ("case_people(false)", "case_people(true)"):
                try:
                    (found,) = door.execute(f"SELECT guard.{function}").fetchone()
                except psycopg.errors.InsufficientPrivilege:
                    continue
                assert found == []


def test_cases_are_of_outside_agencies_and_open_once(city: City) -> None:
    asker = outsider()
    made = own_case(asker)
    for who in (asker, outsider(office="police"), outsider(screened_until=date(2020, 1, 1))):
        with pytest.raises(Conflict):
            own_case(who)
    assert [case.id for case in cases.cases_of(asker.agency_ori)] == [made]
    with pytest.raises(Conflict):
        cases.close_case(case=made, by=outsider().user_id, at=clock.now())
    for subjects in ((), (Subject("", "Quimby", date(1988, 4, 17)),)):
        with pytest.raises(BadInput):
            cases.open_case(number="26-2", subjects=subjects, by=asker.user_id, at=clock.now())


def test_an_arrest_finds_the_cases_that_it_is_of_interest_to(city: City) -> None:
    held = city.arrest("Petra", "Lindqvist", date(1970, 5, 6))
    asker = outsider()
    made = own_case(asker, "26-7", Subject("PETRA", "Lindqvist", date(1970, 5, 6)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT case_id, agency_ori, number FROM guard.cases_of(%s)", [held.arrest.id])
        assert (made, asker.agency_ori, "26-7") in cursor.fetchall()


# -- requirements


def test_a_case_must_exist(city: City) -> None:
    held = city.arrest()
    asker, _ = under(permit(requires=CASE | {"case_exists"}))
    assert refused(asker) == "case-unknown"
    dc = dc_of(held)
    for typed in (dc, dc.replace("-", ""), dc.replace("-", " "), held.arrest.otn, held.arrest.otn.lower()):
        assert len(asked(asker, typed)) >= 1, typed
    own_case(asker)
    assert len(asked(asker)) >= 1


def test_nobody_is_shown_who_is_not_on_the_case(city: City) -> None:
    held, other = city.arrest(), city.arrest("Cato", "Ashgrove", date(1980, 1, 2))
    asker, _ = under(permit(requires=CASE | {"case_exists", "subject_on_case"}))
    dc = dc_of(held)
    assert [row["arrest"] for row in asked(asker, dc, number=held.arrest.otn)] == [str(held.arrest.id)]
    assert asked(asker, dc, number=other.arrest.otn) == []
    own_case(asker, "26-9", Subject("Cato", "Ashgrove", date(1980, 1, 2)))
    assert len(asked(asker, "26-9", number=other.arrest.otn)) == 1
    assert asked(asker, "26-9", number=held.arrest.otn) == []


def test_a_supervisor_must_have_approved(city: City) -> None:
    city.arrest()
    kept = Safeguards(people=People(supervisors=("sergeant",), approval_lasts_hours=2))
    asker, _ = under(permit(requires=CASE | {"supervisor_approval"}), safeguards=kept)
    sergeant, colleague = outsider(asker.agency_ori, role="sergeant"), outsider(asker.agency_ori)

    def wanted(case: str = "26-1187", by: Asker = asker) -> UUID:
        return approvals.ask(case_number=case, purpose=PURPOSE, by=by.user_id, at=clock.now())

    def approve(which: UUID, by: Asker = sergeant, hours: int = 8) -> None:
        approvals.approve(approval=which, hours=hours, reason="For a test.", by=by.user_id, at=clock.now())

    assert refused(asker) == "approval-missing"
    made = wanted()
    with pytest.raises(Conflict):
        wanted()
    for who in (colleague, asker, outsider(role="sergeant")):
        with pytest.raises(Conflict):
            approve(made, who)
    with pytest.raises(Conflict):
        approvals.ask(case_number="26-1187", purpose="CrimeProsecution", by=asker.user_id, at=clock.now())
    approve(wanted("26-0000"))
    assert refused(asker) == "approval-missing"
    approve(made)
    assert len(asked(asker)) >= 1
    assert refused(sergeant) == "approval-missing"
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disclosure_approval SET approved_at = approved_at - interval '2 hours' WHERE id = %s",
            [made],
        )
    assert refused(asker) == "approval-missing"
    again = wanted()
    approve(again, hours=1)
    assert len(asked(asker)) >= 1
    approvals.withdraw(approval=again, by=sergeant.user_id, at=clock.now())
    assert refused(asker) == "approval-missing"
    for act in (
        lambda: approvals.withdraw(approval=again, by=sergeant.user_id, at=clock.now()),
        lambda: approve(again),
    ):
        with pytest.raises(Conflict):
            act()


@pytest.mark.parametrize("wrong", [{"hours": 0}, {"hours": 721}, {"reason": " "}, {"reason": "x" * 301}])
def test_an_approval_has_hours_and_a_reason(city: City, wrong: dict[str, object]) -> None:
    with pytest.raises(BadInput):
        approvals.approve(
            **{"approval": uuid4(), "hours": 1, "reason": "x", "by": uuid4(), "at": clock.now(), **wrong}
        )


def test_hours_of_the_day(city: City) -> None:
    city.arrest()
    local = clock.now().astimezone(ZoneInfo("America/New_York"))
    hour = timedelta(hours=1)
    around = Hours(
        (local - hour).time().replace(second=0, microsecond=0),
        (local + hour).time().replace(second=0, microsecond=0),
    )
    assert len(asked(under(permit(hours=around))[0])) >= 1
    outside = Hours(around.closes, around.opens)
    assert refused(under(permit(hours=outside))[0]) == "outside-hours"


# -- limits


def test_requests_of_a_day_are_the_agencys(city: City) -> None:
    asker, _ = under(permit(requests_per_day=2))
    colleague = outsider(asker.agency_ori)
    asked(asker)
    asked(colleague)
    assert refused(asker) == refused(colleague) == "limit-reached"


def test_results_of_a_day_are_counted_before_they_are_handed_over(city: City) -> None:
    for _ in range(3):
        city.arrest("Aurelio", "Pangborn", date(1993, 3, 3))
    question = {"name": "Pangborn, Aurelio", "birth_date": "1993-03-03"}
    asker, _ = under(permit(results_per_day=4))
    assert len(asked(asker, **question)) == 3
    assert refused(asker, **question) == "limit-reached"
    assert asked(asker, name="Nobody, Such", birth_date="1901-01-01") == []


def test_law_what_a_permit_keeps_of_a_days_use_is_what_it_disclosed(city: City) -> None:
    """The guard keeps count; counted anew from the disclosures, it is the same, whatever was refused on the way."""
    for _ in range(2):
        city.arrest("Benedikt", "Oyelaran", date(1984, 8, 9))
    question = {"name": "Oyelaran, Benedikt", "birth_date": "1984-08-09"}
    asker, number = under(permit(requests_per_day=5, results_per_day=5))
    for _ in range(2):
        assert len(asked(asker, **question)) == 2
    assert refused(asker, **question) == "limit-reached"
    assert asked(asker, name="Nobody, Such", birth_date="1901-01-01") == []
    with psycopg.connect(**address.owner().conninfo()) as owner:
        kept = owner.execute(
            "SELECT requests, results FROM guard.day_use WHERE starts_with(schema, %s)",
            [f"agreement_{number}_"],
        ).fetchall()
    counted = list(Disclosure.objects.filter(number=number).values_list("record_count", flat=True))
    assert kept == [(len(counted), sum(counted))] == [(3, 4)]


def test_no_more_different_people_than_agreed(city: City) -> None:
    asker, _ = under(safeguards=replace(Safeguards(), people=People(most=2)))
    second, third = outsider(asker.agency_ori), outsider(asker.agency_ori)
    asked(asker)
    asked(second)
    assert refused(third) == "too-many-people"
    asked(asker)
    asked(second)


def test_only_people_of_the_roles_that_are_named_ask(city: City) -> None:
    city.arrest()
    asker, _ = under(safeguards=replace(Safeguards(), people=People(askers=("agent", "analyst"))))
    clerk = outsider(asker.agency_ori, role="clerk")
    assert asked(asker)
    assert refused(clerk) == "no-agreement"
    # Whoever claims a role at the door that the register does not know of is told no by the database.
    assert refused(replace(clerk, role="agent")) == "no-standing"
    assert asked(outsider(asker.agency_ori, role="analyst"))


def test_a_later_version_gives_back_nothing_that_is_used_up(city: City) -> None:
    """A narrowing takes effect without the votes, and a clause may get another number by it."""
    held = city.arrest("Maren", "Oxblood", date(1991, 2, 3))
    question = {"number": held.arrest.otn}
    for limit, people in (
        ({"requests_per_person_per_day": 2}, 9),
        ({"requests_per_day": 2}, 9),
        ({"results_per_day": 2}, 9),
        ({}, 1),
    ):
        asker = outsider()
        terms = agreement(
            asker.agency_ori, permit(**limit), safeguards=replace(Safeguards(), people=People(most=people))
        )
        enforce(terms)
        for _ in range(2):
            assert len(asked(asker, **question)) == 1
        second = asker if limit else outsider(asker.agency_ori)
        reason = refused(second, **question)
        assert reason == ("limit-reached" if limit else "too-many-people")
        narrower = replace(permit(**limit), clause="3.9", results_per_request=4)
        enforce(replace(terms, version=2, permits=(narrower,)))
        assert refused(second, **question) == reason
        if not limit:
            assert len(asked(asker, **question)) == 1


def test_a_limit_that_is_new_counts_what_was_asked_without_it_that_day(city: City) -> None:
    asker = outsider()
    terms = agreement(asker.agency_ori, permit())
    enforce(terms)
    for _ in range(2):
        asked(asker)
    enforce(replace(terms, version=2, permits=(permit(requests_per_day=3),)))
    asked(asker)
    assert refused(asker) == "limit-reached"


# -- names as they are written


def test_an_exact_permit_knows_no_name_that_sounds_alike(city: City) -> None:
    city.arrest("Catherine", "Szymborska", date(1977, 3, 4))
    alike = {"name": "Szymborsky, Katherine", "birth_date": "1977-03-04"}
    exact, number = under(permit(exact=True))
    assert len(asked(under()[0], **alike)) == 1
    assert asked(exact, **alike) == []
    assert len(asked(exact, name="SZYMBORSKA, Catherine", birth_date="1977-03-04")) == 1
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_schema = %s AND table_name = 'arrest'",
            [f"agreement_{number}_1"],
        )
        assert not {"surname_sound", "given_sound", "surname_head", "name_text"} & {
            row[0] for row in cursor.fetchall()
        }
