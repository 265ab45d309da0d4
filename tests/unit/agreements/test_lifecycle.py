"""The laws of the life of a proposal."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from openpars.agreements.rules import lifecycle, signing
from openpars.agreements.rules.lifecycle import OPEN, Procedure, Proceeding, Stage, Vote, stage
from openpars.agreements.rules.terms import Agreement, Prohibition, Term
from openpars.errors import BadInput, Conflict
from tests.strategies import agreements as some

VOTERS = ("ZZ0010000", "ZZ001013A", "ZZ001015J")
PARTNER = "ZZ0020000"
BEGAN = datetime(2026, 3, 1, 12, tzinfo=UTC)
LATE = BEGAN + timedelta(days=90)
moments = st.integers(0, 60).map(lambda days: BEGAN + timedelta(days=days))


@st.composite
def proceedings(draw: st.DrawFn) -> Proceeding:
    """Anything that may have been done about a proposal, in any order, by anybody."""
    widens = draw(st.booleans())
    return Proceeding(
        Procedure(
            voters=frozenset(VOTERS),
            needed=draw(st.integers(1, 3)),
            signers=frozenset(VOTERS) if widens else frozenset(),
            receiver=PARTNER if widens and draw(st.booleans()) else None,
            by_vote=widens or draw(st.booleans()),
            drafter="drafter",
            consultation_ends_at=draw(moments),
            term_ends_at=draw(st.none() | moments),
        ),
        votes=tuple(
            draw(
                st.lists(
                    st.builds(
                        Vote,
                        st.sampled_from([*VOTERS, "ZZ0099999"]),
                        st.sampled_from(["one", "two", "drafter"]),
                        st.booleans(),
                        moments,
                    ),
                    max_size=6,
                )
            )
        ),
        signed=draw(st.frozensets(st.sampled_from([*VOTERS, PARTNER]))),
        withdrawn=draw(st.integers(0, 5)) == 0,
        done=False,
        overtaken=draw(st.integers(0, 5)) == 0,
        suspended_at=draw(st.none() | moments),
    )


@given(proceedings(), moments)
def test_nothing_is_carried_without_its_votes_and_signatures(one: Proceeding, at: datetime) -> None:
    if stage(one, at) is not Stage.CARRIED:
        return
    needs = one.procedure
    yes = {vote.ori for vote in one.votes if vote.in_favor and vote.ori in VOTERS and vote.by != "drafter"}
    assert not needs.by_vote or len(yes) >= needs.needed
    assert not needs.signers or len(one.signed & needs.signers) >= needs.needed
    assert needs.receiver is None or needs.receiver in one.signed
    assert at >= needs.consultation_ends_at
    assert needs.term_ends_at is None or at < needs.term_ends_at
    assert not one.withdrawn


@given(proceedings(), moments)
def test_law_4_an_end_is_an_end_for_what_was_decided_before_it(one: Proceeding, at: datetime) -> None:
    if stage(one, at) is not Stage.CARRIED:
        return
    assert not one.overtaken
    if one.suspended_at is not None:
        since = {vote.ori for vote in one.counted if vote.in_favor and vote.at >= one.suspended_at}
        assert len(since) >= one.procedure.needed
    overtaken = replace(one, overtaken=True)
    assert stage(overtaken, at) is Stage.OVERTAKEN
    assert stage(replace(one, suspended_at=LATE), at) is Stage.HELD
    assert Stage.OVERTAKEN not in OPEN


@given(proceedings(), moments)
def test_an_office_counts_once_and_a_drafter_never(one: Proceeding, at: datetime) -> None:
    assert len(one.counted) == len({vote.ori for vote in one.counted})
    assert all(vote.by != "drafter" and vote.ori in VOTERS for vote in one.counted)
    again = replace(
        one, votes=one.votes + tuple(replace(vote, in_favor=not vote.in_favor) for vote in one.counted)
    )
    assert stage(again, at) is stage(one, at)


@given(proceedings(), moments)
def test_a_vote_for_never_takes_a_proposal_back(one: Proceeding, at: datetime) -> None:
    if stage(one, at) is not Stage.CARRIED:
        return
    for ori in VOTERS:
        more = replace(one, votes=(*one.votes, Vote(ori, "three", True, LATE)))
        assert stage(more, at) is Stage.CARRIED


@given(proceedings(), moments, st.integers(0, 60))
def test_what_is_withdrawn_or_refused_stays_so(one: Proceeding, at: datetime, days: int) -> None:
    if stage(one, at) in (Stage.WITHDRAWN, Stage.REFUSED):
        later = replace(one, votes=(*one.votes, *(Vote(ori, "three", True, LATE) for ori in VOTERS)))
        assert stage(later, at + timedelta(days=days)) in (Stage.WITHDRAWN, Stage.REFUSED)


@given(proceedings(), moments, st.sampled_from([*VOTERS, "ZZ0099999"]), st.sampled_from(["one", "drafter"]))
def test_whoever_may_vote_has_not_voted_and_did_not_draft(
    one: Proceeding, at: datetime, ori: str, by: str
) -> None:
    try:
        lifecycle.check_vote(one, ori=ori, by=by, at=at)
    except Conflict:
        return
    assert ori in VOTERS
    assert by != "drafter"
    assert ori not in {vote.ori for vote in one.votes}
    assert stage(one, at) in OPEN - {Stage.CONSULTATION}


@given(some.agreements(), some.agreements(kind="charter"), st.booleans(), st.booleans())
def test_a_text_cannot_ask_for_fewer_votes_than_the_charter(
    proposed: Agreement, charter: Agreement, widens: bool, by_vote: bool
) -> None:
    needs = lifecycle.procedure(
        proposed,
        current=None,
        charter=charter,
        widens=widens,
        by_vote=by_vote,
        drafter="d",
        consultation_ends_at=BEGAN,
    )
    assert needs.voters == {owner.ori for owner in charter.owners if owner.votes}
    assert needs.needed >= min(charter.votes_needed, len(needs.voters))
    assert needs.by_vote or not widens
    assert not widens or needs.signers == needs.voters


@given(some.agreements(kind="charter"))
def test_a_charter_changes_by_votes_alone(charter: Agreement) -> None:
    assert not lifecycle.only_narrows(replace(charter, version=7, powers=()), charter, narrows=True)


@given(some.agreements(kind="outside"))
def test_nothing_narrows_by_mere_claim(agreement: Agreement) -> None:
    assert not lifecycle.only_narrows(agreement, None, narrows=True)
    assert not lifecycle.only_narrows(agreement, agreement, narrows=False)
    assert lifecycle.only_narrows(replace(agreement, version=7), agreement, narrows=True)
    longer = Term(
        agreement.term.first_day, agreement.term.last_day + timedelta(days=1), agreement.term.time_zone
    )
    assert not lifecycle.only_narrows(replace(agreement, term=longer), agreement, narrows=True)
    assert not lifecycle.only_narrows(replace(agreement, identifier="another"), agreement, narrows=True)


@given(some.agreements(kind="outside"), st.data())
def test_law_no_words_change_without_a_vote(agreement: Agreement, data: st.DataObject) -> None:
    """A narrowing that says a duty, a prohibition or a notice anew: nobody but people can judge what it means."""
    freely = "They may pass it on to anybody."
    # Said anew, a prohibition may still stand in another of the same words that forbids as much.
    assume(len({one.text for one in agreement.prohibitions}) == len(agreement.prohibitions))
    part = data.draw(st.sampled_from(["title", "statement", "notices", "duties", "prohibitions"]))
    said = getattr(agreement, part)
    if isinstance(said, str):
        said = freely
    elif said:
        place = data.draw(st.integers(0, len(said) - 1))
        said = (*said[:place], replace(said[place], text=freely), *said[place + 1 :])
    reworded = replace(agreement, version=7, **{part: said})
    assert lifecycle.only_narrows(reworded, agreement, narrows=True) is (said == getattr(agreement, part))
    # Nor is a duty said anew beside itself; more may be forbidden, in words of its own.
    twice = replace(
        agreement, duties=(*agreement.duties, *(replace(d, text=freely) for d in agreement.duties))
    )
    assert lifecycle.only_narrows(twice, agreement, narrows=True) is (not agreement.duties)
    ban = Prohibition("99.1", "Nobody is profiled.", purposes=("Profiling",))
    stricter = replace(agreement, prohibitions=(*agreement.prohibitions, ban))
    assert lifecycle.only_narrows(stricter, agreement, narrows=True)


@given(st.binary(min_size=32, max_size=32), st.binary(min_size=64, max_size=64))
def test_a_signature_file_reads_back(key: bytes, signature: bytes) -> None:
    made = signing.Signature("a" * 64, "b" * 64, key, signature)
    assert signing.read(signing.write(made)) == made
    assert signing.read(signing.write(made).replace("\n", "\r\n")) == made
    assert signing.key(f" ed25519:{signing.encoded(key)}\n") == key


@pytest.mark.parametrize("text", ["", "ed25519:", "ed25519:AAAA", "x" * 50, "ed25519:" + "é" * 44])
def test_a_key_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        signing.key(text)
