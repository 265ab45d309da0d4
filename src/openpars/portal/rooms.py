"""The rooms that the pages' header leads to: each person sees those that are for them."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import resolve, reverse

from openpars.portal.audience import audiences_of, may_see

ROOMS = (
    ("Board", "board"),
    ("Booking", "booking"),
    ("Charging", "charging"),
    ("Complaints due", "complaints"),
    ("Interviews", "interviews"),
    ("Hearings", "hearings"),
    ("After the hearing", "after"),
    ("Clients", "clients"),
    ("Times", "times"),
    ("Search", "home"),
    ("Your agency", "agency"),
    ("Cases", "cases"),
    ("Approvals", "approvals"),
    ("Records", "custodian"),
    ("Notices", "notices"),
    ("Audit", "audit"),
    ("Delayed lines", "delayed-lines"),
    ("Workbench", "workbench"),
    ("Votes", "votes"),
    ("Agreements", "agreements"),
    ("Letters", "letters"),
)
"""Words and URL name of each room, in the order of an arrest's way. Whom a room is for, its view says."""

WORK = {
    "officer": ("booking", "booking-arrest"),
    "booking supervisor": ("board", "booking-arrest"),
    "records custodian": ("custodian", "custodian-record"),
    "charging ADA": ("charging", "charging-case"),
    "DA supervisor": ("charging", "charging-case"),
    "pretrial": ("interviews", "interview"),
    "clerk": ("hearings", "hearing"),
    "magistrate": ("hearings", "hearing"),
    "defender": ("clients", "client"),
    "solicitor": ("workbench", ""),
    "auditor": ("audit", ""),
    "head of office": ("votes", ""),
}
"""Role of the owners' people -> URL names of the room where their work begins, and of that in which they work on one
arrest (empty: none)."""


def of_case(role: str) -> str:
    """The URL name of that room, as templates take it; empty where the role has none."""
    _, case = WORK.get(role, ("", ""))
    return f"portal:{case}" if case else ""


def words_of_case(role: str) -> str:
    """What the link to that room says."""
    return "Correct, close or expunge" if role == "records custodian" else "Open the case to work on it"


def of_work(*, office: str | None, role: str) -> str:
    """The URL name of the room where a person's work begins; an outside agency's people begin with the search."""
    first, _ = WORK.get(role, ("agreements", "")) if office else ("home", "")
    return f"portal:{first}"


@dataclass(frozen=True)
class Door:
    """One link of the header; `here` where the page is in that room."""

    words: str
    href: str
    here: bool


def doors(request: HttpRequest) -> list[Door]:
    """The rooms that are for whoever makes the request. A page is in the innermost room whose address it is below."""
    rooms = [(words, reverse(f"portal:{name}")) for words, name in ROOMS]
    seen = [(words, href) for words, href in rooms if may_see(audiences_of(resolve(href).func), request.user)]
    above = [
        href for _, href in seen if request.path == href or (href != "/" and request.path.startswith(href))
    ]
    innermost = max(above, key=len, default="")
    return [Door(words, href, href == innermost) for words, href in seen]
