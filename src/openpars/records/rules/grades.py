"""Grades of offenses (18 Pa.C.S. 106; 1102 for homicide): their words, and how grave each is; and kinds."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

GRADES: Mapping[str, str] = {
    "H1": "murder of the first degree",
    "H2": "murder of the second degree",
    "H3": "murder of the third degree",
    "H": "criminal homicide",
    "F1": "felony of the first degree",
    "F2": "felony of the second degree",
    "F3": "felony of the third degree",
    "F": "felony, ungraded",
    "M1": "misdemeanor of the first degree",
    "M2": "misdemeanor of the second degree",
    "M3": "misdemeanor of the third degree",
    "M": "misdemeanor, ungraded",
    "IC": "indirect criminal contempt",
    "S": "summary offense",
}
"""Every grade, gravest first, with its words."""


class OffenseKind(StrEnum):
    """What an offense is about."""

    PERSON = "person"
    PROPERTY = "property"
    DRUGS = "drugs"
    DUI = "dui"
    WEAPONS = "weapons"
    ORDER = "order"
    OTHER = "other"


_GRAVITY = {grade: len(GRADES) - number for number, grade in enumerate(GRADES)}


def is_felony(grade: str) -> bool:
    """Whether `grade` is a felony's or a homicide's. An unknown grade is not."""
    return grade in GRADES and grade[0] in "HF"


def gravity(grade: str) -> int:
    """A number that is higher the graver the grade; 0 for an unknown one."""
    return _GRAVITY.get(grade, 0)


def lead(grades: Sequence[str]) -> int:
    """The place of the gravest grade, the first where several are; `grades` is not empty."""
    return max(range(len(grades)), key=lambda place: (gravity(grades[place]), -place))
