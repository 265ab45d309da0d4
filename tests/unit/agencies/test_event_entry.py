"""An event's entry (specs/event-entry.md)."""

import json
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.agencies.rules import event
from openpars.translog.rules import canonical

ROOT = Path(__file__).resolve().parents[3]
SPEC = (ROOT / "specs" / "event-entry.md").read_text()
VECTORS = json.loads((ROOT / "specs" / "vectors" / "event-entry.json").read_text())
SALT = bytes(range(32))


@pytest.mark.parametrize("vector", VECTORS["single"], ids=lambda vector: vector["why"])
def test_the_vectors_of_one_event(vector: dict) -> None:
    salt = bytes.fromhex(vector["salt"])
    leaf = event.single(
        **{**vector["facts"], "event": UUID(vector["facts"]["event"])},
        commitments=event.hide(vector["hidden"], salt),
    )
    assert leaf.decode() == vector["entry"]
    assert event.opens(leaf, vector["hidden"], salt)


@pytest.mark.parametrize("vector", VECTORS["several"], ids=lambda vector: vector["why"])
def test_the_vectors_of_many_events_in_one(vector: dict) -> None:
    leaf = event.several(**{**vector["facts"], "event": UUID(vector["facts"]["event"])})
    assert leaf.decode() == vector["entry"]


def test_the_examples_of_the_specification_have_the_members_of_the_vectors() -> None:
    examples = [json.loads(block.replace("\n     ", "")) for block in SPEC.split("\n\n") if '"type"' in block]
    assert [set(example) for example in examples] == [
        set(json.loads(VECTORS[form][0]["entry"])) for form in ("single", "several")
    ]


def test_every_kind_has_its_row_in_the_specification() -> None:
    table = SPEC[SPEC.index("| kind |") : SPEC.index("3.1")]
    assert [kind for kind in event.KINDS if f"`{kind}`" not in table] == []


@given(
    who=st.none() | st.text(min_size=4, max_size=40),
    source=st.none() | st.ip_addresses().map(str),
    word=st.text(min_size=4, max_size=40),
)
def test_law_nobody_is_named_in_an_entry_and_it_opens_for_its_own_values_only(
    who: str | None, source: str | None, word: str
) -> None:
    hidden = {"who": who, "source": source, "about": {"reason": word}}
    leaf = event.single(
        event=UUID(int=1),
        kind="log-in",
        at="2031-01-02T03:04:05.670Z",
        door="pages",
        outcome="refused",
        agency_ori=None,
        commitments=event.hide(hidden, SALT),
    )
    told = canonical.decode(leaf)
    assert isinstance(told, dict)
    assert set(told["who"] + told["source"] + told["about"]) <= set("0123456789abcdef")
    assert event.opens(leaf, hidden, SALT)
    for name, other in (("who", "somebody else"), ("source", "192.0.2.1."), ("about", {})):
        assert not event.opens(leaf, {**hidden, name: other}, SALT)
    assert not event.opens(leaf, hidden, bytes(32))
