"""A table held against the entries of its rows: what the entries say verifies, and nothing else does."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.translog.rules import note, opening, table

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n"), max_size=8)
VALUES = st.one_of(
    st.none(),
    WORDS,
    st.integers(0, 10**6),
    st.lists(WORDS, max_size=3),
    st.dictionaries(WORDS, WORDS, max_size=2),
)
MEMBERS = st.sampled_from(["at", "kind", "agency", "who", "about", "elements", "times"])
ENTRIES = st.dictionaries(
    st.uuids().map(str), st.dictionaries(MEMBERS, VALUES, max_size=5), min_size=1, max_size=5
).map(lambda found: {name: {**says, "index": place} for place, (name, says) in enumerate(found.items())})
"""What entries say, each under the name of its receipt."""


def written(rows: list[dict[str, str]]) -> bytes:
    file = io.StringIO()
    found = csv.DictWriter(file, list(rows[0]))
    found.writeheader()
    found.writerows(rows)
    return file.getvalue().encode()


def rows_of(entries: dict[str, dict[str, object]]) -> list[dict[str, str]]:
    columns = sorted({name for says in entries.values() for name in says})
    return [
        {**{name: table.cell(says.get(name)) for name in columns}, "receipt": receipt}
        for receipt, says in entries.items()
    ]


@given(ENTRIES)
def test_law_a_table_that_says_what_its_entries_say_verifies(entries: dict[str, dict[str, object]]) -> None:
    rows = rows_of(entries)
    assert table.check("t.csv", written(rows), entries) == ()
    words = [{**row, "words": "of the keeper"} for row in rows]
    assert table.check("t.csv", written(words), entries) == ("words",)


@given(ENTRIES, st.data())
def test_law_no_table_verifies_that_says_another_thing(
    entries: dict[str, dict[str, object]], data: st.DataObject
) -> None:
    rows = rows_of(entries)
    row = data.draw(st.integers(0, len(rows) - 1))
    says = entries[rows[row]["receipt"]]
    column = data.draw(st.sampled_from([*sorted(says), "receipt"]))
    other = data.draw(WORDS)
    was = rows[row][column]
    rows[row] = {**rows[row], column: other}
    if other in (was, f"'{was}"):
        return
    with pytest.raises(note.Unverified) as refused:
        table.check("t.csv", written(rows), entries)
    assert was == "" or len(was) < 8 or was not in str(refused.value), "no message repeats a value"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "no column `receipt`"),
        (b"kind\r\nx\r\n", "no column `receipt`"),
        (b"kind,kind,receipt\r\nx,y,a\r\n", "two columns of one name"),
        (b"kind,receipt\r\nx\r\n", "longer or shorter"),
        (b"kind,receipt\r\nx,a,b\r\n", "longer or shorter"),
        (b'kind,receipt\r\n"x', "not a table"),
        (b"\xff", "not a table"),
        (b"kind,receipt\r\n" + b"x" * 200_000 + b",a\r\n", "not a table"),
    ],
)
def test_what_is_no_table_is_refused(data: bytes, says: str) -> None:
    with pytest.raises(FileMalformed, match=says):
        table.check("t.csv", data, {"a": {"kind": "x", "index": 0}})


def test_a_commitment_that_nothing_opens_says_nothing() -> None:
    entry = {"kind": "log-in", "who": "a" * 64, "about": "b" * 64}
    assert opening.says(entry, {"who": None, "answer": ["long"]}) == {"kind": "log-in", "who": None}
    assert opening.says("no object", {}) == {}
    assert table.check("t.csv", b"who,receipt\r\nada,a\r\n", {"a": {"index": 0}}) == ("who",)
