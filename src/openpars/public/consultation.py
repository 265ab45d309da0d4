"""What is put to the owners, for everyone: the text, what it changes, the votes; and, while it is open to the public, a
form in which anybody may say something about it. Nobody is asked who they are."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from openpars.agreements import comments, odds, proposals
from openpars.agreements.rules import printing
from openpars.errors import BadInput, Conflict, NotFound
from openpars.public import register as reading
from openpars.public.agreements import A_MINUTE, as_paper, as_text


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """One proposal; posted, a comment on it. Raises NotFound."""
    if request.method != "POST":
        return _proposal(request, proposal)
    try:
        kept = comments.hand_in(
            proposal=proposal,
            words=request.POST.get("words", ""),
            name=request.POST.get("name", ""),
            source=request.META.get("REMOTE_ADDR", ""),
            at=proposals.now(),
        )
    except BadInput as error:
        wrong = {one.where: one.what[:1].upper() + one.what[1:] for one in error.problems}
        return _proposal(request, proposal, {"typed": request.POST, "problems": wrong}, 422)
    except Conflict as error:
        return _proposal(request, proposal, {"typed": request.POST, "conflict": str(error)}, 409)
    return HttpResponseRedirect(f"{request.path}?reference={kept}#kept")


@A_MINUTE
@require_safe
def text(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """The text that is proposed. Raises NotFound."""
    held = proposals.proposal(proposal, at=proposals.now())
    return as_text(held.text, f"{held.agreement.identifier}-{held.agreement.version}")


@A_MINUTE
@require_safe
def paper(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """The same in plain words, as a PDF. Raises NotFound."""
    held = proposals.proposal(proposal, at=proposals.now())
    made = reading.paper(held.agreement, held.plain, held.put_at)
    return as_paper(made, f"{held.agreement.identifier}-{held.agreement.version}-proposed")


def _proposal(
    request: HttpRequest, which: UUID, more: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    at = proposals.now()
    put = reading.put(proposals.proposal(which, at=at), at=at)
    context = {
        "put": put,
        "sections": printing.sections(put.held.agreement, put.held.plain),
        "at_odds": odds.of(put.held.agreement) if put.held.is_text and put.is_open else (),
        "published": comments.published(which),
        "kept_back": comments.kept_back(which),
        "kept": _kept(request.GET.get("reference", ""), which),
        "longest": comments.LONGEST,
        **(more or {}),
    }
    return render(request, "public/proposal.html", context, status=status)


def _kept(reference: str, proposal: UUID) -> UUID | None:
    """The reference of a comment on this proposal, as its writer is sent back with it."""
    try:
        found = comments.received(UUID(reference))
    except (ValueError, NotFound):
        return None
    return found.id if found.proposal == proposal else None
