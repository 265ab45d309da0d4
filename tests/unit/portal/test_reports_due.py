"""Until when a disposition is to be reported, by the clock of the rules."""

import pytest

from openpars.portal import custodian


@pytest.mark.parametrize(
    ("now", "left", "state"),
    [
        ("2026-07-01T12:00:00Z", "89 days left", "running"),
        ("2026-09-01T12:00:00Z", "27 days left", "amber"),
        ("2026-09-25T12:00:00Z", "3 days left", "red"),
        # The last day is a whole one of the city's: 11 p.m. in Philadelphia is tomorrow in UTC.
        ("2026-09-29T03:00:00Z", "0 days left", "red"),
        ("2026-09-29T05:00:00Z", "late by 1 day", "past"),
    ],
)
def test_a_disposition_is_due_ninety_days_after_its_day(now: str, left: str, state: str) -> None:
    row = {"arrest": "a", "otn": "Z1234567", "surname": "Vandersloot", "report_due_from": "2026-06-30"}
    (due,), rule = custodian.dues({"as_of": now, "results": [row]})
    assert rule == "disposition reported within 90 days (18 Pa.C.S. 9113, version 1)"
    assert (due.until, due.left, due.state) == ("September 28, 2026", left, state)
