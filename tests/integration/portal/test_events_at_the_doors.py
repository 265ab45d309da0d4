"""What happens at the doors is an entry of the log: who came in, who failed to, who was refused what, what was taken
away (CJIS AU-2, AU-3; specs/event-entry.md)."""

import ipaddress
from datetime import timedelta
from uuid import uuid4

import pytest
from click.testing import CliRunner
from django.db import DatabaseError, OperationalError
from django.test import Client, override_settings

from openpars import clock
from openpars.agencies import actions, events, queries
from openpars.agencies.rules import event as rule
from openpars.agreements import proceedings
from openpars.cli import unlock_verbs
from openpars.disclosure import accounting, auditing, auditing_events
from openpars.disclosure.auditing_events import EventCriteria
from openpars.disclosure.models import AccessCode, Disclosure
from openpars.errors import NotEmpowered, NotFound
from openpars.portal import papers
from openpars.records import actions as records
from tests.factories import agencies as made
from tests.factories import offices
from tests.integration.disclosure.conftest import swept
from tests.integration.portal.test_portal_log_in import log_in, pass_time
from tests.integration.portal.test_printed_papers import arrested, opened_by

__all__ = ["swept"]


def of(somebody: made.Enrolled | None, **wanted: str) -> list[queries.EventView]:
    """The events of one person at the doors, oldest first."""
    found = queries.events(by=str(somebody.id) if somebody else None, **wanted)
    return [one for one in reversed(found) if one.kind in rule.AT_THE_DOORS]


def told(found: list[queries.EventView]) -> list[tuple[str, str, object]]:
    return [(one.kind, one.outcome, one.about) for one in found]


@pytest.fixture
def somewhere() -> str:
    """A network address that no other test comes from: of each, only so many failures a minute have entries."""
    return str(ipaddress.ip_address(f"2001:db8::{uuid4().hex[:4]}:{uuid4().hex[:4]}"))


def test_coming_in_and_going_out(somewhere: str) -> None:
    somebody = made.user("police")
    client = Client(REMOTE_ADDR=somewhere)
    log_in(client, somebody.username)
    client.post("/log-out/")
    found = of(somebody)
    assert told(found) == [("log-in", "done", {}), ("log-out", "done", {})]
    assert {(one.door, one.agency_ori, one.agrees) for one in found} == {("pages", somebody.ori, True)}
    assert {one.source for one in found} == {somewhere}


def test_each_way_to_fail_to_come_in(somewhere: str) -> None:
    somebody, lapsed = made.user(), made.user()
    actions.suspend_user(user=lapsed.id, by="test", at=clock.now())
    client = Client(REMOTE_ADDR=somewhere)
    log_in(client, somebody.username, "not the password")
    log_in(client, lapsed.username)
    log_in(client, "nobody-of-this-name", "the password of somebody")
    # Nothing was tried: nothing is told.
    log_in(client, "", "")
    client.get("/log-in/")
    found = [one for one in of(None, kind="log-in") if one.source == somewhere]
    assert [(one.by, one.agency_ori, one.about) for one in found] == [
        (str(somebody.id), somebody.ori, {"reason": "wrong-password"}),
        (str(lapsed.id), lapsed.ori, {"reason": "no-standing"}),
        (None, None, {"reason": "unknown-user"}),
    ]
    assert {one.outcome for one in found} == {"refused"}


def test_law_what_is_typed_at_the_log_in_is_kept_nowhere(somewhere: str) -> None:
    log_in(Client(REMOTE_ADDR=somewhere), "my password by mistake", "another secret")
    row = of(None, kind="log-in")[-1]
    kept = f"{vars(row)} {row.leaf!r}"
    assert "mistake" not in kept
    assert "secret" not in kept


def test_a_locked_account_says_so_in_the_log(somewhere: str) -> None:
    somebody = made.user()
    client = Client(REMOTE_ADDR=somewhere)
    for _ in range(5):
        log_in(client, somebody.username, "not the password")
    assert log_in(client, somebody.username).status_code == 429
    reasons = [one.about and one.about["reason"] for one in of(somebody)]
    assert reasons == ["wrong-password"] * 4 + ["locked"] * 2


def test_a_locked_account_is_released_at_the_console_and_that_is_in_the_log(somewhere: str) -> None:
    somebody = made.user()
    client = Client(REMOTE_ADDR=somewhere)
    for _ in range(5):
        log_in(client, somebody.username, "not the password")
    assert log_in(client, somebody.username).status_code == 429
    done = CliRunner().invoke(unlock_verbs.command, [somebody.username.upper()], catch_exceptions=False)
    assert done.output == f"{somebody.username}: It may be tried again, from everywhere.\n"
    assert log_in(client, somebody.username).status_code == 302
    (told,) = [
        one
        for one in queries.events(by="console", kind="unlock-user")
        if one.about == {"subject": str(somebody.id)}
    ]
    assert (told.door, told.outcome, told.agrees) == ("console", "done", True)
    with pytest.raises(NotFound):
        CliRunner().invoke(unlock_verbs.command, ["nobody-of-this-name"], catch_exceptions=False)


def test_law_nobody_is_in_whose_log_in_could_not_be_written_down(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **named: object) -> None:
        raise OperationalError

    somebody = made.user("police")
    client = Client(raise_request_exception=False)
    monkeypatch.setattr(events, "record", fail)
    assert log_in(client, somebody.username).status_code == 503
    monkeypatch.undo()
    assert client.get("/booking/").status_code == 302
    assert of(somebody) == []


def test_law_a_refusal_stays_one_whether_or_not_it_can_be_written_down(
    monkeypatch: pytest.MonkeyPatch, somewhere: str
) -> None:
    def fail(*args: object, **named: object) -> None:
        raise DatabaseError

    somebody = made.user()
    client = Client(REMOTE_ADDR=somewhere)
    monkeypatch.setattr(events, "write_noted", fail)
    answer = log_in(client, somebody.username, "not the password")
    assert (answer.status_code, "is wrong" in answer.content.decode()) == (200, True)
    assert client.get("/agreements/").status_code == 302


def test_a_session_that_ends_by_itself() -> None:
    somebody = made.user()
    client = Client()
    log_in(client, somebody.username)
    pass_time(client, seen_at=31 * 60)
    client.get("/agreements/")
    assert told(of(somebody))[1:] == [("session-end", "done", {})]


def test_a_page_that_is_not_for_ones_role(somewhere: str) -> None:
    somebody = made.user("police", role="officer")
    client = Client(REMOTE_ADDR=somewhere)
    log_in(client, somebody.username)
    assert client.get("/charging/").status_code == 403
    assert told(of(somebody))[1:] == [("page", "refused", {"page": "portal:charging"})]


def test_a_token_that_does_not_serve(somewhere: str) -> None:
    somebody = made.user()
    client = Client(REMOTE_ADDR=somewhere)
    actions.suspend_user(user=somebody.id, by="test", at=clock.now())
    for token in (somebody.token, "op_invented"):
        answer = client.get("/api/v1/agreements", headers={"Authorization": f"Bearer {token}"})
        assert answer.status_code == 401
    found = [one for one in of(None, kind="api-token") if one.source == somewhere]
    assert [(one.by, one.door, one.outcome) for one in found] == [
        (str(somebody.id), "api", "refused"),
        (None, "api", "refused"),
    ]
    assert "op_" not in str([vars(one) for one in found])


@pytest.mark.parametrize(
    ("stated", "believed", "seen"),
    [
        ("192.0.2.1", False, "198.51.100.9"),
        ("192.0.2.1", True, "192.0.2.1"),
        ("203.0.113.5, 192.0.2.1", True, "192.0.2.1"),
        ("my house", True, "198.51.100.9"),
        ("", True, "198.51.100.9"),
    ],
)
def test_the_proxy_in_front_is_believed_only_where_it_is_said_to_state_addresses(
    stated: str, believed: bool, seen: str
) -> None:
    somebody = made.user()
    client = Client(REMOTE_ADDR="198.51.100.9", headers={"X-Forwarded-For": stated})
    with override_settings(FORWARDED=believed):
        log_in(client, somebody.username)
    assert [one.source for one in of(somebody)] == [seen]


def test_a_paper_that_is_printed_and_one_that_is_taken_away() -> None:
    city = offices.opened()
    report = arrested()
    ada, clerk = city.somebody("district-attorney", "charging ADA"), city.somebody("court", "clerk")
    record = opened_by(ada, report.arrest).record
    paper = papers.arrest_report(record, office="Police of a test", at=clock.now())
    kept = str(records.make_paper(arrest=report.arrest, paper=paper, by=ada.id, at=clock.now()))
    assert told(of(ada, kind="print-paper")) == [("print-paper", "done", {"paper": kept})]
    (made_one,) = of(ada, kind="write")
    assert (made_one.about["verb"], made_one.about["arrest"]) == ("make_paper", str(report.arrest))
    client = offices.logged_in(clerk)
    assert client.get(f"/papers/{report.arrest}/{kept}/").status_code == 200
    (taken,) = of(clerk, kind="download-paper")
    look = Disclosure.objects.filter(user_id=clerk.id).latest("begun_at")
    assert taken.about == {"paper": kept, "disclosure": str(look.pk)}


def test_law_nothing_is_taken_away_whose_event_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    city = offices.opened()
    report = arrested()
    ada, clerk = city.somebody("district-attorney", "charging ADA"), city.somebody("court", "clerk")
    paper = papers.arrest_report(opened_by(ada, report.arrest).record, office="A test", at=clock.now())
    kept = records.make_paper(arrest=report.arrest, paper=paper, by=ada.id, at=clock.now())
    client = offices.logged_in(clerk)
    client.raise_request_exception = False

    def fail(*args: object, **named: object) -> None:
        raise OperationalError

    monkeypatch.setattr(events, "record", fail)
    answer = client.get(f"/papers/{report.arrest}/{kept}/")
    assert (answer.status_code, b"%PDF" in answer.content) == (503, False)


def test_a_verb_that_the_charter_does_not_give() -> None:
    city = offices.opened()
    report = arrested()
    ada, counsel = city.somebody("district-attorney", "charging ADA"), city.somebody("defender", "defender")
    paper = papers.arrest_report(opened_by(ada, report.arrest).record, office="A test", at=clock.now())
    with events.visit("pages", "192.0.2.7") as visit:
        with pytest.raises(NotEmpowered):
            records.make_paper(arrest=report.arrest, paper=paper, by=counsel.id, at=clock.now())
        with pytest.raises(NotEmpowered):
            proceedings.draft_agreement(draft=None, text="A test.", by=counsel.id, at=clock.now())
    events.write_noted(visit)
    assert told(of(counsel)) == [
        ("verb", "refused", {"verb": "make_paper"}),
        ("verb", "refused", {"verb": "keep_agreement_draft"}),
    ]


def test_a_look_at_the_log_that_the_charter_does_not_give() -> None:
    city, report = offices.opened(), arrested()
    officer, at = city.somebody("police", "officer"), clock.now()
    who = {"by": officer.id, "at": at}
    delay = {"agency_ori": officer.ori, "case_number": "N-1", "authority": "A court"}
    tried = (
        ("account", lambda: accounting.account(arrest=report.arrest, **who)),
        ("account", lambda: accounting.issue_code(arrest=report.arrest, **who)),
        ("account_client", lambda: accounting.account_client(arrest=report.arrest, **who)),
        ("audit", lambda: auditing.audit(criteria=auditing.Criteria(), **who)),
        ("audit", lambda: auditing_events.audit_events(criteria=EventCriteria(), **who)),
        ("delay_line", lambda: accounting.delay_line(**delay, until=at + timedelta(days=9), **who)),
        ("delay_line", lambda: accounting.lift_delay(delay=uuid4(), **who)),
    )
    with events.visit("pages", "192.0.2.7") as visit:
        for _, act in tried:
            with pytest.raises(NotEmpowered):
                act()
    events.write_noted(visit)
    assert told(of(officer)) == [("verb", "refused", {"verb": verb}) for verb, _ in tried]


def test_each_try_at_a_code_for_an_account_and_nothing_of_what_was_typed(somewhere: str) -> None:
    city, report = offices.opened(), arrested()
    keeper = city.somebody("police", "records custodian")
    at_the_counter = offices.logged_in(keeper)
    assert at_the_counter.post(f"/custodian/{report.arrest}/account/", {"make": "code"}).status_code == 200
    (printed,) = of(keeper, kind="print-paper")
    assert printed.about == {"code": AccessCode.objects.latest("issued_at").pk}
    code = accounting.issue_code(arrest=report.arrest, by=keeper.id, at=clock.now()).text
    person = Client(REMOTE_ADDR=somewhere)
    person.get("/mine/")
    for typed, status in (("0000-0000", 422), (code, 302), (code, 422)):
        assert person.post("/mine/", {"code": typed}).status_code == status
    found = [one for one in of(None, kind="open-account") if one.source == somewhere]
    assert [(one.outcome, one.by, one.agency_ori, one.about) for one in found] == [
        ("refused", None, None, {}),
        ("done", None, None, {}),
        ("refused", None, None, {}),
    ]
    assert all(one.door == "pages" and one.agrees for one in found)
    kept = "".join(f"{vars(one)} {one.leaf!r}" for one in found)
    assert not any(part in kept for part in (code, code.replace("-", "")[:8], code.replace("-", "")[8:]))


def test_law_nobody_is_let_to_an_account_whose_event_cannot_be_written(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    city, report = offices.opened(), arrested()
    keeper = city.somebody("police", "records custodian")
    code = accounting.issue_code(arrest=report.arrest, by=keeper.id, at=clock.now()).text
    person = Client(raise_request_exception=False)

    def unwritten(*_: object) -> None:
        raise OperationalError("no room")

    monkeypatch.setattr(events, "_write", unwritten)
    assert person.post("/mine/", {"code": code}).status_code >= 500
    assert "openpars_mine" not in person.cookies
