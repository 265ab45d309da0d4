"""From an opened record to the charging page: sides, snapshots, typed charges, papers."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.portal import charging, papers
from openpars.portal.charging_form import Form, Seen

AT = "2026-11-23T08:05:00Z"


def charge(number: int, stage: str = "recommended", **said: object) -> dict[str, object]:
    return {
        "charge_reference": str(uuid4()),
        "charge_stage": stage,
        "charge_sequence": number,
        "charge_status": "pending" if stage == "recommended" else "approved",
        "statute": "18 § 3921 §§ A",
        "charge_description": "Theft",
        "grade": "M1",
        "charge_count": 1,
        "charge_follows": None,
        **said,
    }


def record(*charges: dict[str, object], **said: object) -> dict[str, object]:
    whole = {"arrest": str(uuid4()), "given_name": "Dana", "surname": "Example", "invented": True}
    return {**whole, "arrested_at": AT, "charge": list(charges), **said}


def test_a_filed_charge_stands_beside_the_one_that_it_follows_and_says_what_is_other() -> None:
    police, second = charge(1), charge(2)
    answer = charge(1, "filed", charge_follows=police["charge_reference"], grade="M2", charge_count=2)
    own = charge(2, "filed", charge_description="Other")
    first, open_still, last = charging.lines(record(police, second, answer, own))
    assert (first.state, first.changed, first.to_file) == ("filed", ("grade", "count"), False)
    assert (open_still.state, open_still.to_file) == ("pending", True)
    assert (last.police, last.state) == (None, "filed")


@pytest.mark.parametrize(
    ("status", "to_file"), [("approved", True), ("declined", False), ("withdrawn", False)]
)
def test_a_decided_charge_can_be_filed_only_if_it_was_approved(status: str, to_file: bool) -> None:
    (line,) = charging.lines(record(charge(1, charge_status=status)))
    assert (line.state, line.to_file) == (status, to_file)


said = st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=6)


@given(said, said)
def test_law_the_difference_is_what_differs_and_nothing_else(
    was: dict[str, str], now: dict[str, str]
) -> None:
    shown = {label: (before, after) for label, before, after in charging.difference(was, now)}
    for label in {*was, *now}:
        before, after = was.get(label, ""), now.get(label, "")
        assert (label in shown) is (before != after)
        if before != after:
            assert shown[label] == (before or "—", after or "—")


@given(st.integers(0, 10**6), said)
def test_law_what_a_page_saw_comes_back_for_its_arrest_alone(version: int, words: dict[str, str]) -> None:
    arrest, seen = uuid4(), Seen(version, words)
    assert Seen.opened(seen.sealed(arrest), arrest) == seen
    assert Seen.opened(seen.sealed(arrest), uuid4()) is None
    assert Seen.opened(seen.sealed(arrest)[:-1], arrest) is None


def test_what_police_wrote_may_stay_though_it_is_no_statute_of_ours() -> None:
    lines = charging.lines(record(charge(1, statute="Local ordinance 9", grade="X")))
    form = Form.blank(lines, "Facts.")
    (kept,) = form.charges(lines)
    assert (kept.statute, kept.grade, form.errors) == ("Local ordinance 9", "X", {})


def test_the_first_fault_of_a_field_counts_and_fields_of_others_are_not_taken() -> None:
    lines = charging.lines(record(charge(1)))
    form = Form.blank(lines, "Facts.").typed({"seen": "x", "act": "file", "facts": " "})
    assert "seen" not in form.values
    form.charges(lines)
    form.refuse("facts", "Another")
    assert form.errors == {"facts": "Enter the facts that the charges rest on"}


def test_a_queue_names_whose_turn_it_is() -> None:
    rows = [
        record(charging_state=state, dc_number="26-24-000001") for state in ("waiting", "asked", "answered")
    ]
    shown = charging.queue({"as_of": "2026-11-24T09:05:00Z", "results": rows})
    assert shown.count_line == "2 to charge · 2 past 12 h · 2 past 20 h · 1 with the police"
    assert {row.whose for row in shown.rows} == {"District attorney", "Police"}
    assert shown.rows[0].case_number == "26-24-000001"


def test_a_name_of_two_thousand_characters_of_unicode_reaches_the_paper_whole() -> None:
    name = "Ǽöß東京\u0301" * 333
    printed = papers.arrest_report(
        record(charge(1), given_name=name, dc_number="26-24-000001"),
        office="Police",
        at=datetime(2026, 11, 23, 9, tzinfo=UTC),
    )
    assert printed.subject.name == f"{name} Example"
    assert printed.incident.district == "24"
    assert printed.issue.version == 1


def test_versions_count_on_within_a_kind() -> None:
    rows = [
        {"paper_kind": "complaint", "paper_version": 1, "paper_made_at": AT},
        {"paper_kind": "complaint", "paper_version": 2, "paper_made_at": AT},
        {"paper_kind": "arrest-report", "paper_version": 7, "paper_made_at": AT},
    ]
    assert papers.next_version({"paper": rows}, "complaint") == 3
    assert papers.next_version({}, "complaint") == 1
