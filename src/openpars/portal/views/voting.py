"""What is put to the owners: each office's own page to vote on, with the text, what it changes in words, and the
signatures."""

from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from openpars.agencies import queries as agencies
from openpars.agreements import comments, odds, proceedings, proposals
from openpars.agreements.keys import KeyView, party_keys
from openpars.agreements.rules import difference, signing
from openpars.agreements.rules.lifecycle import OPEN, Stage
from openpars.errors import BadInput, NotFound, Refusal
from openpars.portal import solicitor
from openpars.portal.audience import seen_by
from openpars.portal.views.workbench import problems, status
from openpars.portal.who import Who, page

HEAD, SOLICITOR, AUDITOR = "head of office", "solicitor", "auditor"


@dataclass(frozen=True)
class Key:
    """A party's key as the page shows it: whose office registered it, whose vouched for it, and whether this person
    can."""

    party: str
    held: KeyView
    public: str
    registered_by: str
    vouched_by: str
    may_vouch: bool


@seen_by(HEAD, AUDITOR)
@never_cache
@require_safe
def votes(request: HttpRequest) -> HttpResponse:
    """What waits for this office's vote or signature, then what was decided; and the office's keys."""
    return _votes(request)


@seen_by(HEAD, SOLICITOR, AUDITOR)
@never_cache
@require_safe
def proposal(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """One proposal: what it says, what it changes, who voted and signed, and what this person can do about it."""
    return _proposal(request, proposal)


@seen_by(HEAD)
@require_POST
def vote(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Cast the office's one vote."""
    who = Who.of(request)
    said = request.POST.get("vote", "")
    try:
        if said not in ("for", "against"):
            raise BadInput.one("vote", "choose for or against")
        proceedings.vote(
            proposal=proposal,
            in_favor=said == "for",
            grounds=request.POST.get("grounds", ""),
            by=who.user.id,
            at=who.at,
        )
    except Refusal as error:
        return _proposal(request, proposal, {"typed": request.POST} | problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:proposal", args=[proposal]))


@seen_by(HEAD, SOLICITOR)
@require_POST
def sign(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Hand in a signature: pasted, or as a file."""
    who = Who.of(request)
    given = request.FILES.get("file")
    text = given.read(4096).decode(errors="replace") if given else request.POST.get("signature", "")
    try:
        proceedings.sign_agreement(proposal=proposal, signature=text, by=who.user.id, at=who.at)
    except Refusal as error:
        return _proposal(request, proposal, problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:proposal", args=[proposal]))


@seen_by(SOLICITOR)
@require_POST
def withdraw(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """Take a proposal back."""
    who = Who.of(request)
    try:
        proceedings.withdraw_proposal(
            proposal=proposal, grounds=request.POST.get("grounds", ""), by=who.user.id, at=who.at
        )
    except Refusal as error:
        return _proposal(request, proposal, problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:proposal", args=[proposal]))


@seen_by(SOLICITOR)
@require_POST
def answer(request: HttpRequest, proposal: UUID, comment: UUID) -> HttpResponse:
    """Publish a comment of the public, answered or not; or say why it is not published."""
    who = Who.of(request)
    said = request.POST.get("publish", "")
    try:
        if said not in ("yes", "no"):
            raise BadInput.one("publish", "choose whether it is published")
        comments.answer_comment(
            comment=comment,
            publish=said == "yes",
            answer=request.POST.get("answer", ""),
            by=who.user.id,
            at=who.at,
        )
    except BadInput as error:
        named = {f"{one.where}_{comment}": one.what[:1].upper() + one.what[1:] for one in error.problems}
        return _proposal(request, proposal, {"asked": comment, "typed": request.POST, "problems": named}, 422)
    except Refusal as error:
        return _proposal(request, proposal, problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:proposal", args=[proposal]) + "#said")


@seen_by(HEAD, SOLICITOR, AUDITOR)
@never_cache
@require_safe
def text(request: HttpRequest, proposal: UUID) -> HttpResponse:
    """The canonical text, as a file: what an office signs, on its own machine."""
    held = proposals.proposal(proposal, at=Who.of(request).at)
    response = HttpResponse(held.text, content_type="text/plain; charset=utf-8")
    name = f"{held.agreement.identifier}-{held.agreement.version}.toml"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@seen_by(HEAD, SOLICITOR)
@require_POST
def key(request: HttpRequest) -> HttpResponse:
    """Register a key of the own office or of an outside agency, vouch for one, or revoke one."""
    who = Who.of(request)
    said = request.POST
    party = said.get("party", "").strip() or (who.user.agency.ori if who.user.role == HEAD else "")
    try:
        if revoked := said.get("revoke", ""):
            proceedings.revoke_key(
                key=UUID(revoked), grounds=said.get("grounds", ""), by=who.user.id, at=who.at
            )
        else:
            proceedings.register_key(
                party=party,
                label=said.get("label", ""),
                key=signing.key(said.get("key", "")),
                by=who.user.id,
                at=who.at,
            )
    except ValueError:
        return _keys(request, {"conflict": "There is no such key."}, 409)
    except Refusal as error:
        return _keys(request, {"typed": said} | problems(error), status(error))
    return HttpResponseRedirect(reverse("portal:keys"))


@seen_by(HEAD, SOLICITOR)
@never_cache
@require_safe
def keys(request: HttpRequest) -> HttpResponse:
    """The keys that parties sign with."""
    return _keys(request)


def _votes(request: HttpRequest) -> HttpResponse:
    who = Who.of(request)
    ori = who.user.agency.ori
    found = proposals.all_of(at=who.at)
    put = [
        (one, _mine(one.held, ori, one.stage)) for one in (solicitor.put(each, at=who.at) for each in found)
    ]
    context = {
        "mine": [(one, todo) for one, todo in put if todo],
        "others": [one for one, todo in put if not todo],
    }
    return page(request, who, "workbench/votes", context)


def _mine(held: proposals.ProposalView, ori: str, stage: Stage) -> str:
    """What the office `ori` can still do about it, in words."""
    needs = held.proceeding.procedure
    may_vote = needs.by_vote and ori in needs.voters and ori not in {one.ori for one in held.votes}
    if may_vote and stage in OPEN | {Stage.DONE} - {Stage.CONSULTATION} and stage is not Stage.CONSULTATION:
        return "vote"
    if stage is Stage.SIGNING and ori in needs.signers and ori not in held.proceeding.signed:
        return "sign"
    return ""


def _proposal(
    request: HttpRequest, which: UUID, more: dict[str, object] | None = None, status: int = 200
) -> HttpResponse:
    who = Who.of(request)
    held = proposals.proposal(which, at=who.at)
    put = solicitor.put(held, at=who.at)
    role, ori = who.user.role, who.user.agency.ori
    may_sign = put.stage in (Stage.SIGNING, Stage.CARRIED) and bool(held.proceeding.procedure.signers)
    context = {
        "put": put,
        "held": held,
        "sentences": held.plain.sentences,
        "changes": difference.changes(held.current, held.agreement) if held.current and held.is_text else (),
        "votes": [(solicitor.name(one.ori), one) for one in held.votes],
        "signatures": [(solicitor.name(one.ori), one) for one in held.signatures],
        "comments": comments.of(which),
        "obstacle": proposals.obstacle(which),
        "at_odds": odds.of(held.agreement) if held.is_text and put.is_open else (),
        "may_answer": role == SOLICITOR,
        "may_vote": role == HEAD and _mine(held, ori, put.stage) == "vote",
        "may_sign": may_sign and (role == SOLICITOR or (role == HEAD and _lacks(held, ori))),
        "may_withdraw": role == SOLICITOR and put.is_open,
        **(more or {}),
    }
    return page(request, who, "workbench/proposal", context, status)


def _lacks(held: proposals.ProposalView, ori: str) -> bool:
    """Whether a head of office has a signature to hand in: their own office's, or the partner's."""
    needs = held.proceeding.procedure
    return bool({ori, needs.receiver or ori} - held.proceeding.signed)


def _keys(request: HttpRequest, more: dict[str, object] | None = None, status: int = 200) -> HttpResponse:
    who = Who.of(request)
    ours = who.user.agency.ori
    found = (
        party_keys()
        if who.user.role == SOLICITOR
        else [one for one in party_keys() if one.ori == ours or _is_partner(one.ori)]
    )
    context = {
        "keys": [_shown(one, who) for one in found],
        "for_others": who.user.role == SOLICITOR,
        **(more or {}),
    }
    return page(request, who, "workbench/keys", context, status)


def _is_partner(ori: str) -> bool:
    """Whether it is an outside agency, whose keys two people of the owners' stand behind."""
    try:
        return agencies.agency(ori).office is None
    except NotFound:
        return False


def _shown(one: KeyView, who: Who) -> Key:
    alone = not one.revoked_at and one.vouched_by is None and one.registered_by != who.user.id
    waits = alone and _is_partner(one.ori)
    vouched = _office(one.vouched_by) if one.vouched_by is not None else ""
    return Key(
        solicitor.name(one.ori), one, signing.encoded(one.public), _office(one.registered_by), vouched, waits
    )


def _office(person: UUID) -> str:
    return agencies.user(person).agency.name


urls = [
    path("votes/", votes, name="votes"),
    path("votes/keys/", keys, name="keys"),
    path("votes/keys/change/", key, name="key-change"),
    path("votes/<uuid:proposal>/", proposal, name="proposal"),
    path("votes/<uuid:proposal>/vote/", vote, name="vote"),
    path("votes/<uuid:proposal>/sign/", sign, name="sign"),
    path("votes/<uuid:proposal>/comments/<uuid:comment>/", answer, name="answer-comment"),
    path("votes/<uuid:proposal>/withdraw/", withdraw, name="withdraw"),
    path("votes/<uuid:proposal>/text/", text, name="proposal-text"),
]
