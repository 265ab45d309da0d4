"""Events in the log: what the database writes, what it refuses to write, and what can still be said of them later."""

import json
from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from openpars import clock
from openpars.agencies import actions, event_check, events, queries
from openpars.agencies.models import Event, EventCount, Token
from openpars.agencies.rules import event as rule
from openpars.engine import address
from openpars.errors import LogBroken
from openpars.translog import signers
from openpars.translog.models import Pending
from tests.factories import agencies as made
from tests.integration.disclosure.test_erasing import keep_integrating

pytestmark = pytest.mark.django_db
LIMIT = rule.MOST_PER_SOURCE


def latest(kind: str) -> queries.EventView:
    return queries.events(kind=kind, most=1)[0]


CALL = "SELECT guard.record_event(%s, %s, %s, %s, %s, %s, %s::jsonb, %s, %s, %s, %s)"


def arguments(**changed: object) -> list[object]:
    """The arguments of a call that would be in order, but for what is changed."""
    given = {
        "id": uuid4(),
        "kind": "log-in",
        "door": "pages",
        "outcome": "done",
        "who": None,
        "source": "192.0.2.7",
        "about": "{}",
        "salt": bytes(32),
        "hidden_who": "a" * 64,
        "hidden_source": "b" * 64,
        "hidden_about": "c" * 64,
    }
    return list({**given, **changed}.values())


def test_every_act_on_agencies_users_and_tokens_is_an_entry() -> None:
    somebody = made.user()
    token = Token.objects.get(user_id=somebody.id)
    at = clock.now()
    actions.set_password(user=somebody.id, password="another long phrase 8", by="test", at=at)
    actions.revoke_token(token=token.pk, by="test", at=at)
    actions.suspend_user(user=somebody.id, by="test", at=at)
    actions.restore_user(user=somebody.id, by="test", at=at)
    ids = {str(somebody.id), str(token.pk), somebody.ori}
    found = [one for one in reversed(queries.events(by="test")) if (one.about or {}).get("subject") in ids]
    assert [one.kind for one in found] == [
        *("enroll-agency", "enroll-user", "issue-token", "set-password", "revoke-token"),
        *("suspend-user", "restore-user"),
    ]
    assert {(one.door, one.outcome, one.agency_ori, one.source, one.agrees) for one in found} == {
        ("console", "done", None, None, True)
    }


@pytest.mark.parametrize("kind", [kind for kind in rule.KINDS if kind != "write"])
@pytest.mark.parametrize("door", rule.DOORS)
def test_law_the_database_writes_what_the_rule_says(kind: str, door: str) -> None:
    somebody = made.user()
    with events.visit(door, "192.0.2.7"):
        events.record(kind, by=somebody.id, about={"reason": "a word"}, outcome="refused")
    row = latest(kind)
    hidden = {"who": str(somebody.id), "source": "192.0.2.7", "about": {"reason": "a word"}}
    assert row.salt is not None
    assert row.leaf == rule.single(
        event=row.event,
        kind=kind,
        at=row.at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        door=door,
        outcome="refused",
        agency_ori=somebody.ori,
        commitments=rule.hide(hidden, row.salt),
    )
    assert row.agrees
    forgotten = dict.fromkeys(("by", "source", "about", "salt"))
    assert queries.EventView(**{**vars(row), **forgotten}).agrees
    later = row.at + timedelta(milliseconds=1)
    for changed in (
        {"by": None},
        {"kind": "x"},
        {"agency_ori": None},
        {"at": later},
        {"times": 2},
        {"outcome": "done"},
    ):
        assert not queries.EventView(**{**vars(row), **changed}).agrees, changed


def test_law_an_act_and_its_event_commit_together() -> None:
    before = Event.objects.count(), Pending.objects.count()
    with transaction.atomic():
        events.record("log-in", by=None)
        transaction.set_rollback(True)
    assert (Event.objects.count(), Pending.objects.count()) == before


def test_an_act_whose_event_cannot_be_written_did_not_happen(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **named: object) -> None:
        raise DatabaseError

    somebody = made.user()
    monkeypatch.setattr(events, "record", fail)
    with pytest.raises(DatabaseError), transaction.atomic():
        actions.suspend_user(user=somebody.id, by="test", at=clock.now())
    monkeypatch.undo()
    assert queries.user_named(somebody.username).is_active


WRONG = [
    {"kind": "Ada Byron"},
    {"kind": None},
    {"door": "Ada Byron"},
    {"door": None},
    {"outcome": "maybe"},
    {"hidden_who": "Ada Byron"},
    {"hidden_who": None},
    {"hidden_source": "B" * 64},
    {"hidden_about": 'a","name":"Ada Byron'.ljust(64, "a")},
    {"hidden_about": "a" * 65},
    {"salt": bytes(31)},
    {"salt": None},
    {"about": json.dumps({"x": "y" * 1000})},
]


@pytest.mark.parametrize("changed", WRONG, ids=str)
def test_nothing_but_words_of_the_list_and_commitments_gets_into_the_log(changed: dict) -> None:
    before = Pending.objects.count()
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CALL, arguments(**changed))
    assert "Ada" not in str(refused.value)
    assert Pending.objects.count() == before


@pytest.fixture
def pages() -> Iterator[psycopg.Connection]:
    """A connection as the pages' role; nothing of it is kept."""
    opened = psycopg.connect(address.owner().as_kind("app").url())
    yield opened
    opened.rollback()
    opened.close()


@pytest.mark.parametrize(
    "changed",
    [
        *({"kind": kind} for kind in rule.AT_THE_CONSOLE),
        {"door": "console"},
        {"who": str(UUID(int=7))},
        {"who": "console"},
        # Of no trace that this transaction has left.
        {"kind": "write", "about": '{"verb": "set_bail", "trace": 1}'},
        {"kind": "write", "about": '{"verb": "set_bail", "trace": "\' or 1=1"}'},
        {"kind": "write"},
    ],
    ids=str,
)
def test_the_pages_cannot_tell_of_what_is_not_theirs(pages: psycopg.Connection, changed: dict) -> None:
    with pytest.raises(psycopg.DatabaseError, match="no such event"):
        pages.execute(CALL, arguments(**changed))


@pytest.mark.parametrize("kind", [kind for kind in rule.AT_THE_DOORS if kind != "write"])
def test_the_pages_can_tell_of_what_is_theirs(pages: psycopg.Connection, kind: str) -> None:
    assert pages.execute(CALL, arguments(kind=kind)).fetchone() is not None


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM agencies_event",
        "SELECT * FROM agencies_eventcount",
        "SELECT guard.enter_event('{}')",
        "SELECT guard.close_event_counts()",
        "SELECT guard.events_found(NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1)",
    ],
)
def test_the_pages_cannot_read_or_close_them(pages: psycopg.Connection, statement: str) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        pages.execute(statement)


def fail_to_log_in(times: int, source: str) -> None:
    with events.visit("pages", source):
        for _ in range(times):
            events.record("log-in", by=None, about={"reason": "unknown-user"}, outcome="refused")


def test_a_flood_is_counted_and_hides_nothing_that_comes_from_elsewhere() -> None:
    # The minute may turn meanwhile: then each has a part of it.
    fail_to_log_in(3 * LIMIT, "192.0.2.66")
    fail_to_log_in(1, "192.0.2.7")
    found = queries.events(kind="log-in", outcome="refused", most=100)
    flood = [one for one in found if one.source == "192.0.2.66"]
    counted = sum(EventCount.objects.values_list("times", flat=True))
    assert LIMIT <= len(flood) <= 2 * LIMIT
    assert len(flood) + counted == 3 * LIMIT
    assert [one.source for one in found].count("192.0.2.7") == 1


def test_law_however_many_fail_the_log_grows_by_a_bounded_number_of_entries_a_minute() -> None:
    for address_ in range(rule.MOST // LIMIT + 5):
        fail_to_log_in(LIMIT, f"192.0.2.{address_}")
    per_minute: dict[object, int] = {}
    for one in queries.events(kind="log-in", most=1000):
        minute = one.at.replace(second=0, microsecond=0)
        per_minute[minute] = per_minute.get(minute, 0) + 1
    assert max(per_minute.values()) <= rule.MOST


def test_what_was_counted_has_one_entry_once_its_minute_is_over() -> None:
    minute = clock.now().replace(second=0, microsecond=0)
    for kind, before, times in (("log-in", 2, 4711), ("page", 1, 3), ("page", -2, 5)):
        minute_at = minute - timedelta(minutes=before)
        EventCount.objects.create(kind=kind, door="pages", minute_at=minute_at, times=times)
    assert events.close_counts() == 2
    assert events.close_counts() == 0
    row = latest("log-in")
    stamp = (minute - timedelta(minutes=2)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert row.leaf == rule.several(event=row.event, kind="log-in", at=stamp, door="pages", times=4711)
    assert (row.times, row.by, row.salt, row.agrees) == (4711, None, None, True)
    # The minute that is not over goes on counting.
    assert list(EventCount.objects.values_list("times", flat=True)) == [5]


def planted(age: timedelta) -> Event:
    salt = bytes(32)
    row = {"kind": "log-in", "door": "pages", "outcome": "done", "by": str(uuid4()), "source": "192.0.2.7"}
    with transaction.atomic():
        pending = Pending.objects.create(leaf=uuid4().bytes)
        return Event.objects.create(
            id=uuid4(), at=clock.now() - age, about={"reason": "x"}, salt=salt, pending_id=pending.pk, **row
        )


def test_after_their_time_events_are_forgotten_and_their_entries_stand() -> None:
    old, young = planted(rule.RETENTION + timedelta(days=1)), planted(timedelta(days=400))
    assert events.forget(at=clock.now()) == 1
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.by, old.source, old.about, old.salt) == (None, None, None, None)
    assert (old.kind, old.outcome, young.by is not None) == ("log-in", "done", True)
    assert Pending.objects.filter(pk=old.pending_id).exists()
    told = latest("forget-events")
    assert (told.by, told.door, told.about, told.agrees) == ("keeper", "console", {"events": 1}, True)
    # Where there is nothing to destroy, nothing is told.
    assert events.forget(at=clock.now()) == 0
    assert latest("forget-events").event == told.event


def test_law_no_event_is_changed_or_lost_and_none_is_forgotten_within_a_year() -> None:
    young, old = planted(timedelta(days=364)), planted(timedelta(days=800))
    forgotten = {"by": None, "source": None, "about": None, "salt": None}
    for row, change in (
        (young, forgotten),
        (old, {"by": "somebody else"}),
        (old, {**forgotten, "outcome": "refused"}),
        (old, {**forgotten, "at": clock.now()}),
        (old, {**forgotten, "agency_ori": "ZZ0000001"}),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.filter(pk=row.pk).update(**change)
    with pytest.raises(DatabaseError), transaction.atomic():
        Event.objects.filter(pk=old.pk).delete()


def test_events_are_found_by_whom_agency_kind_outcome_and_time_and_page_by_page() -> None:
    ada, bob = made.user(), made.user()
    start = clock.now() - timedelta(seconds=1)
    for somebody, kind, outcome in (
        (ada, "log-in", "done"),
        (ada, "page", "refused"),
        (bob, "log-in", "done"),
    ):
        events.record(kind, by=somebody.id, outcome=outcome)
    mine = queries.events(by=str(ada.id))
    assert [one.kind for one in mine] == ["page", "log-in"]
    assert [one.by for one in queries.events(agency_ori=bob.ori)] == [str(bob.id)]
    assert [one.kind for one in queries.events(by=str(ada.id), outcome="refused")] == ["page"]
    assert [one.kind for one in queries.events(by=str(ada.id), kind="log-in")] == ["log-in"]
    assert queries.events(by=str(ada.id), until=start) == []
    assert len(queries.events(by=str(ada.id), since=start)) == 2
    assert [one.kind for one in queries.events(by=str(ada.id), before=mine[0].event, most=1)] == ["log-in"]


def test_what_is_noted_in_a_visit_is_written_when_it_is_over() -> None:
    somebody = made.user()
    with events.visit("api", "192.0.2.9") as visit:
        events.note("page", by=somebody.id, about={"page": "portal:board"})
        assert queries.events(by=str(somebody.id)) == []
    events.write_noted(visit)
    events.write_noted(visit)
    (row,) = queries.events(by=str(somebody.id))
    assert (row.door, row.source, row.about) == ("api", "192.0.2.9", {"page": "portal:board"})


@pytest.fixture
def numbered() -> queries.EventView:
    """An event of somebody's among others, all numbered by the log."""
    somebody = made.user()
    with events.visit("pages", "192.0.2.7"):
        events.record("log-in", by=somebody.id)
    keep_integrating(signers.configured())
    return queries.events(kind="log-in", by=str(somebody.id))[0]


def behind_its_back(statement: str, event: UUID) -> None:
    """What somebody does who holds the database itself."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE agencies_event DISABLE TRIGGER USER")
        cursor.execute(statement, [event])
        cursor.execute("ALTER TABLE agencies_event ENABLE TRIGGER USER")


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("UPDATE agencies_event SET outcome = 'refused' WHERE id = %s", "does not say what its entry says"),
        ("UPDATE agencies_event SET at = at + interval '1 hour' WHERE id = %s", "does not say"),
        ("UPDATE agencies_event SET source = '192.0.2.8' WHERE id = %s", "does not say"),
        ('UPDATE agencies_event SET "by" = NULL WHERE id = %s', "does not say"),
        ("UPDATE agencies_event SET pending_id = 0 WHERE id = %s", "does not say"),
        ("DELETE FROM agencies_event WHERE id = %s", "tells of an event that the database no longer holds"),
    ],
)
def test_law_whoever_edits_what_is_kept_of_an_event_is_found(
    numbered: queries.EventView, statement: str, says: str
) -> None:
    behind_its_back(statement, numbered.event)
    with pytest.raises(LogBroken, match=says) as found:
        list(event_check.check())
    assert "192.0.2" not in str(found.value)


def test_events_as_they_are_kept_agree_with_the_log(
    numbered: queries.EventView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_check, "STEP", 2)
    done = list(event_check.check())
    assert done[-1] == Event.objects.count()
    assert len(done) == -(-done[-1] // 2)
    assert numbered.index is not None
