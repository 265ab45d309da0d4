"""Attacks through cases and approvals: by somebody of an agency who would learn who is in the records, or do without
the supervisor. Each test is one attack, by name; each must fail, and tell nothing by how it fails."""

from datetime import date, timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from openpars import clock
from openpars.agencies import actions as agencies
from openpars.agreements.rules.safeguards import People, Safeguards
from openpars.disclosure import actions, approvals, cases, gateway, known, subscriptions
from openpars.disclosure.models import AgencyCase, Approval
from openpars.disclosure.rules.request import Asker
from openpars.disclosure.rules.subjects import Subject
from openpars.engine import address
from openpars.errors import Conflict, NotPermitted
from tests.integration.disclosure.city import PURPOSE, City, outsider, permit, under
from tests.integration.disclosure.test_feed import again
from tests.integration.disclosure.test_feed_of_cases import TELLS, follows, fresh_surname, opened
from tests.integration.disclosure.test_streams import port, stream

__all__ = ["port"]

SUPERVISED = Safeguards(people=People(supervisors=("sergeant",), approval_lasts_hours=8))
STRICT = permit(requires=frozenset({"case_number", "supervisor_approval"}))
CASE = "26-1187"


@pytest.fixture
def squad(city: City) -> tuple[Asker, Asker]:
    """Somebody who must be approved, and their sergeant."""
    city.arrest()
    asker, _ = under(STRICT, safeguards=SUPERVISED)
    return asker, outsider(asker.agency_ori, role="sergeant")


def wanted(by: Asker, case: str = CASE) -> UUID:
    return approvals.ask(case_number=case, purpose=PURPOSE, by=by.user_id, at=clock.now())


def grant(which: UUID, by: Asker, hours: int = 8) -> None:
    approvals.approve(approval=which, hours=hours, reason="For a test.", by=by.user_id, at=clock.now())


def answered(asker: Asker) -> bool:
    """Whether a search in the case is let through."""
    try:
        actions.search(
            asker=asker, purpose=PURPOSE, case_number=CASE, name="Quimby, Odalys", birth_date="1988-04-17"
        )
    except NotPermitted:
        return False
    return True


# -- enumeration by the subjects of a case


def test_naming_somebody_tells_nothing_whoever_they_are(city: City) -> None:
    """In the records, hidden there, or nowhere: the same answer, the same statements, the same entry but for ids."""
    there = city.arrest("Petra", "Lindqvist", date(1970, 5, 6))
    city.arrest("Veda", "Ashgrove", date(2010, 2, 2), juvenile=True)
    asker = outsider()
    entries, statements = set(), set()
    for place, subject in enumerate(
        [
            Subject("Petra", "Lindqvist", date(1970, 5, 6)),
            Subject("Veda", "Ashgrove", date(2010, 2, 2)),
            Subject("Nobody", "Suchone", date(1970, 5, 6)),
            Subject(otn=there.arrest.otn),
            Subject(otn="Z0000000"),
        ]
    ):
        with CaptureQueriesContext(connection) as seen:
            made = cases.open_case(number=f"26-{place}", subjects=[subject], by=asker.user_id, at=clock.now())
        statements.add(tuple(query["sql"].partition("(")[0] for query in seen.captured_queries))
        with connection.cursor() as cursor:
            cursor.execute("SELECT convert_from(leaf, 'UTF8') FROM translog_pending ORDER BY id DESC LIMIT 1")
            (leaf,) = cursor.fetchone()
        assert str(made) in leaf
        entries.add(len(leaf))
    assert len(statements) == len(entries) == 1


def test_an_arrest_of_others_and_none_at_all_are_refused_alike(city: City) -> None:
    held, asker, stranger = city.arrest(), outsider(), under()[0]
    actions.open_arrest(asker=stranger, purpose=PURPOSE, case_number=CASE, arrest=held.arrest.id)
    words = set()
    for arrest in (held.arrest.id, uuid4()):
        with pytest.raises(Conflict) as caught:
            cases.open_case(number=CASE, subjects=[Subject(arrest=arrest)], by=asker.user_id, at=clock.now())
        words.add(str(caught.value))
    assert len(words) == 1
    assert not AgencyCase.objects.filter(agency_ori=asker.agency_ori).exists()


def test_a_case_is_about_no_more_than_fifty_however_they_are_added(city: City) -> None:
    asker = outsider()
    many = [Subject(otn=f"Z{number:07}") for number in range(50)]
    made = cases.open_case(number=CASE, subjects=many, by=asker.user_id, at=clock.now())
    with pytest.raises(Conflict):
        cases.add_subjects(case=made, subjects=[Subject(otn="Z9999999")], by=asker.user_id, at=clock.now())
    assert AgencyCase.objects.get(pk=made).subjects.count() == 50


def test_another_agencys_case_is_neither_added_to_nor_closed_nor_seen(city: City) -> None:
    asker, stranger = outsider(), outsider()
    made = cases.open_case(number=CASE, subjects=[Subject(otn="Z1234567")], by=asker.user_id, at=clock.now())
    for act in (
        lambda: cases.add_subjects(
            case=made, subjects=[Subject(otn="Z7654321")], by=stranger.user_id, at=clock.now()
        ),
        lambda: cases.close_case(case=made, by=stranger.user_id, at=clock.now()),
    ):
        with pytest.raises(Conflict):
            act()
    assert cases.cases_of(stranger.agency_ori) == ()


@pytest.mark.parametrize("number", ["", " ", "x" * 65, "a\nb"])
def test_the_guard_itself_refuses_a_number_that_is_none(city: City, number: str) -> None:
    """As a page that was taken over would ask."""
    with psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages:
        subjects = '[{"otn": "Z1234567"}]'
        (done,) = pages.execute(
            "SELECT guard.open_case(%s, %s, %s, %s)", [uuid4(), number, subjects, outsider().user_id]
        ).fetchone()
        assert done is False


# -- without the supervisor


def test_nobody_approves_themselves(city: City) -> None:
    asker, _ = under(STRICT, safeguards=SUPERVISED)
    sergeant = outsider(asker.agency_ori, role="sergeant")
    which = wanted(sergeant)
    with pytest.raises(Conflict):
        grant(which, sergeant)
    assert not answered(sergeant)


def test_another_agencys_supervisor_approves_nothing(squad: tuple[Asker, Asker]) -> None:
    asker, _ = squad
    other, _ = under(STRICT, safeguards=SUPERVISED)
    which = wanted(asker)
    with pytest.raises(Conflict):
        grant(which, outsider(other.agency_ori, role="sergeant"))
    with pytest.raises(Conflict):
        approvals.withdraw(
            approval=which, by=outsider(other.agency_ori, role="sergeant").user_id, at=clock.now()
        )
    assert not answered(asker)


def test_what_was_withdrawn_is_not_approved_by_sending_it_again(squad: tuple[Asker, Asker]) -> None:
    asker, sergeant = squad
    which = wanted(asker)
    grant(which, sergeant)
    assert answered(asker)
    approvals.withdraw(approval=which, by=sergeant.user_id, at=clock.now())
    for _ in range(2):
        with pytest.raises(Conflict):
            grant(which, sergeant)
    assert not answered(asker)


def test_an_approval_is_over_when_its_hours_are(squad: tuple[Asker, Asker]) -> None:
    asker, sergeant = squad
    which = wanted(asker)
    grant(which, sergeant, hours=1)
    assert answered(asker)
    row = Approval.objects.get(pk=which)
    Approval.objects.filter(pk=which).update(approved_at=row.approved_at - timedelta(hours=1))
    assert not answered(asker)
    with pytest.raises(Conflict):
        grant(which, sergeant)


def test_what_waited_a_week_is_approved_no_more(squad: tuple[Asker, Asker]) -> None:
    asker, sergeant = squad
    which = wanted(asker)
    Approval.objects.filter(pk=which).update(asked_at=clock.now() - timedelta(days=7))
    with pytest.raises(Conflict):
        grant(which, sergeant)
    assert wanted(asker) != which, "it can be asked for anew"


def test_an_approval_ends_with_the_standing_of_who_gave_it(squad: tuple[Asker, Asker]) -> None:
    asker, sergeant = squad
    grant(wanted(asker), sergeant)
    assert answered(asker)
    agencies.suspend_user(user=sergeant.user_id, by="test", at=clock.now())
    assert not answered(asker)


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO disclosure_approval SELECT * FROM disclosure_approval",
        "UPDATE disclosure_approval SET approved_at = now()",
        "UPDATE disclosure_agencycase SET closed_at = NULL",
        "SELECT guard.approve(gen_random_uuid(), gen_random_uuid(), 'x', 'y', gen_random_uuid())",
        "SELECT guard.people_of_case(gen_random_uuid(), NULL)",
        "SELECT guard.cases_of(gen_random_uuid())",
        "SELECT guard.name_subjects(gen_random_uuid(), 'x', '[]')",
        "SELECT guard.forget_subjects('{}')",
        "SELECT * FROM disclosure_casesubject",
    ],
)
def test_a_page_that_is_taken_over_writes_and_reads_none_of_it(city: City, statement: str) -> None:
    with (
        psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        pages.execute(statement)


def test_the_guard_itself_refuses_a_request_without_a_case(city: City) -> None:
    """As a door that was taken over would ask: the decision is made outside the database, the requirement is not."""
    asker, number = under()
    agreements = known.agreements_of(asker, fresh=True)
    for typed in (None, "", "  "):
        with pytest.raises(gateway.GuardRefused) as caught, gateway.connection() as opened:
            gateway.begin(
                opened, disclosure=uuid4(), schema=f"agreement_{number}_1", asker=asker.user_id, kind="search",
                purpose=PURPOSE, asked={"case_number": typed}, salt=b"x" * 32, epoch=agreements.epoch, reads=[],
            )  # fmt: skip
        assert caught.value.reason == "case-number-missing"


def test_a_stream_does_not_outlast_its_case(city: City, port: int) -> None:
    asker, _ = under(TELLS)
    surname = fresh_surname()
    case = opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    with stream(port, asker, made) as reader:
        held = city.arrest("Ilse", surname, date(1990, 1, 2))
        first = reader.next()
        assert first is not None
        assert first["event"] == "arrested"
        cases.close_case(case=case, by=asker.user_id, at=clock.now())
        again(held)
        ended = reader.next()
        assert ended is not None
        assert ended["event"] == "ended"
        assert reader.next() is None
    assert subscriptions.one(made.id, user=asker.user_id).why == "case-closed"


def test_a_door_that_was_taken_over_follows_no_case_of_others(city: City) -> None:
    """Whoever asks who is followed, outside the telling of just that subscription, hears no."""
    asker, _ = under(TELLS)
    surname = fresh_surname()
    opened(asker, Subject("Ilse", surname, date(1990, 1, 2)))
    made = follows(asker)
    held = city.arrest("Ilse", surname, date(1990, 1, 2))
    for kind in ("app", "gateway"):
        with psycopg.connect(**address.owner().as_kind(kind).conninfo()) as door:
            try:
                (found,) = door.execute("SELECT guard.follows(%s, %s)", [made.id, held.person.id]).fetchone()
            except psycopg.errors.InsufficientPrivilege:
                continue
            assert found is False


@pytest.mark.parametrize("column", ["schema", "*"])
def test_a_page_that_is_taken_over_sees_of_subscriptions_what_pages_show(city: City, column: str) -> None:
    with (
        psycopg.connect(**address.owner().as_kind("app").conninfo()) as pages,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        pages.execute(f"SELECT {column} FROM disclosure_subscription")
