"""The invented city's offices and the people who use the system there: sample log-ins for practising.

All are fictional. ORIs begin with ZZ, which the FBI gives to nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from openpars.agencies import actions, queries
from openpars.errors import NotFound

POLICE, PROSECUTOR, COURT, DEFENDER = "ZZ0010000", "ZZ001013A", "ZZ001015J", "ZZ0010PD0"
SOLICITOR, AUDITOR = "ZZ0010CS0", "ZZ0010AU0"
"""ORIs of the city's own offices, as its charter names them (examples/charter.toml)."""
NEIGHBOR = "ZZ0020000"
"""ORI of the outside agency of examples/neighbor-police.toml."""

AGENCIES = (
    (POLICE, "Example Police Department", "police department", "police"),
    (PROSECUTOR, "Office of the District Attorney of Example", "prosecutor", "district-attorney"),
    (COURT, "Judicial District of Example", "court", "court"),
    (DEFENDER, "Defender Association of Example", "public defender", "defender"),
    (SOLICITOR, "Office of the City Solicitor of Example", "city solicitor", "city-solicitor"),
    (AUDITOR, "Office of the Auditor of Example", "auditor", "auditor"),
    (NEIGHBOR, "Neighbor Township Police Department", "police department", None),
)


@dataclass(frozen=True)
class Sample:
    """A sample user: what they are, and what they may be shown doing."""

    username: str
    display_name: str
    role: str
    ori: str
    comes_to: str


SAMPLES = (
    Sample(
        "officer",
        "Officer Imani Falk",
        "officer",
        POLICE,
        "booking: an arrest from the street to save and send",
    ),
    Sample(
        "supervisor",
        "Sergeant Dov Merriweather",
        "booking supervisor",
        POLICE,
        "the board: prints, identities and custody",
    ),
    Sample(
        "custodian",
        "Custodian Ines Abernathy",
        "records custodian",
        POLICE,
        "records: corrections, orders, notices",
    ),
    Sample(
        "commissioner",
        "Commissioner Ada Rourke",
        "head of office",
        POLICE,
        "agreements: votes and signs for the police",
    ),
    Sample(
        "prosecutor",
        "ADA Rosa Lindgren",
        "charging ADA",
        PROSECUTOR,
        "the charging queue, in the order of its clocks",
    ),
    Sample(
        "chief",
        "ADA Chief Teodora Brandt",
        "DA supervisor",
        PROSECUTOR,
        "the charging queue, and what was decided",
    ),
    Sample(
        "attorney",
        "District Attorney Silas Penrose",
        "head of office",
        PROSECUTOR,
        "agreements: votes and signs for the District Attorney",
    ),
    Sample("pretrial", "Interviewer Noor Castellan", "pretrial", COURT, "interviews of those who are held"),
    Sample("clerk", "Clerk Anselm Pruitt", "clerk", COURT, "the hearing list, dockets and dispositions"),
    Sample("magistrate", "Magistrate Oren Tull", "magistrate", COURT, "the hearing list: decides on bail"),
    Sample(
        "judge",
        "President Judge Wanda Ashcombe",
        "head of office",
        COURT,
        "agreements: votes and signs for the court",
    ),
    Sample("defender", "Counsel Mae Okoro", "defender", DEFENDER, "own clients only"),
    Sample(
        "solicitor",
        "Solicitor Bram Ellery",
        "solicitor",
        SOLICITOR,
        "agreements: drafts them, and ends access",
    ),
    Sample("auditor", "Auditor Lupe Hartigan", "auditor", AUDITOR, "agreements, and the log of looks"),
    Sample(
        "detective",
        "Detective Luis Varga",
        "detective",
        NEIGHBOR,
        "one person at a time, under the agreement",
    ),
)


def enroll(*, password: str, by: str, at: datetime) -> dict[str, UUID]:
    """Make the agencies and the sample users, each with `password`; answers username -> id. Users who are
    there already are left as they are."""
    made: dict[str, UUID] = {}
    for ori, name, kind, office in AGENCIES:
        try:
            queries.agency(ori)
        except NotFound:
            actions.enroll_agency(ori=ori, name=name, kind=kind, office=office, by=by, at=at)
    until = at.date() + timedelta(days=365)
    for sample in SAMPLES:
        try:
            made[sample.username] = queries.user_named(sample.username).id
        except NotFound:
            made[sample.username] = actions.enroll_user(
                username=sample.username,
                display_name=sample.display_name,
                agency_ori=sample.ori,
                role=sample.role,
                screened_until=until,
                trained_until=until,
                password=password,
                by=by,
                at=at,
            )
    return made
