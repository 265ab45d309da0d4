"""A delay has a reason, its minutes have one reason each, and it ends once."""

from datetime import timedelta
from uuid import uuid4

import pytest

from openpars.errors import BadInput, Conflict, NotFound
from openpars.records import actions
from openpars.records.models import Delay
from openpars.records.rules.delays import Reason, Segment
from tests.factories.records import AT, BY, reported

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)
LATER = AT + 5 * HOUR


def note(report, delay, **facts):
    return actions.note_delay(arrest=report.arrest, delay=delay, by=BY, at=LATER, **facts)


def test_a_delay_is_noted_and_ended_once():
    report = reported()
    delay = note(report, Segment(Reason.HOSPITAL, AT + HOUR, words=" Stitches. "))
    kept = Delay.objects.get()
    assert (kept.reason, kept.words, kept.ended_at) == ("hospital", "Stitches.", None)
    assert note(report, delay, ended_at=AT + 2 * HOUR) == delay
    assert Delay.objects.get().ended_at == AT + 2 * HOUR
    with pytest.raises(Conflict, match="ended already"):
        note(report, delay, ended_at=AT + 3 * HOUR)
    note(report, Segment(Reason.TRANSPORT, AT + 2 * HOUR))
    with pytest.raises(NotFound):
        note(report, uuid4())
    with pytest.raises(NotFound):
        note(reported(), delay)


@pytest.mark.parametrize(
    ("segment", "field"),
    [
        (Segment(Reason.OTHER, AT + HOUR), "words"),
        (Segment(Reason.OTHER, AT + HOUR, words="x" * 501), "words"),
        (Segment(Reason.SYSTEM, AT - HOUR), "began_at"),
        (Segment(Reason.SYSTEM, LATER + HOUR), "began_at"),
        (Segment(Reason.SYSTEM, AT + HOUR, LATER + HOUR), "ended_at"),
        (Segment(Reason.SYSTEM, AT + HOUR, AT), "ended_at"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(segment, field):
    with pytest.raises(BadInput) as refused:
        note(reported(), segment)
    assert {problem.where for problem in refused.value.problems} == {field}
    assert not Delay.objects.exists()


def test_each_minute_has_one_reason_also_when_a_delay_ends():
    report = reported()
    first = note(report, Segment(Reason.HOSPITAL, AT + HOUR, AT + 2 * HOUR))
    with pytest.raises(BadInput, match="one reason"):
        note(report, Segment(Reason.SYSTEM, AT, AT + 2 * HOUR))
    open_one = note(report, Segment(Reason.SYSTEM, AT + 2 * HOUR))
    with pytest.raises(BadInput, match="after the beginning"):
        note(report, open_one, ended_at=AT + 2 * HOUR)
    with pytest.raises(Conflict):
        note(report, first, ended_at=AT + 3 * HOUR)
