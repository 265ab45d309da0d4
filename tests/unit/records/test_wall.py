"""Sealing what stands behind the wall."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import Fault
from openpars.records import wall

ROW = UUID(int=7)
PLACE = {"relation": "victim", "row": ROW, "column": "name_sealed"}


@pytest.fixture(autouse=True, scope="module")
def own_state(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENPARS_STATE", str(tmp_path_factory.mktemp("state")))
        yield


@given(st.text(max_size=200))
def test_law_what_was_sealed_opens_in_its_place(text):
    assert wall.unseal(wall.seal(text, **PLACE), **PLACE) == text


@given(st.text(min_size=4, max_size=50))
def test_law_sealing_twice_differs_and_shows_nothing(text):
    first, second = wall.seal(text, **PLACE), wall.seal(text, **PLACE)
    assert first != second
    assert text.encode() not in first


@given(st.data())
def test_law_one_byte_changed_does_not_open(data):
    sealed = bytearray(wall.seal("Marisol Fairbourne", **PLACE))
    place = data.draw(st.integers(0, len(sealed) - 1))
    sealed[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Fault):
        wall.unseal(bytes(sealed), **PLACE)


@given(st.integers(0, 20))
def test_law_a_value_cut_short_does_not_open(length):
    with pytest.raises(Fault):
        wall.unseal(wall.seal("Marisol Fairbourne", **PLACE)[:length], **PLACE)


@pytest.mark.parametrize(
    "moved", [{"relation": "witness"}, {"row": UUID(int=8)}, {"column": "contact_sealed"}], ids=str
)
def test_a_value_that_is_moved_does_not_open(moved):
    with pytest.raises(Fault, match="damaged, moved"):
        wall.unseal(wall.seal("Marisol Fairbourne", **PLACE), **{**PLACE, **moved})


def test_the_key_is_readable_by_its_owner_alone_and_made_once(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    sealed = wall.seal("Marisol Fairbourne", **PLACE)
    key = tmp_path / "walled.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    assert wall.unseal(sealed, **PLACE) == "Marisol Fairbourne"
    assert [path.name for path in tmp_path.iterdir()] == ["walled.key"]


def test_under_another_key_nothing_opens(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "one"))
    sealed = wall.seal("Marisol Fairbourne", **PLACE)
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path / "two"))
    with pytest.raises(Fault):
        wall.unseal(sealed, **PLACE)


def test_a_damaged_key_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("OPENPARS_STATE", str(tmp_path))
    (tmp_path / "walled.key").write_bytes(b"short")
    with pytest.raises(Fault, match="32 bytes"):
        wall.seal("Marisol Fairbourne", **PLACE)
