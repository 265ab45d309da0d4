"""What the court's and the defender's pages share: the list, the opened case, and trying a verb."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse

from openpars.disclosure import actions
from openpars.errors import BadInput, Conflict, NotEmpowered, NotPermitted
from openpars.paper import PaperNotPrinted
from openpars.portal import charging, hearing, orders, papers, prisoners, youth
from openpars.portal.cases import Case
from openpars.portal.drafts import Slip
from openpars.portal.showing import full_name, instant, words
from openpars.portal.typed import Typed
from openpars.portal.who import Who
from openpars.records import actions as records

_FIELDS = (
    ("OTN", "otn"),
    ("DC number", "dc_number"),
    ("Arrested", "arrested_at"),
    ("Date of birth", "birth_date"),
    ("Language", "language"),
    ("Home address", "address"),
    ("Custody", "custody_state"),
)


@dataclass(frozen=True)
class LiveList:
    """A list that keeps itself live: its name at the door, the address of its rows, the room that a row leads to, its
    words, and whether the `latest` stands first, not the longest."""

    listing: str
    rows: str
    room: str
    words: str
    caption: str
    nobody: str
    latest: bool = False


def listed(who: Who, shown: LiveList, only: Sequence[str] | None = None) -> dict[str, Any]:
    """The context of a live list: its groups of rows, or the reference of the refusal."""
    context = {"list": shown, "rows_url": reverse(shown.rows), "rows_template": "portal/court/_list.html"}
    if who.lists_for is None:
        return {**context, "no_list": True}
    try:
        answer = actions.list_arrests(
            asker=who.asker, listing=shown.listing, purpose=who.lists_for, only=only
        )
    except NotPermitted as error:
        return {**context, "refused": error.reference}
    groups = hearing.groups(answer.body, by_session=shown.listing == "hearings")
    context |= {"groups": groups, "count": sum(len(group.rows) for group in groups)}
    return {**context, "as_of": instant(answer.body["as_of"]), "disclosure": str(answer.disclosure)}


def shown(case: Case) -> dict[str, Any]:
    """A case for a page: what stands at its top, charges, interview, the three lines, the outcome, the papers."""
    record, as_of = case.record, case.answer.body["as_of"]
    told = (record.get("interview") or (None,))[-1]
    return {
        "arrest": str(case.arrest),
        "row": charging.clock(record, as_of),
        "marks": prisoners.marks(),
        "width": prisoners.WIDTH,
        "heading": full_name(record) or "Name not shown",
        "invented": bool(record.get("invented")),
        "fields": [
            (label, words(record[name])[0], name in ("otn", "dc_number"))
            for label, name in _FIELDS
            if name in record
        ],
        "as_adult": youth.ground_words(record),
        "session": hearing.session_words(record),
        "has_counsel": record.get("has_counsel"),
        "charges": hearing.filed(record),
        "narrative": str(record.get("narrative") or ""),
        "interview": told,
        "lines": hearing.lines(record),
        "outcome": hearing.outcome(record),
        "papers": papers.kept(record),
        "version": record.get("version"),
        "disclosure": str(case.answer.disclosure),
    }


@dataclass(frozen=True)
class Turn:
    """What somebody does on one case: what was typed, on which case, who and when; `slip` where it has a draft."""

    typed: Typed
    case: Case
    who: Who
    at: datetime
    slip: Slip | None = None


def act(verbs: Mapping[str, Callable[[Turn], None]], turn: Turn) -> dict[str, object]:
    """Do what the button says: nothing where it was done, else what the page says and its status."""
    do = verbs.get(turn.typed.values.get("do", ""))
    if do is None:
        return {"status": 422, "conflict": "Say what is to be done."}
    return attempt(turn.typed, lambda: do(turn))


def print_orders(turn: Turn) -> None:
    """Print what was decided calls for. The decision stands whether or not a paper can be printed."""
    for paper in orders.unprinted(turn.case.record, court=turn.who.user.agency.name, at=turn.at):
        records.make_paper(arrest=turn.case.arrest, paper=paper, by=turn.who.user.id, at=turn.at)


def attempt(typed: Typed, verb: Callable[[], object]) -> dict[str, object]:
    """Try a verb: nothing where it was done, else what the page says and its status. Problems go to their fields."""
    try:
        verb()
    except BadInput as error:
        typed.take(error.problems)
    except Conflict as error:
        return {"conflict": _sentence(str(error)), "status": 409}
    except NotEmpowered as error:
        return {"conflict": str(error), "status": 403}
    except PaperNotPrinted:
        said = "What was decided stands, but its papers could not be printed."
        return {"conflict": said, "conflict_heading": "Not printed", "status": 500}
    return {"status": 422} if typed.problems else {}


def version_seen(typed: Typed) -> int:
    """The version of the arrest that the page showed; one that was not sent is older than any."""
    text = typed.values.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
