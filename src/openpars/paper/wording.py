"""How values look in print: dates in words, moments with their zone, characters that cannot be drawn by their code."""

import unicodedata
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from typing import Any

from openpars.errors import BadInput

_BREAKS = dict.fromkeys((0x0B, 0x0C, 0x85, 0x2028, 0x2029), "\n")
# Marks that turn the direction of what follows could make a page read otherwise than its data, so they are shown.
_TURNS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_NO_TEXT = frozenset("\ufeff\ufffe\uffff")


def printed(value: Any, undrawn: frozenset[str] = frozenset(), where: str = "paper") -> Any:
    """`value`, a paper or a part of it, with every date, moment and text as it is to stand in print.

    `undrawn` are the characters, alone or in clusters, that no font has. BadInput if a moment has no zone.
    """
    if is_dataclass(value):
        return {f.name: printed(getattr(value, f.name), undrawn, f.name) for f in fields(value)}
    if isinstance(value, tuple):
        return [printed(item, undrawn, where) for item in value]
    if isinstance(value, datetime):
        return moment(value, where)
    if isinstance(value, date):
        return day(value)
    return text(value, undrawn) if isinstance(value, str) else value


def day(on: date) -> str:
    """November 23, 2026."""
    return f"{on:%B} {on.day}, {on.year}"


def moment(at: datetime, where: str) -> str:
    """November 23, 2026, 9:14 p.m. (UTC-05:00); seconds only where there are some. BadInput without a zone."""
    offset = at.strftime("%z")
    if not offset:
        raise BadInput.one(where, "needs its time zone")
    clock = f"{at.hour % 12 or 12}:{at:%M}" + (f":{at:%S}" if at.second else "")
    half = "a.m." if at.hour < 12 else "p.m."
    return f"{day(at)}, {clock}\u00a0{half} (UTC{offset[:3]}:{offset[3:5]})"


def text(words: str, undrawn: frozenset[str] = frozenset()) -> str:
    """`words` in print: line ends as such, tabs as spaces, what has no look as its code: [U+202E]."""
    lines = words.replace("\r\n", "\n").replace("\r", "\n").translate(_BREAKS).replace("\t", "    ")
    lines = "".join(_code(c) if _without_a_look(c) else c for c in lines)
    for cluster in sorted(undrawn, key=lambda one: (-len(one), one)):
        lines = lines.replace(cluster, "".join(map(_code, cluster)))
    return lines


def _without_a_look(character: str) -> bool:
    hidden = character in _TURNS or character in _NO_TEXT
    return hidden or (character != "\n" and unicodedata.category(character) in ("Cc", "Co", "Cs"))


def _code(character: str) -> str:
    return f"[U+{ord(character):04X}]"
