"""Which of the city's numbers somebody asks by."""

import re

from openpars.errors import IdentifierMalformed, Problem
from openpars.records.rules import identifiers

_NUMBERS = (
    ("docket_number", identifiers.Docket),
    ("otn", identifiers.OTN),
    ("dc_number", identifiers.DCNumber),
)


def read(number: str | None, problems: list[Problem]) -> tuple[str | None, str | None]:
    """The key that a number asks by, and its canonical form; both None where none is given, or none that we know, which
    is a problem then."""
    if not number or not number.strip():
        return None, None
    for key, kind in _NUMBERS:
        try:
            return key, str(kind.parse(number))
        except IdentifierMalformed:
            continue
    digits = number.strip().removeprefix("SID").strip(" :")
    if re.fullmatch(r"\d[\d-]{3,13}\d", digits, re.ASCII):
        return "sid", digits
    what = "must be an OTN (Q333333-0), a docket number (MC-51-CR-0001234-2018), a DC number (18-25-012345) or a SID"
    problems.append(Problem("number", what))
    return None, None
