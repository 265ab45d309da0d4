"""Lists, counts and spans of time in a sentence."""

from collections.abc import Sequence


def counted(number: int, noun: str, plural: str = "") -> str:
    """So many of a thing.

    >>> counted(1200, "day")
    '1,200 days'
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def within(hours: int) -> str:
    """A span of hours, in days where they are whole.

    >>> within(72), within(30)
    ('3 days', '30 hours')
    """
    days, left = divmod(hours, 24)
    return counted(hours, "hour") if left or days == 1 else counted(days, "day")


def listed(words: Sequence[str], joint: str = "and") -> str:
    """Words as a list in a sentence.

    >>> listed(["one", "two", "three"])
    'one, two and three'
    """
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"
