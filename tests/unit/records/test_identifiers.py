"""Numbers: the vectors of specs/vectors/identifiers.json, and round-trip laws."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import IdentifierMalformed
from openpars.records.rules import identifiers
from openpars.records.rules.identifiers import ORI, OTN, DCNumber, Docket, Statute

VECTORS = json.loads((Path(__file__).parents[3] / "specs/vectors/identifiers.json").read_text("utf-8"))
DIGIT = st.sampled_from("0123456789")
LETTER = st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ")

dc_numbers = st.builds(DCNumber, st.integers(0, 99), st.integers(0, 99), st.integers(0, 999_999))
otns = st.builds(OTN, LETTER, st.text(DIGIT, min_size=6, max_size=6), DIGIT)
dockets = st.builds(
    Docket,
    st.sampled_from(["MC", "CP"]),
    st.text(DIGIT, min_size=2, max_size=2),
    st.text(LETTER, min_size=2, max_size=2),
    st.integers(0, 9_999_999),
    st.integers(0, 9999),
) | st.builds(
    Docket,
    st.just("MJ"),
    st.text(DIGIT, min_size=5, max_size=5),
    st.just("CR"),
    st.integers(0, 9_999_999),
    st.integers(0, 9999),
)
statutes = st.builds(
    Statute,
    st.integers(1, 99),
    st.from_regex(r"[0-9]{1,4}((\.|-)[0-9]{1,3})?", fullmatch=True),
    st.from_regex(r"([A-Z0-9]{1,4}\*?)?", fullmatch=True),
)
oris = st.builds(ORI, st.text(LETTER | DIGIT, min_size=9, max_size=9))


@pytest.mark.parametrize("case", VECTORS["accepted"], ids=lambda case: f"{case['kind']}: {case['why']}")
def test_accepted(case):
    value = getattr(identifiers, case["kind"]).parse(case["given"])
    assert str(value) == case["canonical"]
    assert value.printed == case.get("printed", case["canonical"])


@pytest.mark.parametrize("case", VECTORS["refused"], ids=lambda case: f"{case['kind']}: {case['why']}")
def test_refused_saying_what_would_be_right_and_not_what_was_given(case):
    with pytest.raises(IdentifierMalformed) as caught:
        getattr(identifiers, case["kind"]).parse(case["given"])
    assert "as in" in str(caught.value)
    assert not case["given"] or case["given"] not in str(caught.value)


@given(dc_numbers | otns | dockets | statutes | oris)
def test_law_what_is_printed_parses_back(value):
    kind = type(value)
    assert kind.parse(str(value)) == value
    assert kind.parse(value.printed) == value
    assert str(kind.parse(str(value))) == str(value)


@given(otns)
def test_law_an_otn_reads_the_same_from_screen_docket_and_exchange(otn):
    assert OTN.parse(otn.on_screen) == OTN.parse(otn.printed) == OTN.parse(str(otn)) == otn


@given(st.sampled_from([DCNumber, OTN, Docket, Statute, ORI]), st.text(max_size=40))
def test_law_any_text_is_parsed_or_refused_and_never_anything_else(kind, text):
    try:
        value = kind.parse(text)
    except IdentifierMalformed:
        return
    assert kind.parse(str(value)) == value
