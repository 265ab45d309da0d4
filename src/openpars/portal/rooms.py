"""The rooms that the pages' header leads to: each person sees those that are for them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import resolve, reverse

from openpars.portal.audience import audiences_of, may_see

ROOMS = (
    ("Board", "board"),
    ("Booking", "booking"),
    ("Charging", "charging"),
    ("Interviews", "interviews"),
    ("Hearings", "hearings"),
    ("After the hearing", "after"),
    ("Clients", "clients"),
    ("Times", "times"),
    ("Search", "home"),
    ("Records", "custodian"),
    ("Notices", "notices"),
    ("Agreements", "agreements"),
)
"""Words and URL name of each room, in the order of an arrest's way. Whom a room is for, its view says."""

CASES = {
    "officer": "booking-arrest",
    "booking supervisor": "booking-arrest",
    "charging ADA": "charging-case",
    "DA supervisor": "charging-case",
    "pretrial": "interview",
    "clerk": "hearing",
    "magistrate": "hearing",
    "defender": "client",
}
"""URL name of the room in which each role works on one arrest."""


def of_case(role: str) -> str:
    """The URL name of that room, as templates take it; empty where the role has none."""
    return f"portal:{CASES[role]}" if role in CASES else ""


@dataclass(frozen=True)
class Door:
    """One link of the header; `here` where the page is in that room."""

    words: str
    href: str
    here: bool


def doors(request: HttpRequest) -> list[Door]:
    """The rooms that are for whoever makes the request."""
    found = []
    for words, name in ROOMS:
        href = reverse(f"portal:{name}")
        if may_see(audiences_of(resolve(href).func), request.user):
            here = request.path == href if href == "/" else request.path.startswith(href)
            found.append(Door(words, href, here))
    return found
