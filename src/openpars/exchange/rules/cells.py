"""Cells of foreign files to values. What cannot be read raises Unreadable with a reason that repeats no
value."""

from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Protocol
from zoneinfo import ZoneInfo

from openpars.records.rules import days


class Unreadable(ValueError):
    """A row cannot be read; the message says which column and why."""


class Named(Protocol):
    """A name and birth date for somebody whom the file does not name."""

    @property
    def given_name(self) -> str:
        """As written."""

    @property
    def middle_name(self) -> str:
        """As written; may be empty."""

    @property
    def surname(self) -> str:
        """As written."""

    @property
    def birth_date(self) -> date | None:
        """None where no age was given."""


class Namer(Protocol):
    """Gives the fictional person of a key, `age` years old on a day: the same key, the same name."""

    def __call__(self, key: str, age: int | None, on: date) -> Named: ...


def key(row: dict[str, str], column: str) -> str:
    """A cell that must not be empty."""
    value = row[column].strip()
    if not value:
        raise Unreadable(f"{column}: empty")
    return value


def instant(row: dict[str, str], column: str, zone: ZoneInfo, latest: datetime) -> datetime:
    """A moment that was not after `latest`: with the offset that it is written with, else by the clock on the
    wall in `zone`. An hour that the clock showed twice is its first."""
    text = key(row, column)
    try:
        written_on, value = days.written(text[:10]), datetime.fromisoformat(text)
    except ValueError:
        raise Unreadable(f"{column}: not a date and time like 2021-08-19T04:44:00") from None
    _living(column, written_on)
    value = value if value.tzinfo else value.replace(tzinfo=zone)
    if value > latest:
        raise Unreadable(f"{column}: in the future")
    return value


def day(row: dict[str, str], column: str) -> date:
    """A date."""
    text = key(row, column)
    try:
        value = days.written(text)
    except ValueError:
        raise Unreadable(f"{column}: not a date like 2021-08-19") from None
    _living(column, value)
    return value


def _living(column: str, value: date) -> None:
    # Years that no record of a living person holds also break the arithmetic of time zones and ages.
    if value.year < 1850:
        raise Unreadable(f"{column}: before 1850")


def whole(row: dict[str, str], column: str) -> int | None:
    """A whole number, or None where the cell is empty."""
    text = row[column].strip()
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        raise Unreadable(f"{column}: not a whole number") from None


def dollars(row: dict[str, str], column: str) -> Decimal | None:
    """An amount of money, not negative, or None where the cell is empty."""
    text = row[column].strip()
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise Unreadable(f"{column}: not an amount of money") from None
    if not value.is_finite() or not 0 <= value < 10**12:
        raise Unreadable(f"{column}: not an amount between 0 and a million million dollars")
    return value.quantize(Decimal("0.01"))
