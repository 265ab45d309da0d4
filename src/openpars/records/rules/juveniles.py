"""Which juveniles are charged as adults: what the law excludes from the juvenile court's "delinquent act".

A child's case is the juvenile court's, and its records stand apart (18 Pa.C.S. 9123; 42 Pa.C.S. 6308), unless the
prosecutor files directly on a ground of 42 Pa.C.S. 6302: then it goes the adults' way, and a parent is told
(Pa.R.Crim.P. 540(B)).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpars.errors import Problem

GRAVE_AGE = 15
"""From this age on, at the offense, the grave crimes of (2)(ii) and (iii) are excluded."""


@dataclass(frozen=True)
class Ground:
    """A ground of direct file. `statutes`: sections of which one must be charged, by how a statute begins (none: any
    crime); `age`: years at the offense, at least."""

    words: str
    rule: str
    statutes: tuple[str, ...] = ()
    age: int = 0


_ATTEMPTS = ("18 § 901", "18 § 902", "18 § 903")
_GRAVE = (
    *("18 § 2503", "18 § 2901", "18 § 3121", "18 § 3123", "18 § 3125", "18 § 3701", "18 § 3702"),
    *_ATTEMPTS,
)

GROUNDS: Mapping[str, Ground] = {
    "murder": Ground("murder", "42 Pa.C.S. 6302 (2)(i)", ("18 § 2501", "18 § 2502")),
    "weapon": Ground(
        "a grave crime with a deadly weapon, at fifteen or older",
        "42 Pa.C.S. 6302 (2)(ii)",
        (*_GRAVE, "18 § 2702"),
        GRAVE_AGE,
    ),
    "adjudicated": Ground(
        "a grave crime after an adjudication of delinquency for one, at fifteen or older",
        "42 Pa.C.S. 6302 (2)(iii)",
        _GRAVE,
        GRAVE_AGE,
    ),
    "convicted": Ground("any crime after a conviction in a criminal proceeding", "42 Pa.C.S. 6302 (2)(v)"),
    "transferred": Ground("transferred by the juvenile court", "42 Pa.C.S. 6355"),
}
"""Code of a ground, as it is kept -> the ground."""


def direct_file_problems(ground: str, *, age: int | None, statutes: Sequence[str]) -> list[Problem]:
    """What is wrong with charging a juvenile as an adult on `ground`, who was `age` at the offense (None: not known),
    for crimes of these `statutes`; none: an empty list."""
    known = GROUNDS.get(ground)
    if known is None:
        return [Problem("ground", "choose on which ground the law excludes it from the juvenile court")]
    if known.age and (age is None or age < known.age):
        return [
            Problem("ground", f"needs somebody who was {known.age} or older at the offense ({known.rule})")
        ]
    if known.statutes and not any(_under(statute, known.statutes) for statute in statutes):
        return [Problem("ground", f"needs a charge of such a crime: none of these is one ({known.rule})")]
    return []


def grounds_for(*, age: int | None, statutes: Sequence[str]) -> Mapping[str, Ground]:
    """The grounds of which nothing known stands in the way."""
    return {
        code: ground
        for code, ground in GROUNDS.items()
        if not direct_file_problems(code, age=age, statutes=statutes)
    }


def _under(statute: str, sections: Sequence[str]) -> bool:
    written = " ".join(statute.split())
    return any(written == section or written.startswith(f"{section} ") for section in sections)
