"""Grounds: why somebody did what they did. They are public and stand in the log, so no person is named in them."""

from openpars.errors import BadInput

LONGEST = 2000
"""Characters."""


def stated(text: str, *, where: str = "grounds") -> str:
    """The grounds with single spaces. Raises BadInput at the field `where` for none, too many, or unprintable ones.

    >>> stated("  It is   unused. ")
    'It is unused.'
    """
    said = " ".join(text.split())
    if not said:
        raise BadInput.one(where, "must be said: it is public, and names no person")
    if len(said) > LONGEST or not said.isprintable():
        raise BadInput.one(where, f"must be at most {LONGEST:,} printable characters")
    return said
