"""Coming in: log-in, lock-out, idle expiry, the end of a session (CJIS AC-7, AC-11, AC-12, IA-11)."""

import re
from datetime import timedelta
from html import unescape

import pytest
from axes.models import AccessAttempt
from django.test import Client

from openpars import clock
from openpars.agencies import actions
from openpars.portal import sessions
from tests.factories import agencies as made


def log_in(client: Client, username: str, password: str = made.PASSWORD, **more: str):
    return client.post("/log-in/", {"username": username, "password": password, **more})


def pass_time(client: Client, **passed: float) -> None:
    """Move a session's clocks back, as if so much time had passed."""
    session = client.session
    for key, seconds in passed.items():
        session[key] -= seconds
    session.save()


@pytest.fixture
def inside() -> tuple[Client, made.Enrolled]:
    somebody = made.user()
    client = Client()
    assert log_in(client, somebody.username).status_code == 302
    return client, somebody


def test_the_notice_stands_on_the_page_before_anybody_logs_in() -> None:
    page = Client().get("/log-in/").content.decode()
    for words in ("restricted information system", "monitored, recorded", "prohibited", "consent"):
        assert words in page


@pytest.mark.parametrize(
    ("office", "role", "place"),
    [
        ("police", "officer", "/booking/"),
        ("district-attorney", "charging ADA", "/charging/"),
        ("court", "magistrate", "/hearings/"),
        ("defender", "defender", "/clients/"),
        ("police", "records custodian", "/custodian/"),
        (None, "detective", "/"),
    ],
)
def test_everybody_comes_to_the_room_where_their_work_begins(office, role, place) -> None:
    assert log_in(Client(), made.user(office, role=role).username)["Location"] == place


@pytest.mark.parametrize(
    "onward", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"]
)
def test_nobody_is_sent_elsewhere_after_log_in(onward: str) -> None:
    assert log_in(Client(), made.user().username, next=onward)["Location"] == "/"


def test_a_wrong_username_and_a_wrong_password_read_alike() -> None:
    somebody = made.user()
    wrong = [
        log_in(Client(), somebody.username, "not the password"),
        log_in(Client(), "nobody-of-this-name", "not the password"),
    ]
    sentences = ["The username or the password is wrong" in answer.content.decode() for answer in wrong]
    assert sentences == [True, True]


def test_five_wrong_passwords_lock_the_account_until_it_is_released() -> None:
    somebody = made.user()
    client = Client()
    for _ in range(5):
        answer = log_in(client, somebody.username, "not the password")
    assert answer.status_code == 429
    assert log_in(client, somebody.username.upper()).status_code == 429
    assert "locked" in log_in(client, somebody.username).content.decode()
    assert "_auth_user_id" not in client.session
    from axes.utils import reset

    reset(username=somebody.username)
    assert log_in(client, somebody.username).status_code == 302


def test_what_is_nobodys_username_is_not_kept_and_still_locks() -> None:
    typed = "correct horse battery staple"
    browser = Client()
    statuses = [log_in(browser, typed, "x").status_code for _ in range(6)]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    kept = repr(list(AccessAttempt.objects.values()))
    assert kept != "[]"
    assert typed not in kept
    assert "horse" not in kept


def test_a_stranger_elsewhere_does_not_lock_anybody_out() -> None:
    somebody = made.user()
    for _ in range(6):
        log_in(Client(REMOTE_ADDR="192.0.2.7"), somebody.username, "not the password")
    assert log_in(Client(), somebody.username).status_code == 302


def test_a_session_ends_after_half_an_hour_without_a_sign(inside: tuple[Client, made.Enrolled]) -> None:
    client, _ = inside
    pass_time(client, seen_at=29 * 60)
    assert client.get("/agreements/").status_code == 200
    pass_time(client, seen_at=31 * 60)
    answer = client.get("/agreements/")
    assert answer["Location"] == "/log-in/?ended=1&next=/agreements/"
    assert client.get("/agreements/").status_code == 302


def test_a_session_ends_after_twelve_hours_whatever_its_person_does(
    inside: tuple[Client, made.Enrolled],
) -> None:
    client, _ = inside
    pass_time(client, opened_at=12 * 3600 + 1)
    assert client.get("/agreements/")["Location"] == "/log-in/?ended=1&next=/agreements/"


def test_what_a_page_fetches_by_itself_is_no_sign_of_its_person(inside: tuple[Client, made.Enrolled]) -> None:
    client, _ = inside
    pass_time(client, seen_at=20 * 60)
    before = client.session[sessions.SEEN]
    client.get("/agreements/", headers={sessions.FETCHED_BY_PAGE: "1"})
    assert client.session[sessions.SEEN] == before
    client.get("/agreements/")
    assert client.session[sessions.SEEN] > before


def test_the_session_changes_its_name_at_log_in_and_dies_at_log_out() -> None:
    somebody = made.user()
    client = Client()
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    log_in(client, somebody.username)
    opened = client.cookies["sessionid"].value
    assert opened != planted
    assert client.cookies["sessionid"]["httponly"]
    client.post("/log-out/")
    client.cookies["sessionid"] = opened
    assert client.get("/agreements/").status_code == 302


def test_standing_lost_or_a_new_password_end_open_sessions() -> None:
    at = clock.now()
    for ending in (
        lambda user: actions.suspend_user(user=user, by="test", at=at),
        lambda user: actions.set_password(user=user, password="a quite different 9", by="test", at=at),
    ):
        somebody = made.user()
        client = Client()
        log_in(client, somebody.username)
        assert client.get("/agreements/").status_code == 200
        ending(somebody.id)
        assert client.get("/agreements/").status_code == 302


def test_nobody_logs_in_with_a_password_older_than_a_year_or_without_standing() -> None:
    at = clock.now()
    old = made.user(at=at - timedelta(days=366), screened_until=at.date(), trained_until=at.date())
    lapsed = made.user(trained_until=at.date() - timedelta(days=2))
    for somebody in (old, lapsed):
        assert log_in(Client(), somebody.username).status_code == 200


def test_the_event_stream_knows_owners_by_their_session() -> None:
    owner, outsider = made.user("police"), made.user()
    keys = {}
    for somebody in (owner, outsider):
        client = Client()
        log_in(client, somebody.username)
        keys[somebody.id] = client.cookies["sessionid"].value
    at = clock.now()
    listener = sessions.owner_of_session(keys[owner.id], at=at)
    assert listener is not None
    assert (listener.id, listener.agency.office) == (owner.id, "police")
    assert sessions.owner_of_session(keys[outsider.id], at=at) is None
    assert sessions.owner_of_session(keys[owner.id], at=at + timedelta(minutes=31)) is None
    assert sessions.owner_of_session("nonsense", at=at) is None


ASKED = {"name": "Qwxz, typed", "wish": "send"}
"""What somebody typed, and the button that they pressed."""


def hidden(page: str) -> dict[str, str]:
    return {
        name: unescape(value) for name, value in re.findall(r'hidden" name="(\w+)" value="([^"]*)"', page)
    }


@pytest.mark.parametrize("ends", ["idle", "cookie"])
def test_law_what_is_posted_after_the_sessions_end_comes_through_the_log_in_to_its_person_alone(
    inside: tuple[Client, made.Enrolled], ends: str
) -> None:
    client, somebody = inside
    if ends == "idle":
        pass_time(client, seen_at=31 * 60)
    else:
        del client.cookies["sessionid"]
    before = client.post("/", ASKED)
    page = before.content.decode()
    assert before.status_code == 403
    assert "Qwxz" not in page
    carried = hidden(page)["carried"]
    another = log_in(client, made.user().username, carried=carried)
    assert another["Location"] == "/"
    client.post("/log-out/")
    wrong = log_in(client, somebody.username, "not the password", carried=carried)
    assert hidden(wrong.content.decode())["carried"] == carried
    back = log_in(client, somebody.username, carried=carried)
    page = back.content.decode()
    assert (back.status_code, 'action="/"' in page, "Qwxz, typed" in page) == (200, True, True)
    assert ASKED.items() <= hidden(page).items()


def test_law_a_form_that_stood_open_through_a_log_in_elsewhere_is_shown_again() -> None:
    client, here = Client(enforce_csrf_checks=True), {"origin": "http://testserver"}

    def enter() -> str:
        token = hidden(client.get("/log-in/", headers={"Accept": "application/json"}).content.decode())
        return log_in(client, somebody.username, csrfmiddlewaretoken=token["csrfmiddlewaretoken"])

    somebody = made.user()
    enter()
    old = client.get("/here/").json()["token"]
    client.post("/log-out/", {"csrfmiddlewaretoken": old})
    enter()
    answer = client.post("/", {**ASKED, "csrfmiddlewaretoken": old}, headers=here)
    assert answer.status_code == 403
    again = hidden(answer.content.decode())
    assert ASKED.items() <= again.items()
    assert client.post("/", again).status_code != 403
    # What a browser does not say to be this site's own is not put before anybody to send.
    for origin in ({"origin": "https://elsewhere.example"}, {}):
        refused = client.post("/", {**ASKED, "csrfmiddlewaretoken": old}, headers=origin)
        assert (refused.status_code, "Qwxz" in refused.content.decode()) == (403, False)


def test_a_script_is_told_who_is_here_and_logs_in_without_leaving_the_page(
    inside: tuple[Client, made.Enrolled],
) -> None:
    client, somebody = inside
    script, page = {"Accept": "application/json"}, {sessions.FETCHED_BY_PAGE: "1"}
    assert client.get("/here/", headers=script).json()["who"] == str(somebody.id)
    client.post("/log-out/")
    assert [client.get("/here/", headers=each).status_code for each in (script, page)] == [401, 401]
    form = client.get("/log-in/", headers=page).content.decode()
    assert ("restricted information system" in form, "<main" in form) == (True, False)
    entry = {"username": somebody.username, "password": "not the password"}
    assert (
        "The username or the password is wrong"
        in client.post("/log-in/", entry, headers=page).content.decode()
    )
    entry["password"] = made.PASSWORD
    assert client.post("/log-in/", entry, headers=page).status_code == 204
    other = {**entry, "username": made.user().username}
    assert client.post("/log-in/", other, headers=page).status_code == 204
    assert client.get("/here/", headers=script).json()["who"] != str(somebody.id)


def test_a_form_from_elsewhere_is_refused_without_a_trace_of_it() -> None:
    client = Client(enforce_csrf_checks=True)
    for origin in ({}, {"origin": "http://testserver"}):
        secret = {"username": "u", "password": "secret words of somebody"}
        answer = client.post("/log-in/", secret, headers=origin)
        assert answer.status_code == 403
        assert "secret words" not in answer.content.decode()
