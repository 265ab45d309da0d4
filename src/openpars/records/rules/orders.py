"""Orders of a court to close or erase a record: their kinds, and what each must say."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

from openpars.errors import BadInput, Problem

KINDS: Mapping[str, str] = {
    "whole": "erase it, without a trace",
    "identifiers": "remove what tells who it was; keep what can be counted",
    "limited-list": "keep it only in the list of the prosecutor and the court",
}
"""The three kinds of expungement (18 Pa.C.S. 9102, 9122(c)) in plain words."""

LONGEST = 80
"""Characters of an order's number."""


def check(*, number: str, court: str, kind: str, ordered_on: date, at: datetime) -> tuple[str, str]:
    """The number and the court as they are kept. Raises BadInput with a problem for each field that will not do:
    nothing is erased without an order that can be found again."""
    number, court = " ".join(number.split()), " ".join(court.split())
    problems = []
    if not number:
        problems.append(
            Problem("number", "enter the number of the court's order: nothing is done without one")
        )
    elif len(number) > LONGEST or not number.isprintable():
        problems.append(Problem("number", f"must be at most {LONGEST} printable characters"))
    if not court:
        problems.append(Problem("court", "enter the court that gave the order"))
    elif len(court) > 200 or not court.isprintable():
        problems.append(Problem("court", "must be at most 200 printable characters"))
    if kind not in KINDS and kind != "limited-access":
        problems.append(Problem("kind", "choose what the order says"))
    # A day's grace: the city's day may be ahead of the clock's.
    if ordered_on > at.date() + timedelta(days=1):
        problems.append(Problem("ordered_on", "an order cannot be of a day to come"))
    if problems:
        raise BadInput(problems)
    return number, court
