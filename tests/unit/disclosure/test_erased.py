"""The statement of what can still be said."""

import pytest

from openpars.disclosure.rules.erased import statement

ORDER = {"number": "CP-1", "court": "an invented court", "carried_out": "January 2, 2031"}


def test_it_says_what_was_done_who_was_told_and_what_still_verifies() -> None:
    said = statement(**ORDER, kind="whole", told=[("A Police", 2, "January 3, 2031"), ("B Police", 1, "")])
    assert (
        said[0]
        == "On January 2, 2031, order CP-1 of an invented court erased the record, and whatever hung on it."
    )
    assert said[1].endswith(
        "given the record 2 times, was told to act on it and acknowledged it on January 3, 2031."
    )
    assert said[2].endswith("given the record once, was told to act on it and has not acknowledged it yet.")
    assert any("still verifies" in sentence for sentence in said)


@pytest.mark.parametrize("kind", ["limited-list", "limited-access"])
def test_where_nothing_was_destroyed_it_says_so(kind: str) -> None:
    said = statement(**ORDER, kind=kind, told=[])
    assert "Nobody had been given the record, so nobody had to be told." in said
    assert any(sentence.startswith("Nothing was destroyed") for sentence in said)


def test_before_it_is_carried_out_everything_can_still_be_said() -> None:
    (said,) = statement(**{**ORDER, "carried_out": ""}, kind="whole", told=[])
    assert said.endswith("everything can still be said.")
