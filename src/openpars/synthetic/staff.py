"""The invented city's offices and the people who use the system there: sample log-ins for practising.

All are fictional. ORIs begin with ZZ, which the FBI gives to nobody.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from openpars.agencies import actions, queries
from openpars.errors import NotFound

POLICE, PROSECUTOR, COURT, DEFENDER = "ZZ0010000", "ZZ001013A", "ZZ001015J", "ZZ0010PD0"
"""ORIs of the city's own offices, as its charter names them (examples/charter.toml)."""
NEIGHBOR = "ZZ0020000"
"""ORI of the outside agency of examples/neighbor-police.toml."""

AGENCIES = (
    (POLICE, "Example Police Department", "police department", "police"),
    (PROSECUTOR, "Office of the District Attorney of Example", "prosecutor", "district-attorney"),
    (COURT, "Judicial District of Example", "court", "court"),
    (DEFENDER, "Defender Association of Example", "public defender", "defender"),
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
    Sample("officer", "Officer Imani Falk", "officer", POLICE, "the board; searches under the charter"),
    Sample(
        "supervisor",
        "Sergeant Dov Merriweather",
        "booking supervisor",
        POLICE,
        "the board; prints, identities and custody",
    ),
    Sample(
        "custodian",
        "Custodian Ines Abernathy",
        "records custodian",
        POLICE,
        "searches; corrections, sealing and expungement",
    ),
    Sample(
        "prosecutor",
        "ADA Rosa Lindgren",
        "charging ADA",
        PROSECUTOR,
        "the board; the charging unit's searches",
    ),
    Sample(
        "chief", "ADA Chief Teodora Brandt", "DA supervisor", PROSECUTOR, "what the charging unit decides"
    ),
    Sample(
        "pretrial", "Interviewer Noor Castellan", "pretrial", COURT, "the board; interviews of who is held"
    ),
    Sample("clerk", "Clerk Anselm Pruitt", "clerk", COURT, "the board; the list of arraignments"),
    Sample("magistrate", "Magistrate Oren Tull", "magistrate", COURT, "the board; who is to be arraigned"),
    Sample("defender", "Counsel Mae Okoro", "defender", DEFENDER, "own clients only"),
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
