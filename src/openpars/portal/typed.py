"""What was typed into a form, read field by field; each problem is kept at its field, and what was typed is too."""

from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from openpars.errors import Problem
from openpars.records.rules import days

TEXT_LIMIT = 4000

_CALLED = {
    "type": "type of bail",
    "next_on": "next date",
    "session_at": "session",
    "recommended": "recommendation",
    "disposed_on": "day",
}
"""Fields whose names are not their words."""


class Typed:
    """A form as it was sent. `values` are shown again, `problems` stand at their fields."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.problems: dict[str, str] = {}

    def text(self, name: str, *, limit: int = TEXT_LIMIT) -> str:
        """The words of a field, without the white space around them."""
        text = self.values.get(name, "").strip()
        if len(text) > limit:
            self.fault(name, f"must be at most {limit:,} characters")
        return text

    def needed(self, name: str, what: str) -> str:
        """The words of a field that must not be empty."""
        text = self.text(name)
        if not text:
            self.fault(name, what)
        return text

    def amount(self, name: str) -> Decimal | None:
        """Dollars, as in 5,000 or $500.00; None where nothing was typed."""
        text = self.text(name, limit=20).replace(",", "").removeprefix("$").strip()
        if not text:
            return None
        try:
            amount = Decimal(text)
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self.fault(name, "must be dollars, as in 5,000 or 500.00")
            return None
        return amount

    def number(self, name: str) -> int:
        """A count; 0 where nothing was typed."""
        text = self.text(name, limit=20)
        if not text:
            return 0
        if not (text.isascii() and text.isdigit() and len(text) <= 3):
            self.fault(name, "must be a number, 0 or more")
            return 0
        return int(text)

    def day(self, name: str) -> date | None:
        """A date as year-month-day; None where nothing was typed."""
        text = self.text(name, limit=20)
        if not text:
            return None
        try:
            return days.written(text)
        except ValueError:
            self.fault(name, "must be a date that exists, as in 2026-12-31")
            return None

    def checked(self, name: str) -> bool:
        """Whether a box was checked."""
        return bool(self.values.get(name))

    def fault(self, name: str, what: str) -> None:
        """Note the first problem of a field."""
        self.problems.setdefault(name, what[:1].upper() + what[1:])

    def take(self, problems: Iterable[Problem]) -> None:
        """Note the problems that an action found."""
        for problem in problems:
            self.fault(problem.where, problem.what)

    @property
    def summary(self) -> list[tuple[str, str]]:
        """Each problem, with the name of its field before it, and the field that it links to."""
        return [
            (name, f"{_called(name)}: {what[:1].lower()}{what[1:]}") for name, what in self.problems.items()
        ]


def _called(name: str) -> str:
    """A field's name as a person reads it."""
    plain = _CALLED.get(name, name.removeprefix("c-").replace("-", " ").replace("_", " "))
    return plain[:1].upper() + plain[1:]
