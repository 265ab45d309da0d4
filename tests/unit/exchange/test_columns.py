"""Columns of foreign files: declared, unknown, forbidden, missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.exchange.rules import harris, philadelphia
from openpars.exchange.rules.columns import is_forbidden, match
from openpars.records.rules.elements import FORBIDDEN_WORDS

SPECS = (philadelphia.FILINGS, philadelphia.BAIL, harris.BOOKINGS)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_every_declared_column_is_mapped_or_says_why_not(spec):
    for column in spec.columns:
        assert bool(column.to) != bool(column.why_not), column.name
        assert not is_forbidden(column.name)


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title)
def test_a_missing_column_is_named(spec):
    names = [column.name for column in spec.columns]
    for missing in spec.needed:
        with pytest.raises(FileMalformed, match=f"`{missing}` is missing"):
            match(spec, [name for name in names if name != missing])


def test_a_column_named_twice_is_refused():
    with pytest.raises(FileMalformed, match="twice"):
        match(philadelphia.BAIL, [*(column.name for column in philadelphia.BAIL.columns), "bail_type"])


def test_new_columns_are_reported_and_not_read():
    header = match(philadelphia.BAIL, [*philadelphia.BAIL.needed, "magistrate"])
    assert header.unknown == ("magistrate",)
    assert header.names[-1] is None


@given(
    st.sampled_from(FORBIDDEN_WORDS),
    st.sampled_from(["", "person_", "US "]),
    st.sampled_from(["", "_status"]),
)
def test_law_forbidden_columns_are_never_read(word, before, after):
    name = f"{before}{word}{after}".replace("_", " ").upper()
    header = match(philadelphia.BAIL, [name, *philadelphia.BAIL.needed])
    assert header.names[0] is None
    assert header.forbidden == (name.strip().lower(),)
    assert not header.unknown
