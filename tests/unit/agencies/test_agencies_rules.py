"""Who may use the system: ORI, username, standing, tokens."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agencies import rules

DAYS = st.dates(date(2020, 1, 1), date(2035, 1, 1))


@pytest.mark.parametrize("ori", ["ZZ0010000", "ZZ001013A", "PAPEP0000"])
def test_an_ori_is_two_letters_and_seven_characters(ori: str) -> None:
    assert rules.ori_problem(ori) is None


@pytest.mark.parametrize(
    "ori", ["", "zz0010000", "ZZ00100000", "ZZ001000", "1Z0010000", "ZZ001 000", "ZZ0010000\n"]
)
def test_anything_else_is_no_ori_and_is_not_repeated(ori: str) -> None:
    problem = rules.ori_problem(ori)
    assert problem is not None
    assert not ori or ori not in problem.what


@pytest.mark.parametrize("username", ["a", "Ada", "-ada", "a b", "ada@x", "a" * 64, "ada\n"])
def test_a_username_is_plain(username: str) -> None:
    assert rules.username_problem(username) is not None


@given(DAYS, DAYS, DAYS, st.booleans())
def test_standing_needs_post_screening_and_training(
    on: date, screened: date, trained: date, active: bool
) -> None:
    held = rules.in_standing(is_active=active, screened_until=screened, trained_until=trained, on=on)
    assert held == (active and on <= screened and on <= trained)


@given(st.integers(-1000, 1000))
def test_a_password_serves_a_year(days: int) -> None:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    assert rules.password_serves(set_at=at - timedelta(days=days), at=at) == (days <= 365)


def test_no_password_serves_nobody() -> None:
    assert not rules.password_serves(set_at=None, at=datetime(2026, 11, 23, tzinfo=UTC))


def test_tokens_differ_and_only_their_digest_is_kept() -> None:
    tokens = {rules.fresh_token() for _ in range(100)}
    assert len(tokens) == 100
    assert all(token.startswith(rules.TOKEN_MARK) and len(token) > 40 for token in tokens)
    assert all(token not in rules.digest(token) and len(rules.digest(token)) == 64 for token in tokens)
