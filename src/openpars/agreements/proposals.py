"""Reads on proposals: what is put to the owners, how it stands, what it needs, and who has voted and signed."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Prefetch, QuerySet

from openpars.agencies.queries import city_day
from openpars.agreements import queries, succession
from openpars.agreements.models import (
    AgreementVersion,
    BallotVote,
    Draft,
    Obstacle,
    PartySignature,
    Proposal,
)
from openpars.agreements.rules import difference, lifecycle, signing
from openpars.agreements.rules.difference import Effect
from openpars.agreements.rules.language import parse
from openpars.agreements.rules.lifecycle import OPEN, Proceeding, Stage
from openpars.agreements.rules.terms import Agreement, Term
from openpars.errors import Conflict, NotFound


@dataclass(frozen=True)
class VoteView:
    """One office's vote."""

    ori: str
    by: UUID
    at: datetime
    in_favor: bool
    grounds: str


@dataclass(frozen=True)
class SignatureView:
    """One party's signature; `fits` says whether its key made it over this very text and rendering."""

    ori: str
    at: datetime
    key: bytes
    signature: bytes
    fits: bool


@dataclass(frozen=True)
class ProposalView:
    """A proposal with all that was done about it. `current` is the version in force that it would replace; `follows`
    says whether a version before it stands at all, in force or suspended."""

    id: UUID
    matter: str
    text: str
    text_hash: str
    plain: signing.PlainText
    plain_digest: str
    agreement: Agreement
    current: Agreement | None
    current_number: int | None
    widens: bool
    grounds: str
    put_by: UUID
    put_at: datetime
    withdrawn_at: datetime | None
    done_at: datetime | None
    number: int | None
    votes: tuple[VoteView, ...]
    signatures: tuple[SignatureView, ...]
    proceeding: Proceeding
    follows: bool

    def stage(self, at: datetime) -> Stage:
        """Where it stands at `at`."""
        return lifecycle.stage(self.proceeding, at)

    def is_time(self, at: datetime) -> bool:
        """Whether it is to be carried out now: decided, and, where a version before it stands, within its own term."""
        waits = self.is_text and self.follows and self.agreement.term.starts_at > at
        return self.stage(at) is Stage.CARRIED and not waits

    @property
    def tally(self) -> str:
        """The votes in words."""
        return lifecycle.tally(self.proceeding.counted)

    @property
    def is_text(self) -> bool:
        """Whether a text is proposed, rather than that one not be renewed."""
        return self.matter == Proposal.Matter.TEXT


@dataclass(frozen=True)
class DraftView:
    """A text that is being written."""

    id: UUID
    text: str
    kept_at: datetime
    kept_by: UUID


ABOUT_PROPOSAL = "proposal {}"
"""How the keeper names what it could not do about a proposal."""


def obstacle(which: UUID) -> str:
    """Why the keeper could not carry the proposal out at its last round; empty where nothing was in the way."""
    rows = Obstacle.objects.filter(about=ABOUT_PROPOSAL.format(which))
    return rows.values_list("words", flat=True).first() or ""


def now() -> datetime:
    """The guard's clock: the server's, and in a demonstration whatever it was moved to."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guard.now()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def charter(at: datetime) -> Agreement:
    """The charter in force at `at`, now or in the past: it says who votes. Raises Conflict where there was none."""
    return _charter(_charters(), at)


def has_charter(at: datetime) -> bool:
    """Whether a charter is in force."""
    return any(_held(row, at) for row in _charters())


def _charters() -> list[AgreementVersion]:
    return list(AgreementVersion.objects.filter(kind="charter").order_by("-number").defer("text"))


def _charter(rows: Iterable[AgreementVersion], at: datetime) -> Agreement:
    for row in rows:
        if _held(row, at):
            return queries.agreement(row.number)
    raise Conflict("No charter is in force: the operator founds one first (`openpars agreement enforce`).")


def _held(row: AgreementVersion, at: datetime) -> bool:
    ended = [moment for moment in (row.suspended_at, row.terminated_at) if moment is not None]
    return row.enforced_at <= at and row.starts_at <= at < min([row.ends_at, *ended])


def proposal(which: UUID, *, at: datetime) -> ProposalView:
    """One proposal. Raises NotFound."""
    found = _views(_rows().filter(pk=which), at)
    if not found:
        raise NotFound("There is no such proposal.")
    return found[0]


def all_of(*, at: datetime, identifier: str | None = None, limit: int = 200) -> tuple[ProposalView, ...]:
    """The proposals, latest first."""
    rows = _rows() if identifier is None else _rows().filter(identifier=identifier)
    return _views(rows[:limit], at)


def led_to(number: int, *, at: datetime) -> ProposalView | None:
    """The proposal by which that version came into force; None where the operator founded it."""
    return next(iter(_views(_rows().filter(number_id=number, matter=Proposal.Matter.TEXT), at)), None)


def still_open(*, at: datetime, identifier: str | None = None) -> tuple[ProposalView, ...]:
    """The proposals that still lead somewhere, latest first; about one agreement, where asked."""
    rows = _rows().filter(withdrawn_at=None, done_at=None)
    rows = rows if identifier is None else rows.filter(identifier=identifier)
    return tuple(one for one in _views(rows, at) if one.stage(at) in OPEN)


def drafts() -> tuple[DraftView, ...]:
    """The texts that are being written, latest first."""
    rows = Draft.objects.order_by("-kept_at")[:100]
    return tuple(DraftView(row.id, row.text, row.kept_at, row.kept_by) for row in rows)


def draft(which: UUID) -> DraftView:
    """One text that is being written. Raises NotFound."""
    row = Draft.objects.filter(pk=which).first()
    if row is None:
        raise NotFound("There is no such draft.")
    return DraftView(row.id, row.text, row.kept_at, row.kept_by)


def _rows() -> QuerySet[Proposal]:
    return Proposal.objects.order_by("-put_at", "-id").prefetch_related(
        Prefetch("votes", BallotVote.objects.order_by("at", "id")),
        Prefetch("signatures", PartySignature.objects.select_related("key").order_by("at", "id")),
    )


def _views(rows: Iterable[Proposal], at: datetime) -> tuple[ProposalView, ...]:
    charters = _charters()
    return tuple(_view(row, charters, at) for row in rows)


def _view(row: Proposal, charters: Sequence[AgreementVersion], at: datetime) -> ProposalView:
    agreement = parse(row.text)
    # What was decided under one charter stays decided under the next: a charter is itself renewed by its own votes.
    under = _charter(charters, max([row.put_at, *(one.at for one in row.votes.all())]))
    is_text = row.matter == Proposal.Matter.TEXT
    lineage = succession.lineage(agreement)
    standing = lineage.replaced(at=at, done_at=row.done_at)
    current = queries.agreement(standing.number) if standing is not None else None
    more = is_text and _widens(agreement, current)
    votes = tuple(VoteView(v.ori, v.by, v.at, v.in_favor, v.grounds) for v in row.votes.all())
    signatures = tuple(_signature(one, row) for one in row.signatures.all())
    needs = lifecycle.procedure(
        agreement if is_text else None,
        current=current if is_text else agreement,
        charter=under,
        widens=more,
        by_vote=row.by_vote,
        drafter=str(row.put_by),
        consultation_ends_at=_consulted_until(row, charters) if more else row.consultation_ends_at,
    )
    proceeding = Proceeding(
        procedure=needs,
        votes=tuple(lifecycle.Vote(one.ori, str(one.by), one.in_favor, one.at) for one in votes),
        signed=frozenset(one.ori for one in signatures if one.fits),
        withdrawn=row.withdrawn_at is not None,
        done=row.done_at is not None,
        overtaken=(
            lineage.ended_since(row.put_at) or lineage.is_taken
            if is_text
            else lineage.gave_way(row.text_hash)
        ),
        suspended_at=lineage.suspended_at if is_text else None,
    )
    return ProposalView(
        row.id, row.matter, row.text, row.text_hash, signing.as_signed(row.text_hash, row.plain, agreement),
        row.plain_digest, agreement, current,
        standing.number if standing is not None else None, more, row.grounds, row.put_by, row.put_at,
        row.withdrawn_at, row.done_at, row.number_id, votes, signatures, proceeding, lineage.stands(at),
    )  # fmt: skip


def _consulted_until(row: Proposal, charters: Sequence[AgreementVersion]) -> datetime:
    # What only narrowed when it was put owes its consultation too once it widens: the version before was suspended.
    days = _charter(charters, row.put_at).consultation_days
    day = city_day(row.put_at) + timedelta(days=days)
    return max(row.consultation_ends_at, Term(day, day, settings.TIME_ZONE).ends_at if days else row.put_at)


def _signature(one: PartySignature, row: Proposal) -> SignatureView:
    made = signing.Signature(row.text_hash, row.plain_digest, bytes(one.key.public), bytes(one.signature))
    # A key that was revoked before it signed is no key; one that was revoked afterwards had signed.
    stood = one.key.ori == one.ori and (one.key.revoked_at is None or one.key.revoked_at >= one.at)
    hands = (one.by, one.key.registered_by, one.key.vouched_by)
    both_sides = one.ori == row.receiver_ori and lifecycle.is_drafters_alone(row.put_by, *hands)
    return SignatureView(one.ori, one.at, made.key, made.signature, stood and made.fits and not both_sides)


def widens(agreement: Agreement, *, at: datetime) -> bool:
    """Whether `agreement`, brought into force at `at`, would let anything through that is not let through now."""
    standing = succession.lineage(agreement).replaced(at=at)
    current = queries.agreement(standing.number) if standing is not None else None
    return _widens(agreement, current)


def _widens(agreement: Agreement, current: Agreement | None) -> bool:
    if current is None:
        return True
    narrows = effect(current, agreement) is Effect.NARROWS
    return not lifecycle.only_narrows(agreement, current, narrows=narrows)


@lru_cache(maxsize=1024)
def effect(old: Agreement, new: Agreement) -> Effect:
    """What `new` does to what `old` gives, found by trying both; texts never change, so the answer is remembered."""
    return difference.effect(old, new)


def check_room(agreement: Agreement, hashed: str, *, matter: str, at: datetime) -> None:
    """Raise Conflict where the proposal could lead nowhere: what it asks for is done, or being decided."""
    versions = AgreementVersion.objects.filter(identifier=agreement.identifier)
    receiver = agreement.receiver.ori if agreement.receiver is not None else None
    if versions.exclude(kind=agreement.kind, receiver_ori=receiver).exists():
        raise Conflict("Another agreement has this identifier: a later version is with the same agency.")
    if matter == Proposal.Matter.NON_RENEWAL:
        if not versions.filter(text_hash=hashed, terminated_at=None, ends_at__gt=at).exists():
            raise Conflict("No version with this text stands: there is nothing not to renew.")
    elif versions.filter(version__gte=agreement.version).exists():
        raise Conflict(f"Version {agreement.version} of this agreement, or a later one, was in force before.")
    elif agreement.term.ends_at <= at:
        raise Conflict("Its term is over: an agreement does not renew itself.")
    for other in still_open(at=at, identifier=agreement.identifier):
        if other.matter == matter:
            raise Conflict("Another proposal about this agreement is open: decide it, or withdraw it, first.")
