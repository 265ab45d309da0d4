"""Cells of a table that a spreadsheet will open: text that it would take for a formula is marked as text."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def guarded(value: object) -> str:
    """The value as a cell. A spreadsheet runs what begins as a formula does (OWASP, CSV injection): an apostrophe
    before it makes it text.

    >>> guarded("=1+1"), guarded(None), guarded("N-1")
    ("'=1+1", '', 'N-1')
    """
    text = "" if value is None else str(value)
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) else text
