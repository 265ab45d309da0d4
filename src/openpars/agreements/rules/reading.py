"""Reading one table of the file, field by field, collecting every problem instead of stopping at the first.

Each method answers the value, or a harmless stand-in after noting a problem; nothing that was read may be
used once there is a problem. Values are quoted in messages: an agreement is a public text and holds no
personal value.
"""

import difflib
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping
from datetime import date

from openpars.agreements.rules.lines import Lines, Path
from openpars.errors import Problem

LONGEST_TEXT = 2000
LONGEST_LINE = 200
LONGEST_LIST = 200


def quoted(word: object) -> str:
    """A word of the user's, safe to print and not endless.

    >>> quoted("hat size")
    '`hat size`'
    """
    shown = "".join(char if char.isprintable() else "?" for char in str(word))
    return f"`{shown[:40]}{'...' if len(shown) > 40 else ''}`"


def nearest(word: str, known: Collection[str]) -> str:
    """A suggestion to end a message with, or nothing."""
    close = difflib.get_close_matches(word[:60], known, 1)
    return f"; did you mean {quoted(close[0])}?" if close else ""


class Table:
    """One table of the file at `path`; `close` reports the fields that nobody asked for. Where a method takes `among`,
    its caller has words of its own for what is not among these: only a sketch of the format (schema.py) heeds them."""

    def __init__(self, raw: object, path: Path, lines: Lines, problems: list[Problem]) -> None:
        self._path, self._lines, self._problems = path, lines, problems
        self._asked: list[str] = []
        self._raw: Mapping[str, object] = {}
        if isinstance(raw, dict):
            self._raw = raw
        else:
            self.problem(None, "must be a table")

    def problem(self, name: str | None, what: str, word: str | None = None) -> None:
        """Note that the field `name` (None: the table) is wrong; `word` finds the line within a list."""
        path = self._path if name is None else (*self._path, name)
        line = self._lines.of(path) if word is None else self._lines.of_word(path, word)
        self._problems.append(Problem(spelled(path), what, line))

    def has(self, name: str) -> bool:
        """Whether the field is there."""
        return name in self._raw

    def _take(self, name: str, *, required: bool) -> object:
        self._asked.append(name)
        if name not in self._raw and required:
            self.problem(name, "is missing")
        return self._raw.get(name)

    def text(
        self, name: str, *, limit: int = LONGEST_TEXT, required: bool = True, among: Collection[str] = ()
    ) -> str:
        """Words: runs of white space count as one space, so that a text may be broken over lines."""
        value = self._take(name, required=required)
        if value is None:
            return ""
        return self._words_of(name, value, limit)

    def _words_of(self, name: str, value: object, limit: int) -> str:
        if not isinstance(value, str):
            self.problem(name, "must be text in quotation marks")
            return ""
        clean = " ".join(unicodedata.normalize("NFC", value).split())
        if not clean:
            self.problem(name, "must not be empty")
        elif len(clean) > limit:
            self.problem(name, f"must have at most {limit} characters, and has {len(clean)}")
        elif any(unicodedata.category(char) in ("Cc", "Cf", "Cs", "Co") for char in clean):
            self.problem(name, "must not hold control characters or invisible marks")
        return clean

    def shaped(self, name: str, shape: re.Pattern[str], meaning: str) -> str:
        """Text of exactly the given shape; `meaning` describes it in a message."""
        value = self._take(name, required=True)
        if value is None:
            return ""
        if not isinstance(value, str) or not shape.fullmatch(value):
            self.problem(name, f"must be {meaning}")
            return ""
        return value

    def number(self, name: str, low: int, high: int, default: int | None = None) -> int:
        """A whole number from `low` to `high`; `default` where the field may be absent."""
        value = self.number_or_none(name, low, high, required=default is None)
        return value if value is not None else default if default is not None else low

    def number_or_none(self, name: str, low: int, high: int, *, required: bool = False) -> int | None:
        """A whole number, or None where the field is absent."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if type(value) is not int or not low <= value <= high:
            self.problem(name, f"must be a whole number from {low} to {high}")
            return None
        return value

    def truth(self, name: str, default: bool | None = None) -> bool:
        """true or false."""
        value = self._take(name, required=default is None)
        if value is None:
            return bool(default)
        if type(value) is not bool:
            self.problem(name, "must be true or false, without quotation marks")
        return value is True

    def day(self, name: str, *, required: bool = True) -> date | None:
        """A local date, from 1990 to 2199."""
        value = self._take(name, required=required)
        if value is None:
            return None
        if type(value) is not date or not 1990 <= value.year <= 2199:
            self.problem(name, "must be a date such as 2026-07-01, without quotation marks or time of day")
            return None
        return value

    def word(self, name: str, known: Collection[str], default: str | None = None) -> str:
        """One word of a closed vocabulary."""
        value = self._take(name, required=default is None)
        if value is None:
            return default or ""
        if not isinstance(value, str) or value not in known:
            self.problem(name, f"{quoted(value)} is not one of: {', '.join(known)}")
            return ""
        return value

    def items(
        self, name: str, *, required: bool = True, may_be_empty: bool = False, among: Collection[str] = ()
    ) -> list[object]:
        """A list, as it stands; `among`: of lists of these words."""
        value = self._take(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list):
            self.problem(name, "must be a list in square brackets")
            return []
        if not value and not may_be_empty:
            self.problem(name, "must not be empty")
        if len(value) > LONGEST_LIST:
            self.problem(name, f"must have at most {LONGEST_LIST} entries")
            return []
        return value

    def words(
        self,
        name: str,
        *,
        required: bool = True,
        may_be_empty: bool = False,
        among: Collection[str] | re.Pattern[str] = (),
    ) -> tuple[str, ...]:
        """A list of words, each at most once."""
        found: list[str] = []
        for value in self.items(name, required=required, may_be_empty=may_be_empty):
            if not isinstance(value, str):
                self.problem(name, "must hold text in quotation marks only")
            elif value in found:
                self.problem(name, f"{quoted(value)} is there twice", value)
            else:
                found.append(value)
        return tuple(found)

    def known_words(
        self, name: str, known: Collection[str], kind: str, *, required: bool = True
    ) -> tuple[str, ...]:
        """A list of words of a closed vocabulary, whose kind a message names."""
        found = self.words(name, required=required, may_be_empty=not required)
        for word in found:
            if word not in known:
                self.problem(name, f"{quoted(word)} is not {kind}{nearest(word, known)}", word)
        return tuple(word for word in found if word in known)

    def texts(self, name: str, *, required: bool = True) -> tuple[str, ...]:
        """A list of short texts."""
        found = self.items(name, required=required, may_be_empty=not required)
        return tuple(self._words_of(name, value, LONGEST_LINE) for value in found)

    def table(self, name: str, *, required: bool = True) -> "Table | None":
        """The table `name`, or None where it is absent."""
        value = self._take(name, required=required)
        return None if value is None else Table(value, (*self._path, name), self._lines, self._problems)

    def tables(self, name: str, *, required: bool = True) -> list["Table"]:
        """A list of tables, written [[name]]."""
        value = self._take(name, required=required)
        if value is None:
            return []
        if not isinstance(value, list) or not value:
            self.problem(name, f"must be one or more tables, each begun with [[{name}]]")
            return []
        if len(value) > LONGEST_LIST:
            self.problem(name, f"must have at most {LONGEST_LIST} entries")
            return []
        return [
            Table(raw, (*self._path, name, place), self._lines, self._problems)
            for place, raw in enumerate(value)
        ]

    def close(self) -> None:
        """Report every field that is not of the format: an unknown word is an error."""
        for name in self._raw:
            if name not in self._asked:
                self.problem(name, f"is not a field here{nearest(name, self._asked)}")


def spelled(path: Iterable[str | int]) -> str:
    """A path as messages show it; lists count from 1.

    >>> spelled(("permits", 0, "rows", "districts"))
    'permits[1].rows.districts'
    """
    shown = ""
    for step in path:
        if isinstance(step, int):
            shown += f"[{step + 1}]"
        else:
            name = step if re.fullmatch(r"[A-Za-z0-9_-]{1,40}", step) else quoted(step)
            shown += f".{name}" if shown else name
    return shown or "the file"
