"""Which city is to be played, and by whom: as one process says it to another, so without the database."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True)
class Staff:
    """Users on whose behalf the city's desks act, each of a role to which a charter in force gives the acts;
    `counsel` are defenders, given out as counsel of record."""

    police: UUID
    supervisor: UUID
    custodian: UUID
    prosecutor: UUID
    pretrial: UUID
    clerk: UUID
    magistrate: UUID
    counsel: tuple[UUID, ...] = ()


def desks(users: dict[str, UUID]) -> Staff:
    """The sample users (`synthetic.staff.enroll`) at the city's desks."""
    return Staff(
        police=users["officer"],
        supervisor=users["supervisor"],
        custodian=users["custodian"],
        prosecutor=users["prosecutor"],
        pretrial=users["pretrial"],
        clerk=users["clerk"],
        magistrate=users["magistrate"],
        counsel=(users["defender"],),
    )


@dataclass(frozen=True)
class Order:
    """Which city to play, by whom, and until when."""

    seed: int
    days: int
    per_day: float
    until: datetime
    by: Staff
