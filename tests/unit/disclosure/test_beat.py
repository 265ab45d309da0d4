"""The beat on which nothing found is answered."""

import runpy
from types import SimpleNamespace

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


def test_who_waits_sleeps_until_the_beat_after_the_question_came(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(beat, "BEAT", 0.04)
    monkeypatch.setattr(beat, "time", SimpleNamespace(monotonic=lambda: 100.05, sleep=slept.append))
    beat.wait(100.0)
    assert slept == [pytest.approx(0.03)]


def test_the_house_keeps_a_beat() -> None:
    """The suite goes without one (conftest.py); a server does not."""
    assert runpy.run_path(beat.__file__)["BEAT"] >= 0.02
