"""Foreign CSV files as a stream of rows: gzip or not, BOM or not, any line ends, quoted line breaks.

What cannot be read is handed over in its place, with its line and a reason, and the rest goes on: a quote
that is never closed costs its line and not the file.
"""

import csv
import gzip
import io
import re
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from openpars.errors import FileMalformed
from openpars.exchange.rules.columns import FileSpec, Header, match

Progress = Callable[[int, int], None]
"""Told bytes read and bytes in all, of the file as it lies on the disk."""

_LONGEST_ROW = 40  # physical lines: more, and a quote was never closed
_LONGEST_LINE = 1 << 20

# Controls (save tabs and line breaks), and marks that are not seen and turn the text around them: no request takes
# them either.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Line:
    """One row of a file by column, or why it could not be read: then `row` is None."""

    number: int
    row: dict[str, str] | None
    reason: str = ""


@contextmanager
def rows(
    path: Path, spec: FileSpec, progress: Progress | None = None
) -> Iterator[tuple[Header, Iterator[Line]]]:
    """What the file's first row says, and its other rows as a stream, while the file is open. Raises
    FileMalformed where the file is not one of `spec`."""
    with path.open("rb") as raw:
        physical = _Physical(_text(raw), raw, path.stat().st_size, progress)
        header = match(spec, _first(physical, spec))
        yield header, _stream(physical, header)


def _text(raw: io.BufferedReader) -> TextIO:
    unpacked = gzip.GzipFile(fileobj=raw) if raw.peek(2)[:2] == b"\x1f\x8b" else raw
    # A byte that is no UTF-8 becomes a lone surrogate, which the row's reader reports.
    return io.TextIOWrapper(unpacked, encoding="utf-8-sig", errors="surrogateescape", newline="")


def _first(physical: "_Physical", spec: FileSpec) -> list[str]:
    try:
        for line in physical:
            return next(csv.reader([line.rstrip("\r\n")], strict=True), [])
    except (EOFError, OSError, zlib.error, csv.Error):
        raise FileMalformed.one(
            "first row", f"cannot be read: this is not a file of {spec.title}", 1
        ) from None
    raise FileMalformed.one("file", f"is empty: this is not a file of {spec.title}")


class _Physical:
    """Physical lines, numbered, which can be put back."""

    def __init__(self, text: TextIO, raw: io.BufferedReader, size: int, progress: Progress | None) -> None:
        self.number = 0
        self._text, self._raw, self._size, self._progress = text, raw, size, progress
        self._back: deque[str] = deque()

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._text.readline(_LONGEST_LINE)
        if not line:
            raise StopIteration
        self.number += 1
        if self._progress is not None and self.number % 1000 == 0:
            self._progress(self._raw.tell(), self._size)
        return line

    def put_back(self, lines: list[str]) -> None:
        """Hand these lines out again next."""
        self._back.extendleft(reversed(lines))
        self.number -= len(lines)

    def finish(self) -> None:
        """Say that all was read."""
        if self._progress is not None:
            self._progress(self._size, self._size)


def _stream(physical: _Physical, header: Header) -> Iterator[Line]:
    while True:
        try:
            line = next(physical, None)
            if line is None:
                break
            number = physical.number
            yield _row(number, *_whole(physical, line), header)
        except (EOFError, OSError, zlib.error):
            # What was unpacked before the break has been handed out.
            reason = "the compressed file is cut off or damaged from here on"
            yield Line(physical.number + 1, None, reason)
            break
    physical.finish()


def _whole(physical: _Physical, line: str) -> tuple[str, bool]:
    """A row's text with the lines that belong to its quoted cells, and whether its quotes close."""
    if line.count('"') % 2 == 0:
        return line, True
    taken = [line]
    open_quote = True
    while open_quote and len(taken) < _LONGEST_ROW:
        more = next(physical, None)
        if more is None:
            break
        taken.append(more)
        open_quote = more.count('"') % 2 == 0
    if open_quote:
        physical.put_back(taken[1:])
        return line, False
    return "".join(taken), True


def _row(number: int, text: str, closed: bool, header: Header) -> Line:
    if not closed:
        return Line(number, None, "a quote is opened and not closed")
    if _NOT_TEXT.search(text):
        return Line(number, None, "holds a character that cannot be printed")
    if not text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in text):
        return Line(number, None, "is not UTF-8")
    try:
        cells = next(csv.reader(io.StringIO(text, newline=""), strict=True), [])
    except csv.Error as error:
        if "field limit" in str(error):
            return Line(number, None, f"a cell is longer than {csv.field_size_limit():,} characters")
        return Line(number, None, "is not CSV: a quote stands where none may")
    if not cells:
        return Line(number, None, "is empty")
    if len(cells) != len(header.names):
        return Line(number, None, f"has {len(cells)} cells where the first row has {len(header.names)}")
    return Line(
        number, {name: cell for name, cell in zip(header.names, cells, strict=True) if name is not None}
    )
