"""What is due of people whom no clock since the arrest holds any more: complaints of those released, hearings of those
arraigned, and who is committed."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted
from openpars.portal import due, live, rooms
from openpars.portal.audience import seen_by
from openpars.portal.who import Who


@dataclass(frozen=True)
class DueList:
    """A live list of what is due: its name at the door, the addresses of its page and rows, its clocks, its words."""

    listing: str
    page: str
    rows: str
    clocks: frozenset[str]
    title: str
    words: str
    caption: str
    nobody: str


COMPLAINTS = DueList(
    listing="complaints",
    page="portal:complaints",
    rows="portal:complaint-rows",
    clocks=frozenset({"complaint"}),
    title="Released: complaint due",
    words="released, complaint due",
    caption="People released before charges were filed, the first complaint due first",
    nobody="No complaint is due. Whoever is released before charges are filed will stand here until there is one.",
)
_HEARING = frozenset({"hearing of a held person", "hearing of a released person"})
HEARINGS = DueList(
    listing="hearings-due",
    page="portal:hearings-due",
    rows="portal:hearings-due-rows",
    clocks=_HEARING,
    title="Arraigned: hearing due",
    words="to be heard within a week",
    caption="People to be heard within a week, or who should have been, the first first",
    nobody="Nobody is to be heard within a week.",
)
COMMITTED = DueList(
    listing="committed",
    page="portal:committed",
    rows="portal:committed-rows",
    clocks=_HEARING | {"custody"},
    title="Committed",
    words="committed",
    caption="People whom a magistrate has committed, who is to be confirmed or heard first first",
    nobody="Nobody is committed.",
)
JUVENILES = DueList(
    listing="juveniles",
    page="portal:juveniles",
    rows="portal:juvenile-rows",
    clocks=_HEARING | {"arraignment", "probable cause", "prints", "complaint", "custody"},
    title="Juveniles",
    words="juveniles whose case is open",
    caption="Juveniles whose case is open, who is due first first. They stand apart from adults.",
    nobody="No juvenile's case is open. Whoever was under 18 at the offense will stand here, apart from adults.",
)
BOARDS = (("portal:board", "Adults"), (JUVENILES.page, "Juveniles"))
"""The boards of police and prosecutor: URL name and words of each."""
COURT = (
    ("portal:hearings", "To be arraigned"),
    (HEARINGS.page, "Hearing due"),
    (COMMITTED.page, "Committed"),
)
"""The lists of the court: URL name and words of each."""


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor")
@never_cache
@require_safe
def complaints(request: HttpRequest) -> HttpResponse:
    """Who was released before charges were filed: the complaint is due within five days (Pa.R.Crim.P. 519(B))."""
    return _whole(request, COMPLAINTS)


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor")
@never_cache
@require_safe
def complaint_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "due/_rows", lambda who, only: _listed(who, COMPLAINTS, only))


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def hearings(request: HttpRequest) -> HttpResponse:
    """Who was arraigned and is heard within a week, or should have been (Pa.R.Crim.P. 540(G))."""
    return _whole(request, HEARINGS)


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def hearing_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "due/_rows", lambda who, only: _listed(who, HEARINGS, only))


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def committed(request: HttpRequest) -> HttpResponse:
    """Who is committed: since when, unconfirmed for how long, and when they are heard."""
    return _whole(request, COMMITTED)


@seen_by("clerk", "magistrate")
@never_cache
@require_safe
def committed_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "due/_rows", lambda who, only: _listed(who, COMMITTED, only))


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor")
@never_cache
@require_safe
def juveniles(request: HttpRequest) -> HttpResponse:
    """Juveniles, apart from adults: each until their case has ended, whether the prosecutor charges them as adults or
    leaves them to the juvenile court."""
    return _whole(request, JUVENILES)


@seen_by("officer", "booking supervisor", "charging ADA", "DA supervisor")
@never_cache
@require_safe
def juvenile_rows(request: HttpRequest) -> HttpResponse:
    """The rows alone, fetched after an event. Again a disclosure."""
    return live.part(request, "due/_rows", lambda who, only: _listed(who, JUVENILES, only))


def tabs(names: Sequence[tuple[str, str]], here: str) -> list[tuple[str, str, bool]]:
    """Address and words of lists that stand beside one another, and which one is `here`."""
    return [(reverse(name), words, name == here) for name, words in names]


def _whole(request: HttpRequest, which: DueList) -> HttpResponse:
    who = Who.of(request)
    return live.whole(request, who, "due/page", _listed(who, which))


def _listed(who: Who, which: DueList, only: Sequence[str] | None = None) -> dict[str, object]:
    """The list's context: its rows, or the reference of the refusal."""
    court = which in (HEARINGS, COMMITTED)
    beside = COURT if court else BOARDS if which is JUVENILES else ()
    context: dict[str, object] = {
        "list": which,
        "rows_url": reverse(which.rows),
        "rows_template": "portal/due/_rows.html",
        "room": "portal:after-case" if who.user.role == "clerk" else rooms.of_case(who.user.role),
        "moves_custody": court,
        "tabs": tabs(beside, which.page),
    }
    if who.lists_for is None:
        return {**context, "no_list": True}
    try:
        answer = actions.list_arrests(
            asker=who.asker, listing=which.listing, purpose=who.lists_for, only=only
        )
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    limits = [permit.results_per_request for _, permit in who.permits if permit.lists]
    shown = due.shown(answer.body, which.clocks, max(limits, default=0))
    return {**context, "shown": shown, "as_of": shown.as_of, "disclosure": str(answer.disclosure)}


urls = [
    path("board/juveniles/", juveniles, name="juveniles"),
    path("board/juveniles/rows/", juvenile_rows, name="juvenile-rows"),
    path("complaints/", complaints, name="complaints"),
    path("complaints/rows/", complaint_rows, name="complaint-rows"),
    path("hearings/due/", hearings, name="hearings-due"),
    path("hearings/due/rows/", hearing_rows, name="hearings-due-rows"),
    path("hearings/committed/", committed, name="committed"),
    path("hearings/committed/rows/", committed_rows, name="committed-rows"),
]
