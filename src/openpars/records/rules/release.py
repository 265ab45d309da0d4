"""Whom the arresting officer lets go without taking them before a magistrate (Pa.R.Crim.P. 519(B)).

Of a person arrested without a warrant, the gravest charge must be a misdemeanor of the second degree or less, or of the
first degree for driving under the influence (75 Pa.C.S. 3802). That much is computed; that the person threatens nobody
and will appear is the officer's to judge. The complaint then follows within five days, with a summons.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from openpars.records.rules.grades import GRADES

_LIGHT = frozenset({"M2", "M3", "M", "S"})
_DUI = "75 § 3802"


@dataclass(frozen=True)
class Eligibility:
    """Whether the charges allow it (None: not known), and why."""

    allowed: bool | None
    why: str


def eligibility(charges: Iterable[tuple[str, str]], *, warrant: bool) -> Eligibility:
    """Whether Rule 519(B) allows release by the officer, by the statute and the grade of each charge."""
    if warrant:
        return Eligibility(False, "the arrest was made on a warrant")
    known = list(charges)
    graver = [grade for statute, grade in known if grade in GRADES and not _light(statute, grade)]
    if graver:
        return Eligibility(
            False, f"a charge is graver than the rule allows ({graver[0]}: {GRADES[graver[0]]})"
        )
    if not known or any(grade not in GRADES for _, grade in known):
        return Eligibility(None, "the grade of a charge is not known")
    return Eligibility(
        True, "no charge is graver than a misdemeanor of the second degree, or driving under the influence"
    )


def _light(statute: str, grade: str) -> bool:
    return grade in _LIGHT or (grade == "M1" and " ".join(statute.split()).startswith(_DUI))
