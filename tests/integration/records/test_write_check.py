"""The traces of acts on records are held against the log: who wrote cannot be changed afterwards, by nobody."""

import pytest
from django.db import connection, transaction

from openpars import clock
from openpars.agencies import event_check
from openpars.agencies.models import Event
from openpars.errors import LogBroken
from openpars.records import actions, write_check
from openpars.records.models import Trace
from openpars.translog import actions as log
from openpars.translog import signers
from tests.factories.records import BY, batch, reported

pytestmark = pytest.mark.django_db

GUARDED = ("records_trace", "agencies_event")
EDITS = {
    "who did it": ("UPDATE records_trace SET by = 'somebody else' WHERE id = %s", "does not say"),
    "what was done": ("UPDATE records_trace SET verb = 'amend_arrest' WHERE id = %s", "does not say"),
    "when": ("UPDATE records_trace SET at = at - interval '1 hour' WHERE id = %s", "does not say"),
    "how much": ("UPDATE records_trace SET count = 2 WHERE id = %s", "does not say"),
    "the details": ('UPDATE records_trace SET detail = \'{"a": "b"}\' WHERE id = %s', "does not say"),
    "that it was no draft": (
        "UPDATE records_trace SET verb = 'keep_draft' WHERE id = %s",
        "of an act on records that no trace tells of",
    ),
    "gone": ("DELETE FROM records_trace WHERE id = %s", "that no trace tells of"),
    "its event gone": ("DELETE FROM agencies_event WHERE trace = %s", "the log has no entry"),
}
BOTH = {
    "who did it": "UPDATE {} SET by = 'somebody else' WHERE {} = %s",
    "gone": "DELETE FROM {} WHERE {} = %s",
}


def edit(statement: str, *arguments: object) -> None:
    """What somebody does who owns the database, and switches off what refuses it."""
    with connection.cursor() as cursor:
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {table}_append_only")
        cursor.execute(statement, arguments)
        for table in GUARDED:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {table}_append_only")


def written() -> int:
    """The trace of an arrest that was reported."""
    reported()
    # What was deferred to the commit is looked at now: a table with such events open cannot be altered.
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return int(Trace.objects.filter(verb="report_arrest").latest("pk").pk)


def checked() -> None:
    for check in (write_check.check, event_check.check):
        for _ in check():
            pass


@pytest.mark.parametrize("what", EDITS)
def test_law_a_trace_that_was_edited_is_found(what: str) -> None:
    written()
    trace = written()
    checked()
    statement, says = EDITS[what]
    edit(statement, trace)
    with pytest.raises(LogBroken, match=says):
        checked()


@pytest.mark.parametrize("what", BOTH)
def test_law_an_edit_of_the_event_beside_it_is_found_by_the_entry(what: str) -> None:
    written()
    trace = written()
    while log.integrate(signer=signers.configured(), at=clock.now()).added:
        pass
    for table, column in (("records_trace", "id"), ("agencies_event", "trace")):
        edit(BOTH[what].format(table, column), trace)
    with pytest.raises(LogBroken, match=r"says|no longer holds"):
        checked()


def test_what_was_written_before_writes_had_entries_is_no_fault() -> None:
    with transaction.atomic():
        trace = written()
        edit("DELETE FROM agencies_event WHERE trace = %s", trace)
        edit("DELETE FROM agencies_event WHERE trace < %s", trace)
        for _ in write_check.check():
            pass
        later = written()
        assert list(write_check.check()) == [1]
        assert later > trace
        transaction.set_rollback(True)


def test_a_bulk_load_is_one_entry_and_doing_it_again_none() -> None:
    for added in (1, 0):
        before = Event.objects.filter(kind="write").count()
        actions.load(batch=batch(), by=str(BY), at=clock.now())
        assert Event.objects.filter(kind="write").count() - before == added
