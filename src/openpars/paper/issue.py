"""Whose paper it is: what every kind of paper begins with."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Whose paper it is, and which version of it. `invented` marks every page as about invented people."""

    office: str
    version: int
    made_at: datetime
    invented: bool
