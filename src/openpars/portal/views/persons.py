"""Who is whom: arrests of one person that stand under two, and of two that stand under one."""

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from openpars import clock
from openpars.errors import BadInput, Conflict, NotPermitted
from openpars.portal import booking, knowing
from openpars.portal.audience import seen_by
from openpars.portal.cases import Case, open_case
from openpars.portal.drafts import as_id
from openpars.portal.refusing import refusals
from openpars.portal.showing import words
from openpars.portal.who import Who, page
from openpars.records import actions, deskwork
from openpars.records.rules.facts import PersonFacts


@seen_by("booking supervisor")
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
@refusals
def persons(request: HttpRequest, arrest: UUID) -> HttpResponse:
    """Who is whom: other arrests that may be of this person, to merge; those to split off; and undoing."""
    who = Who.of(request)
    problems: dict[str, str] = {}
    conflict = ""
    case = open_case(who, arrest)
    facts = _facts(case)
    looked: list[knowing.Offer] | None = None
    if request.method == "POST":
        try:
            if request.POST.get("wish") != "look":
                _identify(request, who, arrest, facts)
                return redirect("portal:booking-persons", arrest)
        except BadInput as error:
            problems = booking.at_fields(error.problems)
        except Conflict as error:
            conflict = str(error)
        try:
            looked = _numbered(request, who, case, facts)
        except BadInput as error:
            problems |= booking.at_fields(error.problems)
    others = knowing.offers(who, facts, case_number=case.case_number, besides=str(arrest), each=True)
    others += [offer for offer in looked or () if offer.arrest not in {each.arrest for each in others}]
    here = {str(each) for each in deskwork.arrests_beside(arrest)}
    context = {
        "arrest": arrest,
        "record": case.record,
        "offers": [offer for offer in others if offer.arrest not in here],
        "beside": [offer for offer in others if offer.arrest in here],
        "chosen": request.POST.getlist("with"),
        "done": _done(case),
        "errors": problems,
        "conflict": conflict,
        "rationale": request.POST.get("rationale", ""),
        "number": request.POST.get("number", ""),
        "nobody": looked == [],
        "other": request.POST.get("other", ""),
    }
    return page(request, who, "booking/persons", context, 409 if conflict else 422 if problems else 200)


def _numbered(request: HttpRequest, who: Who, case: Case, facts: PersonFacts) -> list[knowing.Offer] | None:
    """The arrests of the number that is typed; None where none is."""
    number = request.POST.get("number", "").strip()
    if not number:
        if request.POST.get("wish") == "look":
            raise BadInput.one("number", "type the OTN or the SID to look for")
        return None
    try:
        return knowing.numbered(who, facts, number, case_number=case.case_number, besides=str(case.arrest))
    except NotPermitted:
        raise BadInput.one("number", "must be of a kind that you may search by") from None


def _identify(request: HttpRequest, who: Who, arrest: UUID, facts: PersonFacts) -> None:
    wish, rationale = request.POST.get("wish", ""), request.POST.get("rationale", "").replace("\r\n", "\n")
    by, at = who.user.id, clock.now()
    if wish == "split":
        also = [each for text in request.POST.getlist("with") if (each := as_id(text))]
        actions.split_persons(arrests=[arrest, *also], person=facts, rationale=rationale, by=by, at=at)
        return
    try:
        named = UUID(request.POST.get("identification" if wish == "undo" else "other", ""))
    except ValueError:
        raise BadInput.one("other", "choose the arrest of the same person") from None
    if wish == "undo":
        actions.undo_merge(identification=named, by=by, at=at)
    else:
        actions.merge_persons(keep=arrest, other=named, rationale=rationale, by=by, at=at)


def _done(case: Case) -> list[dict[str, object]]:
    """What was merged and split, latest first."""
    rows = [
        {
            **row,
            "made": words(row["identified_at"])[0],
            "undone": words(row["identified_undone_at"])[0] if row["identified_undone_at"] else "",
        }
        for row in case.record.get("identification", ())
    ]
    return rows[::-1]


def _facts(case: Case) -> PersonFacts:
    """The person of a case, as the record gives them."""
    named = {name: case.record.get(name) for name in PersonFacts.__dataclass_fields__}
    known = {name: value for name, value in named.items() if value}
    if "birth_date" in known:
        known["birth_date"] = date.fromisoformat(str(known["birth_date"]))
    return PersonFacts(**known)


urls = [path("booking/<uuid:arrest>/persons/", persons, name="booking-persons")]
