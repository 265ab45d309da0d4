"""The pages: search, record, board, agreements."""

import re
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.test import Client

from openpars import clock
from openpars.agreements import actions as agreements
from openpars.agreements.rules.parties import Owner
from openpars.agreements.rules.terms import Grant
from openpars.disclosure import queries
from openpars.errors import DatabaseUnavailable
from tests.factories import agencies as made
from tests.integration.disclosure.city import PURPOSE, City, agreement, enforce, move, permit


def logged_in(somebody: made.Enrolled) -> Client:
    client = Client(raise_request_exception=False)
    answer = client.post("/log-in/", {"username": somebody.username, "password": made.PASSWORD})
    assert answer.status_code == 302
    return client


@pytest.fixture
def outside() -> tuple[Client, int]:
    """Somebody of an outside agency with an agreement in force."""
    somebody = made.user()
    grants = (Grant("name"), Grant("birth_date"), Grant("otn"), Grant("arrested_at", "day"), Grant("statute"))
    number = enforce(agreement(somebody.ori, permit(elements=grants, requests_per_person_per_day=9)))
    return logged_in(somebody), number


def question(**changes: str) -> dict[str, str]:
    return {
        "purpose": PURPOSE,
        "case_number": "N-1",
        "name": "Quimby, Odalys",
        "birth_month": "4",
        "birth_day": "17",
        "birth_year": "1988",
        **changes,
    }


def test_who_under_what_until_when_stands_at_the_top(outside: tuple[Client, int]) -> None:
    page = outside[0].get("/").content.decode()
    for words in (
        "Somebody of a test",
        "detective",
        "An agreement of a test",
        "days left",
        "9 of 9 requests left",
    ):
        assert words in page
    assert 'name="name"' in page
    assert "Investigating a crime" in page
    assert "This is recorded" in page


def test_results_hold_the_permitted_elements_and_no_sign_of_others(outside: tuple[Client, int]) -> None:
    City().arrest("Odalys", "Quimby", date(1988, 4, 17), birth_place="Elsewhere", address="1 Invented Street")
    page = outside[0].post("/", question()).content.decode()
    assert "Quimby, Odalys" in page
    assert "day only, clause 3.1" in page
    for words in ("Elsewhere", "Invented Street", "Place of birth", "Home address", "Custody"):
        assert words not in page
    opened = outside[0].post("/record/", {"purpose": PURPOSE, "case_number": "N-1", "arrest": _arrest(page)})
    record = opened.content.decode()
    assert "18 § 2701" in record
    assert "Dispositions" not in record
    assert "Download the receipt" in record


def _arrest(page: str) -> str:
    found = re.search(r'name="arrest" value="([0-9a-f-]{36})"', page)
    assert found
    return found[1]


def test_none_and_not_permitted_look_the_same(outside: tuple[Client, int]) -> None:
    client = outside[0]
    none = client.post("/", question(name="Nobody, Known"))
    refused = client.post("/", question(birth_month="", birth_day="", birth_year=""))
    assert none.status_code == refused.status_code == 200
    sections = []
    for answer in (none, refused):
        found = re.search(r'<section class="nothing".*?</section>', answer.content.decode(), re.S)
        assert found
        sections.append(re.sub(r"[0-9a-f-]{36}", "REFERENCE", found[0]))
    assert sections[0] == sections[1]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [
        ({"purpose": ""}, "id_purpose_0", "Choose the purpose"),
        ({"purpose": "JusticeManagement"}, "id_purpose_0", "Choose one of the purposes"),
        ({"case_number": ""}, "id_case_number", "Enter your case number"),
        ({"birth_month": "2", "birth_day": "31"}, "id_birth_month", "date that exists"),
        ({"birth_day": "x"}, "id_birth_month", "date of birth that exists"),
        ({"birth_year": ""}, "id_birth_month", "date that exists"),
        ({"name": "!!!"}, "id_name", "Holds no letters"),
        ({"number": "nonsense"}, "id_number", ""),
    ],
)
def test_an_error_links_to_its_field_and_keeps_what_was_typed(
    outside: tuple[Client, int], changes: dict[str, str], place: str, words: str
) -> None:
    answer = outside[0].post("/", question(**changes))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f'href="#{place}"' in page
    assert f'id="{place}"' in page
    assert words in page
    assert 'value="N-1"' in page or "case_number" in changes
    assert "Quimby, Odalys" in page or "name" in changes


def test_the_form_says_that_a_name_alone_will_not_do(outside: tuple[Client, int]) -> None:
    assert "The agreement permits no search by a name alone." in outside[0].get("/").content.decode()


def test_after_a_suspension_nothing_can_be_asked(outside: tuple[Client, int]) -> None:
    client, number = outside
    agreements.suspend(number=number, grounds="A test.", by="test", at=clock.now())
    page = client.get("/").content.decode()
    assert "No agreement is in force" in page
    assert 'name="name"' not in page
    assert client.post("/", question()).status_code == 422
    told = client.get(f"/agreements/{number}/").content.decode()
    assert "suspended" in told


@pytest.mark.parametrize("arrest", ["", "x", "' OR 1=1"])
def test_a_malformed_reference_is_told(outside: tuple[Client, int], arrest: str) -> None:
    answer = outside[0].post("/record/", {"purpose": PURPOSE, "case_number": "N-1", "arrest": arrest})
    assert answer.status_code == 422


def test_a_receipt_that_is_not_yours_is_not_found(outside: tuple[Client, int]) -> None:
    assert outside[0].get(f"/receipts/{uuid4()}/").status_code == 404
    assert outside[0].get("/agreements/99999999/").status_code == 404
    assert outside[0].get("/nowhere/").status_code == 404


def test_a_database_that_is_away_is_said_and_nothing_more(
    outside: tuple[Client, int], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def away(**asked: object) -> None:
        raise DatabaseUnavailable("Quimby")

    monkeypatch.setattr("openpars.disclosure.actions.search", away)
    answer = outside[0].post("/", question())
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert "Nothing was released" in answer.content.decode()
    assert "Quimby" not in answer.content.decode() + caplog.text


def test_pages_carry_a_policy_without_inline_code(outside: tuple[Client, int]) -> None:
    for path in ("/", "/agreements/", "/log-in/"):
        answer = outside[0].get(path, follow=True)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        page = answer.content.decode()
        assert not re.search(r"<script(?![^>]*\bsrc=)", page)
        assert not re.search(r"\s(style|on[a-z]+)=", page)


def test_the_board_lists_who_is_held_longest_first() -> None:
    somebody = made.user("police")
    city = City()
    now = clock.now()
    early = city.arrest("Ilse", "Brandt", date(1970, 1, 1), arrested_at=now - timedelta(hours=37))
    late = city.arrest("Otto", "Wren", date(1971, 1, 1), arrested_at=now - timedelta(hours=2))
    names = ("name", "otn", "arrested_at", "lead_charge", "custody_state", "custody_since", "arraigned_at")
    lists = permit(
        elements=(*map(Grant, names), Grant("arrest_location", "district")),
        purposes=("CrimeArrestDetention",),
        office="police",
        ask_by=(),
        tolerance_years=0,
        lists=True,
        requires=frozenset(),
        results_per_request=500,
    )
    owner = Owner("Police of a test", somebody.ori, "police", True, "Commissioner")
    enforce(agreement("", lists, kind="charter", receiver=None, owners=(owner,), votes_needed=1))
    client = logged_in(somebody)
    page = client.get("/board/").content.decode()
    assert page.index(f"a-{early.arrest.id}") < page.index(f"a-{late.arrest.id}")
    assert "past 36 h" in page
    assert "in custody ·" in page
    assert "connect-src 'self' http://testserver:8001" in client.get("/board/")["Content-Security-Policy"]
    rows = client.get("/board/rows/").content.decode()
    assert "<html" not in rows
    assert f"a-{late.arrest.id}" in rows

    only = client.get("/board/rows/", {"only": f"{late.arrest.id},{uuid4()}"}).content.decode()
    assert f"a-{late.arrest.id}" in only
    assert f"a-{early.arrest.id}" not in only
    assert queries.counted(user=somebody.id, since=now).disclosures == 4, "each look is one entry"
    move(late, "released")
    gone = client.get("/board/rows/", {"only": str(late.arrest.id)})
    assert f"a-{late.arrest.id}" not in gone.content.decode()
    assert client.get("/board/rows/", {"only": "x"}).status_code == 422


def test_an_office_without_a_list_is_told_so() -> None:
    assert "no list of prisoners" in logged_in(made.user("defender")).get("/board/").content.decode()
