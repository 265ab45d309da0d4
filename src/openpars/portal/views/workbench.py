"""The solicitor's workbench: texts that are being written, what waits for whom, every end and deadline, what stands
out."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from openpars.agencies.queries import city_day
from openpars.agreements import comments, elsewhere, proceedings, proposals, queries
from openpars.agreements.rules.vocabulary import PROHIBITABLE, SHAPES
from openpars.disclosure import watching
from openpars.errors import BadInput, Conflict, NotEmpowered, Refusal
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.typed import Typed
from openpars.portal.who import Who, page
from openpars.records.rules.elements import CATALOGUE

SOLICITOR = "solicitor"


@seen_by(SOLICITOR)
@never_cache
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """Where the solicitor begins."""
    return _room(request)


@seen_by(SOLICITOR)
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """A new draft: from a version that was in force, as its next one, from the starter, or empty."""
    who = Who.of(request)
    start = request.POST.get("from", "")
    if start == "starter":
        text = solicitor.starter(city_day(who.at))
    else:
        text = _next_version(int(start)) if start.isdecimal() and len(start) < 9 else ""
    try:
        draft = proceedings.draft_agreement(draft=None, text=text, by=who.user.id, at=who.at)
    except NotEmpowered as error:
        return _room(request, {"conflict": str(error)}, 403)
    return HttpResponseRedirect(reverse("portal:draft", args=[draft]))


@seen_by(SOLICITOR)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def draft(request: HttpRequest, draft: UUID) -> HttpResponse:
    """One text: the file and its rendering side by side. It is kept, put to the owners, or dropped."""
    held = proposals.draft(draft)
    if request.method != "POST":
        return _draft(request, draft, held.text, {"kept_at": held.kept_at})
    who = Who.of(request)
    typed = Typed({key: str(value) for key, value in request.POST.items()})
    text = typed.values.get("text", held.text).replace("\r\n", "\n")
    act = typed.values.get("act", "keep")
    try:
        if act == "drop":
            proceedings.draft_agreement(draft=draft, text=None, by=who.user.id, at=who.at)
            return HttpResponseRedirect(reverse("portal:workbench"))
        proceedings.draft_agreement(draft=draft, text=text, by=who.user.id, at=who.at)
        if act == "propose":
            which = proceedings.propose(
                text=text,
                grounds=typed.text("grounds"),
                by_vote=typed.checked("by_vote"),
                by=who.user.id,
                at=who.at,
            )
            proceedings.draft_agreement(draft=draft, text=None, by=who.user.id, at=who.at)
            return HttpResponseRedirect(reverse("portal:proposal", args=[which]))
    except Refusal as error:
        return _draft(request, draft, text, {"typed": typed.values} | problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:draft", args=[draft]))


@seen_by(SOLICITOR)
@never_cache
@require_POST
def check(request: HttpRequest) -> HttpResponse:
    """What a text says so far: what the page fetches while it is typed."""
    who = Who.of(request, fresh=False)
    shown = solicitor.preview(request.POST.get("text", ""), at=who.at)
    return page(request, who, "workbench/_preview", {"preview": shown})


@seen_by(SOLICITOR)
@require_POST
def not_to_renew(request: HttpRequest, number: int) -> HttpResponse:
    """Put it to the owners that a version in force not be renewed."""
    who = Who.of(request)
    try:
        which = proceedings.propose(
            text=queries.text_of(number),
            matter=proceedings.NON_RENEWAL,
            by_vote=True,
            grounds=request.POST.get("grounds", ""),
            by=who.user.id,
            at=who.at,
        )
    except Refusal as error:
        return _room(request, problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:proposal", args=[which]))


@seen_by(SOLICITOR)
@require_POST
def certificate(request: HttpRequest, certificate: UUID) -> HttpResponse:
    """A certificate of deletion came."""
    who = Who.of(request)
    try:
        proceedings.receive_certificate(
            certificate=certificate, words=request.POST.get("words", ""), by=who.user.id, at=who.at
        )
    except Refusal as error:
        return _room(request, problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:workbench"))


@seen_by(SOLICITOR)
@require_POST
def enter_rule(request: HttpRequest) -> HttpResponse:
    """Enter a rule from elsewhere, or strike one out: who stands at odds with it is shown at once."""
    who = Who.of(request)
    typed = Typed({key: str(value) for key, value in request.POST.items()})
    try:
        if repealed := typed.values.get("repeal", ""):
            elsewhere.repeal_rule(
                rule=UUID(repealed), grounds=typed.text("grounds") or "Repealed.", by=who.user.id, at=who.at
            )
        else:
            elsewhere.enter_rule(
                title=typed.text("title"),
                citation=typed.text("citation"),
                effective_on=typed.day("effective_on") or city_day(who.at),
                purposes=request.POST.getlist("purposes"),
                elements=request.POST.getlist("elements"),
                shapes=request.POST.getlist("shapes"),
                by=who.user.id,
                at=who.at,
            )
    except ValueError:
        return _room(request, {"conflict": "There is no such rule."}, 409)
    except Refusal as error:
        return _room(request, {"typed": typed.values} | problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:workbench") + "#rules")


def _room(request: HttpRequest, more: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    who = Who.of(request)
    standing = [one for one in queries.listing() if one.state(who.at) in ("in force", "suspended", "to come")]
    found = proposals.all_of(at=who.at)
    put = [solicitor.put(one, at=who.at) for one in found]
    unread = comments.unread()
    context = {
        "has_charter": proposals.has_charter(who.at),
        "open": [one for one in put if one.is_open],
        "closed": [one for one in put if not one.is_open][:20],
        "unread": [(one, unread[one.held.id]) for one in put if one.held.id in unread],
        "drafts": [(one, _called(one.text)) for one in proposals.drafts()],
        "standing": [(one, one.state(who.at)) for one in standing],
        "days": solicitor.calendar(at=who.at),
        "watched": [(one, queries.version(one.number).title) for one in watching.watched(at=who.at)],
        "owed": [(one, one.due_at < who.at) for one in watching.owed()],
        "rules": watching.rules(at=who.at),
        "purposes": PROHIBITABLE,
        "elements": {one.name: one.words for one in CATALOGUE.values()},
        "shapes": SHAPES,
        **(more or {}),
    }
    return page(request, who, "workbench/room", context, status)


def _draft(
    request: HttpRequest, draft: UUID, text: str, more: dict[str, object], status: int = 200
) -> HttpResponse:
    who = Who.of(request)
    context = {"draft": draft, "text": text, "preview": solicitor.preview(text, at=who.at), **more}
    return page(request, who, "workbench/draft", context, status)


def _next_version(number: int) -> str:
    """The text of a version, as its next one to begin with."""
    held = queries.agreement(number)
    text = queries.text_of(number)
    return text.replace(f"\nversion = {held.version}\n", f"\nversion = {held.version + 1}\n", 1)


def _called(text: str) -> str:
    """A draft's title, as far as it has one."""
    line = next((one for one in text.split("\n") if one.startswith("title")), "")
    return line.partition("=")[2].strip(' "') or "Untitled"


def problems(error: Refusal) -> dict[str, object]:
    """A problem stands at its field, by its name; what no field is the cause of stands above."""
    if isinstance(error, BadInput):
        return {"problems": {each.where: each.what[:1].upper() + each.what[1:] for each in error.problems}}
    return {"conflict": str(error)}


def status(error: Refusal) -> int:
    """The HTTP status of a refusal."""
    if isinstance(error, BadInput):
        return 422
    return 403 if isinstance(error, NotEmpowered) else 409 if isinstance(error, Conflict) else 404


urls = [
    path("workbench/", room, name="workbench"),
    path("workbench/drafts/", begin, name="draft-begin"),
    path("workbench/drafts/<uuid:draft>/", draft, name="draft"),
    path("workbench/check/", check, name="draft-check"),
    path("workbench/not-to-renew/<int:number>/", not_to_renew, name="not-to-renew"),
    path("workbench/certificates/<uuid:certificate>/", certificate, name="certificate"),
    path("workbench/rules/", enter_rule, name="rules"),
]
