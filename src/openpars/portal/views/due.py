"""What is due of people whom no clock since the arrest holds any more: complaints of those released, hearings of those
arraigned, and who is committed; and juveniles, apart from adults. Each is a live list of its own, and they differ in
what they say of themselves (`DueList`)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from openpars.disclosure import actions
from openpars.errors import NotPermitted
from openpars.portal import due, live, rooms
from openpars.portal.audience import seen_by
from openpars.portal.who import Who

POLICE_AND_PROSECUTOR = ("officer", "booking supervisor", "charging ADA", "DA supervisor")
OF_THE_COURT = ("clerk", "magistrate")
BOARDS = (("portal:board", "Adults"), ("portal:juveniles", "Juveniles"))
"""The boards of police and prosecutor: URL name and words of each."""
COURT = (
    ("portal:hearings", "To be arraigned"),
    ("portal:hearings-due", "Hearing due"),
    ("portal:committed", "Committed"),
)
"""The lists of the court: URL name and words of each."""


@dataclass(frozen=True)
class DueList:
    """A live list of what is due: its name, at the door and of its URL, its address, whom it is for, its clocks and its
    words; which lists stand `beside` it, and whether whoever sees it moves the custody of the people on it."""

    name: str
    address: str
    audience: tuple[str, ...]
    clocks: frozenset[str]
    title: str
    words: str
    caption: str
    nobody: str
    beside: tuple[tuple[str, str], ...] = ()
    moves_custody: bool = False


COMPLAINTS = DueList(
    name="complaints",
    address="complaints/",
    audience=POLICE_AND_PROSECUTOR,
    # Five days after a release before charges are filed (Pa.R.Crim.P. 519(B)).
    clocks=frozenset({"complaint"}),
    title="Released: complaint due",
    words="released, complaint due",
    caption="People released before charges were filed, the first complaint due first",
    nobody="No complaint is due. Whoever is released before charges are filed will stand here until there is one.",
)
# Pa.R.Crim.P. 540(G).
_HEARING = frozenset({"hearing of a held person", "hearing of a released person"})
HEARINGS = DueList(
    name="hearings-due",
    address="hearings/due/",
    audience=OF_THE_COURT,
    clocks=_HEARING,
    title="Arraigned: hearing due",
    words="to be heard within a week",
    caption="People to be heard within a week, or who should have been, the first first",
    nobody="Nobody is to be heard within a week.",
    beside=COURT,
    moves_custody=True,
)
COMMITTED = DueList(
    name="committed",
    address="hearings/committed/",
    audience=OF_THE_COURT,
    clocks=_HEARING | {"custody"},
    title="Committed",
    words="committed",
    caption="People whom a magistrate has committed, who is to be confirmed or heard first first",
    nobody="Nobody is committed.",
    beside=COURT,
    moves_custody=True,
)
JUVENILES = DueList(
    name="juveniles",
    address="board/juveniles/",
    audience=POLICE_AND_PROSECUTOR,
    clocks=_HEARING | {"arraignment", "probable cause", "prints", "complaint", "custody"},
    title="Juveniles",
    words="juveniles whose case is open",
    caption="Juveniles whose case is open, who is due first first. They stand apart from adults.",
    nobody="No juvenile's case is open. Whoever was under 18 at the offense will stand here, apart from adults.",
    beside=BOARDS,
)


def tabs(names: Sequence[tuple[str, str]], here: str) -> list[tuple[str, str, bool]]:
    """Address and words of lists that stand beside one another, and which one is `here`."""
    return [(reverse(name), words, name == here) for name, words in names]


def _listed(who: Who, which: DueList, only: Sequence[str] | None = None) -> dict[str, object]:
    """The list's context: its rows, or the reference of the refusal."""
    context: dict[str, object] = {
        "list": which,
        "rows_url": reverse(f"portal:{which.name}-rows"),
        "rows_template": "portal/due/_rows.html",
        "room": "portal:after-case" if who.user.role == "clerk" else rooms.of_case(who.user.role),
        "moves_custody": which.moves_custody,
        "tabs": tabs(which.beside, f"portal:{which.name}"),
    }
    if who.lists_for is None:
        return {**context, "no_list": True}
    try:
        answer = actions.list_arrests(asker=who.asker, listing=which.name, purpose=who.lists_for, only=only)
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    limits = [permit.results_per_request for _, permit in who.permits if permit.lists]
    shown = due.shown(answer.body, which.clocks, max(limits, default=0))
    return {**context, "shown": shown, "as_of": shown.as_of, "disclosure": str(answer.disclosure)}


def _views(which: DueList) -> list[URLPattern]:
    """The page of a list, and its rows alone, fetched after an event. Each is a disclosure."""

    @seen_by(*which.audience)
    @never_cache
    @require_safe
    def whole(request: HttpRequest) -> HttpResponse:
        who = Who.of(request)
        return live.whole(request, who, "due/page", _listed(who, which))

    @seen_by(*which.audience)
    @never_cache
    @require_safe
    def rows(request: HttpRequest) -> HttpResponse:
        return live.part(request, "due/_rows", lambda who, only: _listed(who, which, only))

    return [
        path(which.address, whole, name=which.name),
        path(f"{which.address}rows/", rows, name=f"{which.name}-rows"),
    ]


urls = [view for which in (JUVENILES, COMPLAINTS, HEARINGS, COMMITTED) for view in _views(which)]
