"""Who may move a prisoner where: custody has an owner, and to commit is the magistrate's alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agencies.rules import OFFICES
from openpars.errors import Conflict
from openpars.records.rules.custody import check_move, moves
from openpars.records.rules.lifecycle import HELD, Custody, Office

STEPS = st.lists(st.sampled_from([*Custody, "booked"]), min_size=1, max_size=6)
OFFICE = st.none() | st.sampled_from(sorted(OFFICES))
BEFORE_COURT = st.lists(st.sampled_from([*HELD, "booked"]), min_size=1, max_size=6)


@given(OFFICE, STEPS, st.booleans())
def test_law_nobody_is_committed_whom_no_magistrate_has_committed(office, steps, arraigned):
    since = steps[len(steps) - steps[::-1].index("released") :] if "released" in steps else steps
    if Custody.COMMITTED not in since:
        assert Custody.COMMITTED not in moves(office, steps, arraigned=arraigned)
        with pytest.raises(Conflict, match="only a magistrate commits"):
            check_move(office, Custody.COMMITTED, steps, arraigned=arraigned)


@given(STEPS, st.booleans())
def test_law_police_move_nobody_whom_a_magistrate_has_decided_about(steps, arraigned):
    if arraigned or steps[-1] == Custody.COMMITTED:
        assert moves(Office.POLICE, steps, arraigned=arraigned) <= HELD & {steps[-1]}


@given(BEFORE_COURT)
def test_law_before_the_hearing_police_have_the_person_and_may_let_go(steps):
    assert moves(Office.POLICE, steps, arraigned=False) == HELD | {Custody.RELEASED}


@given(OFFICE, STEPS, st.booleans())
def test_law_nobody_at_liberty_comes_back_by_being_said_to(office, steps, arraigned):
    if steps[-1] == Custody.RELEASED:
        assert not moves(office, steps, arraigned=arraigned)


@given(STEPS, st.booleans())
def test_law_offices_that_answer_for_nobody_move_nobody(steps, arraigned):
    for office in set(OFFICES) - {Office.POLICE, Office.COURT}:
        assert not moves(office, steps, arraigned=arraigned)


@given(OFFICE, st.sampled_from(Custody), STEPS, st.booleans())
def test_law_a_move_is_one_of_the_offices_or_refused_in_words(office, after, steps, arraigned):
    if after in moves(office, steps, arraigned=arraigned):
        check_move(office, after, steps, arraigned=arraigned)
    else:
        with pytest.raises(Conflict, match=r"^(only a magistrate|a person who is) "):
            check_move(office, after, steps, arraigned=arraigned)


@pytest.mark.parametrize(
    ("office", "steps", "arraigned", "expected"),
    [
        ("police", ["in custody", "committed"], True, set()),
        ("police", ["committed", "in hospital"], True, {"in hospital"}),
        ("court", ["in custody", "committed"], True, {"committed", "in hospital", "at court", "released"}),
        ("court", ["committed", "in hospital"], True, {"committed", "in hospital", "at court", "released"}),
        ("court", ["in custody"], False, {"in custody", "in hospital", "at court", "released"}),
        ("court", ["in custody", "at court"], True, {"in hospital", "at court", "released"}),
    ],
)
def test_what_each_office_may_say(office, steps, arraigned, expected):
    assert moves(office, steps, arraigned=arraigned) == expected
