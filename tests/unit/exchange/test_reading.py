"""Files as they come: packed, cut off, from another system, or broken in a row. All rows are invented."""

import gzip

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openpars.errors import FileMalformed
from openpars.exchange import reading
from openpars.exchange.rules.columns import Column, FileSpec

SPEC = FileSpec("test", "tests", (Column("a", "x"), Column("b", "y")))


def _read(path, data, progress=None):
    path.write_bytes(data)
    with reading.rows(path, SPEC, progress) as (_, lines):
        return [(line.number, tuple(line.row.values()) if line.row else line.reason) for line in lines]


@pytest.fixture
def path(tmp_path):
    return tmp_path / "file.csv"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_line_ends_marks_and_packing_do_not_matter(path, end, mark, pack):
    text = mark + end.join(["a,b", "1,é", '2,"two, and"'])
    assert _read(path, pack(text.encode())) == [(2, ("1", "é")), (3, ("2", "two, and"))]


def test_quoted_line_breaks_belong_to_their_cell(path):
    assert _read(path, b'a,b\n1,"one\ntwo\r\nthree"\n4,5\n') == [
        (2, ("1", "one\ntwo\r\nthree")),
        (5, ("4", "5")),
    ]


def test_an_open_quote_costs_its_line_and_not_the_file(path):
    rows = "".join(f"{n},{n}\n" for n in range(200))
    read = _read(path, f'a,b\n1,"never closed\n{rows}'.encode())
    assert read[0] == (2, "a quote is opened and not closed")
    assert read[1:] == [(n + 3, (str(n), str(n))) for n in range(200)]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (b"1", "has 1 cells where the first row has 2"),
        (b"1,2,3", "has 3 cells where the first row has 2"),
        (b"", "is empty"),
        (b"1,\xff", "is not UTF-8"),
        (b"1,\x00", "holds a character that cannot be printed"),
        ("1,\u202e2".encode(), "holds a character that cannot be printed"),
        (b"1," + b"x" * 131_073, "a cell is longer than 131,072 characters"),
        (b'1,"a"b"', "a quote is opened and not closed"),
        (b'1,"a"b"c"', "is not CSV: a quote stands where none may"),
    ],
)
def test_a_row_that_cannot_be_read_is_reported_and_the_rest_read(path, row, reason):
    assert _read(path, b"a,b\n" + row + b"\n8,9\n") == [(2, reason), (3, ("8", "9"))]


def test_a_packed_file_that_is_cut_off_is_read_up_to_there(path):
    text = "a,b\n" + "".join(f"{n},{n * 7919 % 10007}\n" for n in range(20_000))
    packed = gzip.compress(text.encode())
    read = _read(path, packed[: len(packed) // 2])
    assert read[-1][1] == "the compressed file is cut off or damaged from here on"
    assert 5_000 < len(read) < 15_000
    assert all(row == (str(n), str(n * 7919 % 10007)) for n, (_, row) in enumerate(read[:-1]))


def test_a_packed_file_that_is_damaged_is_read_up_to_there(path):
    packed = bytearray(gzip.compress(b"a,b\n" + b"1,2\n" * 50_000))
    packed[-6] ^= 1
    assert _read(path, bytes(packed))[-1][1] == "the compressed file is cut off or damaged from here on"


@pytest.mark.parametrize(
    "data", [b"", b"\x1f\x8b", b"\x00\xff\xd8", b"c,d\n1,2\n", gzip.compress(b"x", mtime=0)[:12]]
)
def test_another_kind_of_file_is_refused(path, data):
    with pytest.raises(FileMalformed):
        _read(path, data)


def test_progress_reaches_the_end(path):
    told = []
    _read(path, b"a,b\n" + b"1,2\n" * 2500, lambda done, of: told.append((done, of)))
    assert told[-1] == (10_004, 10_004)
    assert told == sorted(told)
    assert len(told) == 3


@given(st.binary(max_size=200))
def test_law_any_bytes_end_in_rows_and_reasons(tmp_path_factory, data):
    read = _read(tmp_path_factory.mktemp("any") / "file.csv", b"a,b\n" + data)
    assert all(number >= 2 for number, _ in read)
    assert [number for number, _ in read] == sorted(number for number, _ in read)
