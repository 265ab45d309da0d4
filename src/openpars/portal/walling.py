"""Who will be able to see victims and witnesses: said from the charter in force, not from a text about it."""

from openpars.portal.who import Who
from openpars.records.rules.elements import CATALOGUE, WALLED

WALLED_PURPOSE = "CrimeVictimSafetyManagement"
"""For what the desk looks at them: the safety of victims."""

_OFFICES = {
    "police": "Police",
    "district-attorney": "District Attorney",
    "court": "Court",
    "defender": "Defender",
}


def readers(who: Who) -> list[str]:
    """Each office, with the roles that may see them under the agreements in force."""
    found: dict[str, None] = {}
    for held in who.in_force:
        for permit in held.agreement.permits:
            if any(CATALOGUE[grant.element].relation in WALLED for grant in permit.elements):
                whose = _OFFICES.get(permit.office or "", held.agreement.title)
                roles = ", ".join(sorted(permit.roles)) if permit.roles else "everybody in the office"
                found[f"{whose}: {roles}"] = None
    return list(found)
