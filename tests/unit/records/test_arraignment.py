"""The decision at the preliminary arraignment: what is refused at which field, and what it leads to."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from openpars.records.rules import arraignment
from openpars.records.rules.arraignment import Hearing, hearing_problems
from openpars.records.rules.bail import BailDecision, BailKind
from openpars.records.rules.dispositions import disposition_problems
from openpars.records.rules.hearings import listing_problems
from openpars.records.rules.lifecycle import Custody

ZONE = ZoneInfo("America/New_York")
AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
TODAY = date(2026, 3, 2)
MONEY = BailDecision(BailKind.MONETARY, Decimal(5000), Decimal(10))
DECIDED = Hearing(UUID(int=1), True, "F2", MONEY, date(2026, 3, 16))


def wheres(hearing: Hearing) -> list[str]:
    return [problem.where for problem in hearing_problems(hearing, AT, ZONE)]


def test_a_whole_decision_has_no_problem():
    assert wheres(DECIDED) == []
    assert wheres(Hearing(UUID(int=1), False)) == []


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"magistrate": None}, "magistrate"),
        ({"probable_cause": None}, "probable_cause"),
        ({"probable_cause": False}, "probable_cause"),
        ({"bail": None}, "type"),
        ({"bail": replace(MONEY, amount=None)}, "amount"),
        ({"next_on": None}, "next_on"),
        ({"next_on": date(2026, 3, 17)}, "next_on"),
        ({"next_on": date(2026, 3, 15)}, "next_on"),
        ({"cause": "\x00"}, "cause"),
    ],
)
def test_what_is_missing_or_wrong_is_said_at_its_field(changes, where):
    assert wheres(replace(DECIDED, **changes)) == [where]


def test_a_stated_cause_moves_the_date_and_is_kept_with_the_rule():
    moved = replace(DECIDED, next_on=date(2026, 3, 24), cause="counsel is away")
    assert wheres(moved) == []
    assert arraignment.rule_words(moved, AT, ZONE).endswith("held (version 1); counsel is away")


@pytest.mark.parametrize(
    ("kind", "state", "status"),
    [
        (BailKind.ROR, Custody.RELEASED, "Posted"),
        (BailKind.UNSECURED, Custody.RELEASED, "Posted"),
        (BailKind.MONETARY, Custody.COMMITTED, "Set"),
        (BailKind.DENIED, Custody.COMMITTED, "Denied"),
    ],
)
def test_who_goes_home(kind, state, status):
    decided = replace(DECIDED, bail=BailDecision(kind))
    assert arraignment.leads_to(decided, TODAY) is state
    assert arraignment.bail_status(decided.bail, TODAY) == status


def test_without_probable_cause_the_person_goes():
    decided = Hearing(UUID(int=1), False)
    assert arraignment.leads_to(decided, TODAY) is Custody.RELEASED
    assert arraignment.result(decided) == "no probable cause"


def test_a_listing_names_a_session_and_a_site_that_exist():
    four = datetime(2026, 3, 2, 21, tzinfo=UTC)
    assert listing_problems(four, "C", AT, ZONE) == []
    assert [each.where for each in listing_problems(AT.replace(minute=5), "Q", AT, ZONE)] == [
        "site",
        "session_at",
    ]
    assert [each.where for each in listing_problems(AT.replace(hour=5), "C", AT, ZONE)] == ["session_at"]


def test_a_disposition_says_how_and_not_tomorrow():
    assert disposition_problems("Withdrawn", TODAY, TODAY) == []
    assert [each.where for each in disposition_problems(" ", date(2026, 3, 3), TODAY)] == [
        "outcome",
        "disposed_on",
    ]
