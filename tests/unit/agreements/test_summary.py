"""An agreement in short says nothing that its permits do not give, and leaves out nothing that changes what it is."""

from hypothesis import given
from hypothesis import strategies as st

from openpars.agreements.rules import summary as short
from openpars.agreements.rules.decision import InForce, Request
from openpars.agreements.rules.plain import plain
from openpars.agreements.rules.terms import Agreement
from openpars.agreements.rules.vocabulary import PURPOSES
from tests.reference import decision_reference
from tests.strategies.agreements import agreements

ALL = {short.LISTS, short.NEWS, short.WALL, short.JUVENILES, short.LIMITED}
outside = agreements(kind="outside", texts=st.just("Words."))


@given(made=outside)
def test_each_of_the_five_is_said_to_be_given_or_never_given(made: Agreement) -> None:
    said = short.summary(made)
    assert set(said.also) | set(said.never) == ALL
    assert not set(said.also) & set(said.never)


@given(made=outside)
def test_it_says_what_the_plain_words_say(made: Agreement) -> None:
    """Every kind of data and every purpose of the short form stands in a sentence of the long one."""
    sentences = " ".join(sentence.text for sentence in plain(made))
    said = short.summary(made)
    assert all(words in sentences for words in (*said.shown, *said.purposes))


@given(made=outside)
def test_who_is_said_to_list_nobody_is_refused_every_list(made: Agreement) -> None:
    """Held against the oracle of the decision, for every purpose that there is."""
    assert made.receiver is not None
    asked = [
        Request(
            kind="list", agency_ori=made.receiver.ori, office=None, role=None, purpose=purpose, case_number="C-1",
            keys=frozenset(), tolerance_years=0, elements=None,
        )
        for purpose in PURPOSES
    ]  # fmt: skip
    listed = any(decision_reference.decide(one, [InForce(1, made)]).permitted for one in asked)
    assert listed == (short.LISTS in short.summary(made).also)
