"""The beat on which nothing found is answered."""

import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.disclosure import beat


@given(took=st.floats(0, 30), each=st.sampled_from([0.001, 0.02, 0.5]))
def test_law_how_long_a_look_took_shows_in_whole_beats_alone(took: float, each: float) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(beat, "BEAT", each)
        left = beat.left(took)
    assert 0 < left <= each
    beats = (took + left) / each
    assert beats == pytest.approx(round(beats), abs=1e-6)


def test_the_house_keeps_a_beat() -> None:
    """The suite goes without one (conftest.py); a server does not."""
    assert runpy.run_path(beat.__file__)["BEAT"] >= 0.01
