"""The booking desk's checks."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.records.rules.booking import NAME_LIMIT, Report, age, report_problems
from openpars.records.rules.facts import ArrestFacts, ChargeFacts, IncidentFacts, PersonFacts

CITY = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 23, 15, tzinfo=UTC)
HOUR = timedelta(hours=1)
CHARGE = ChargeFacts("18 § 2701 §§ A1", "Simple assault", "M2")
REPORT = Report(
    PersonFacts("Ann", "Example", birth_date=date(1990, 5, 1), invented=True),
    IncidentFacts("26-41-000123", NOW - 3 * HOUR, "1 Alder Street", "41"),
    ArrestFacts(NOW - 2 * HOUR, "Q333333-0", category="O"),
    (CHARGE,),
    prints_at=NOW - HOUR,
)
DATES = st.dates(date(1890, 1, 1), date(2030, 12, 31))
TIMES = st.datetimes(datetime(2000, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))


def changed(**parts):
    """The report with single facts changed, wherever they stand."""
    report = REPORT
    for name, value in parts.items():
        holder = next(
            (each for each in ("person", "incident", "arrest") if hasattr(getattr(report, each), name)), None
        )
        if holder:
            report = replace(report, **{holder: replace(getattr(report, holder), **{name: value})})
        else:
            report = replace(report, **{name: value})
    return report


def wheres(report, now=NOW):
    return [problem.where for problem in report_problems(report, now, CITY)]


def test_a_good_report_has_no_problems():
    assert report_problems(REPORT, NOW, CITY) == []


@pytest.mark.parametrize(
    ("parts", "where", "words"),
    [
        ({"birth_date": date(2026, 11, 24)}, "birth_date", "future"),
        ({"birth_date": date(2026, 11, 23), "arrested_at": NOW - 48 * HOUR, "occurred_at": None},
         "arrested_at", "before the birth"),
        ({"birth_date": date(1890, 1, 1)}, "birth_date", "120 years"),
        ({"birth_date": date(2017, 1, 1)}, "birth_date", "under 10"),
        ({"arrested_at": NOW + HOUR, "prints_at": None}, "arrested_at", "future"),
        ({"occurred_at": NOW - HOUR}, "occurred_at", "after the arrest"),
        ({"prints_at": NOW - 3 * HOUR}, "prints_at", "before the arrest"),
        ({"prints_at": NOW + HOUR}, "prints_at", "future"),
        ({"otn": "333333"}, "otn", "one letter"),
        ({"dc_number": "41-123"}, "dc_number", "two digits of the year"),
        ({"category": "X"}, "category", "on view"),
        ({"category": "T"}, "warrant", "must be the warrant's number"),
        ({"warrant": "W-1"}, "warrant", "must be empty"),
        ({"charges": ()}, "charges", "at least one"),
        ({"charges": (CHARGE,) * 41}, "charges", "at most 40"),
        ({"charges": (CHARGE, replace(CHARGE, statute=" "))}, "charges.1.statute", "statute"),
        ({"charges": (replace(CHARGE, grade="F9"),)}, "charges.0.grade", "one of"),
        ({"charges": (replace(CHARGE, count=0),)}, "charges.0.count", "1 to 999"),
        ({"surname": "x" * 2001}, "surname", "2,000"),
        ({"location": "x" * 501}, "location", "500"),
        ({"given_name": "Ann\x00"}, "given_name", "control"),
        ({"address": "1 Alder\nStreet"}, "address", "line breaks"),
        ({"officers": ("A. Officer", "B\x07")}, "officers.1", "control"),
    ],
)  # fmt: skip
def test_each_problem_is_told_at_its_field(parts, where, words):
    found = report_problems(changed(**parts), NOW, CITY)
    assert where in {problem.where for problem in found}
    assert words in next(problem.what for problem in found if problem.where == where)
    assert len(found) <= 2


@given(TIMES, st.none() | TIMES, st.none() | DATES, st.none() | TIMES)
def test_law_what_hangs_on_an_unread_time_is_not_judged_and_everything_else_is(at, occurred_at, born, prints):
    parts = {
        "occurred_at": occurred_at,
        "birth_date": born,
        "prints_at": prints,
        "otn": "1234",
        "charges": (),
    }
    unread = [
        problem.where
        for problem in report_problems(changed(arrested_at=at, **parts), NOW, CITY, {"arrested_at"})
    ]
    late = NOW + timedelta(minutes=5)
    expected = [
        *(["birth_date"] if born and born > NOW.astimezone(CITY).date() else []),
        *(["occurred_at"] if occurred_at and occurred_at > late else []),
        *(["prints_at"] if prints and prints > late else []),
    ]
    assert unread == [*expected, "otn", "charges"]


def test_a_desks_clock_may_run_five_minutes_ahead():
    assert wheres(changed(arrested_at=NOW + timedelta(minutes=5), prints_at=None)) == []


@given(st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=60).map(lambda t: t * 30))
def test_law_a_name_of_any_unicode_up_to_its_limit_is_taken(name):
    name = name[:NAME_LIMIT]
    assert wheres(changed(given_name=name, surname=name)) == []


@given(st.text(min_size=8, max_size=60), TIMES, DATES)
def test_law_no_problem_repeats_what_was_given(text, at, born):
    report = changed(
        surname=text, otn=text, dc_number=text, warrant=text, arrested_at=at, birth_date=born, category=text
    )
    for problem in report_problems(report, NOW, CITY):
        assert text not in str(problem)
        assert str(born) not in str(problem)


@given(TIMES, st.none() | TIMES, DATES, TIMES)
def test_law_a_report_without_problems_is_in_the_order_of_life(arrested_at, occurred_at, born, now):
    report = changed(arrested_at=arrested_at, occurred_at=occurred_at, birth_date=born, prints_at=None)
    if report_problems(report, now, CITY):
        return
    assert born <= (occurred_at or arrested_at).astimezone(CITY).date()
    assert (occurred_at or arrested_at) <= arrested_at <= now + timedelta(minutes=5)


def test_age_counts_whole_years():
    assert age(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age(date(2008, 2, 29), date(2026, 3, 1)) == 18
