"""What is typed on a page and not sent yet: one way for every form to keep it, to show it again, and to let it go with
what is sent.

A form that keeps a draft includes `portal/_draft.html`; a browser then keeps it by itself (drafts.js), and without a
script its button does. What is kept is what was posted, field by field. Its page asks for the `Slip` of the form.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import reverse

from openpars.portal import posted
from openpars.portal.showing import local
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.actions.tracing import together
from openpars.records.deskwork import DraftView

PAGES: Mapping[str, str] = {
    "arrest": "portal:booking-draft",
    "amendment": "portal:booking-arrest",
    "victim": "portal:booking-walled",
    "witness": "portal:booking-walled",
    "charging": "portal:charging-case",
    "interview": "portal:interview",
    "decision": "portal:hearing",
}
"""Kind of draft -> the page on which it is typed. All but the first are about an arrest, whose id the address holds."""

NEW = "arrest"
"""The kind about an arrest that nobody has reported yet; its page's address holds the draft's own id."""


@dataclass(frozen=True)
class Slip:
    """The draft of one form: what is kept of it, and which version of it this window, which posts it where it is
    `mine`, has seen."""

    kind: str
    arrest: UUID | None
    id: UUID | None = None
    seen: int = 0
    kept: DraftView | None = None
    mine: bool = False

    @property
    def kept_at(self) -> str:
        """When it was kept last, in words; empty where nothing is."""
        return local(self.kept.kept_at) if self.kept else ""

    @property
    def clashes(self) -> bool:
        """Whether another window kept, sent or dropped it since this one saw it."""
        now = (self.kept.id, self.kept.version) if self.kept else (None, 0)
        return self.mine and now != (self.id, self.seen)

    def typed(self, request: HttpRequest) -> QueryDict:
        """What is in the fields: what this window posts, else what is kept."""
        if self.mine:
            return request.POST
        return posted.as_posted(self.kept.content) if self.kept else QueryDict()

    def values(self, request: HttpRequest) -> dict[str, str]:
        """What is in the fields of a form that has each once."""
        return {name: str(value) for name, value in self.typed(request).items()}

    @contextmanager
    def goes_with(self, who: Who, at: datetime) -> Iterator[None]:
        """The draft goes in the transaction of the verb that sends it, or neither does anything."""
        with together():
            if self.id is not None:
                actions.drop_draft(draft=self.id, seen=self.seen, by=who.user.id, at=at)
            yield


def slip(request: HttpRequest, who: Who, kind: str, arrest: UUID, *, mine: bool) -> Slip:
    """The slip of a form on the page of an arrest; `mine` where it is the form that is posted. One draft of each kind
    is kept about an arrest."""
    own = deskwork.own_drafts(author=who.user.id, kind=kind, arrest=arrest)
    kept = own[0] if own else None
    if mine:
        return Slip(kind, arrest, *seen_of(request.POST), kept=kept, mine=True)
    return Slip(kind, arrest, kept.id if kept else None, kept.version if kept else 0, kept)


def seen_of(post: QueryDict) -> tuple[UUID | None, int]:
    """Which draft a form posts, and the version of it that its window has seen."""
    seen = post.get("draft_seen", "")
    return as_id(post.get("draft")), int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 9 else 0


def clash(request: HttpRequest, who: Who, slip: Slip, at: str = "") -> HttpResponse:
    """The page of two windows: what was kept in the other, what is typed here; nothing of either is lost. `at` is the
    address of the form's page, where it is not that of the kept draft."""
    mine = posted.content(request.POST)
    here, there = posted.told(mine), posted.told(slip.kept.content if slip.kept else {})
    pairs = [(name, there.get(name, ""), here.get(name, "")) for name in dict.fromkeys((*there, *here))]
    context = {
        "differences": [(posted.label(name), was, now) for name, was, now in pairs if was != now],
        "gone": slip.kept is None,
        "slip": slip,
        "fields": posted.pairs(mine),
        "address": at or address(slip.kind, slip.arrest, slip.kept.id if slip.kept else None),
    }
    return page(request, who, "two_windows", context, 409)


def address(kind: str, arrest: UUID | None, draft: UUID | None) -> str:
    """The address of the page on which a draft is typed."""
    if kind != NEW:
        return reverse(PAGES[kind], args=[arrest])
    return reverse(PAGES[kind], args=[draft]) if draft else reverse("portal:booking-new")


def as_id(text: str | None) -> UUID | None:
    """An id that a form brought back; None where it brought none."""
    try:
        return UUID(text) if text else None
    except ValueError:
        return None
