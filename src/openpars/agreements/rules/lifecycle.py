"""The life of a proposal: put forward, consulted on, voted on, signed, carried out. Pure: where a proposal stands
follows from what was done and the time, and is kept nowhere.

    put forward → consultation (if the charter asks) → vote (k of n) → signatures → carried → done
                  ╲___ withdrawn, or refused, or overtaken by an end, or its term over ___╱

Two matters are proposed: a text that is to come into force, and that an agreement not be renewed. A text that widens
what somebody may see, or for how long, needs the votes and the signatures. One that only narrows it takes effect at
once by the act of whoever may end it altogether, unless it was put to the vote. So does a notice of non-renewal:
nothing renews itself, so it takes nothing away.

An end is an end (promise 4): what was put to the owners before an agreement was ended does not give it back. While one
is suspended, what the owners decided before waits: for the end of the suspension, or for votes from after it began.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from openpars.agreements.rules import strictness
from openpars.agreements.rules.safeguards import SILENT
from openpars.agreements.rules.terms import Agreement, Term
from openpars.errors import Conflict


class Stage(StrEnum):
    """Where a proposal stands."""

    CONSULTATION = "consultation"
    VOTING = "voting"
    SIGNING = "signing"
    HELD = "held"
    CARRIED = "carried"
    DONE = "done"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    OVERTAKEN = "overtaken"
    OVER = "term over"


OPEN = frozenset({Stage.CONSULTATION, Stage.VOTING, Stage.SIGNING, Stage.HELD, Stage.CARRIED})
"""Stages that still lead somewhere."""


@dataclass(frozen=True)
class Procedure:
    """What a proposal needs. `voters` are the owners that vote under the charter in force; `signers` those of
    them that sign, of whom as many must as votes are needed; `receiver` must sign too where there is one."""

    voters: frozenset[str]
    needed: int
    signers: frozenset[str]
    receiver: str | None
    by_vote: bool
    drafter: str
    consultation_ends_at: datetime
    term_ends_at: datetime | None


@dataclass(frozen=True)
class Vote:
    """One owner's vote: `ori` whose, `by` which person's hand, `at` when."""

    ori: str
    by: str
    in_favor: bool
    at: datetime


@dataclass(frozen=True)
class Proceeding:
    """What has been done about a proposal, and about the agreement meanwhile: `overtaken`, if it was ended since, or
    came into force another way; `suspended_at`, while the version before it is suspended."""

    procedure: Procedure
    votes: tuple[Vote, ...] = ()
    signed: frozenset[str] = frozenset()
    withdrawn: bool = False
    done: bool = False
    overtaken: bool = False
    suspended_at: datetime | None = None

    @property
    def counted(self) -> tuple[Vote, ...]:
        """The votes that count: of owners that vote, the first of each, none by the drafter's hand, none from before
        the public was heard."""
        needs = self.procedure
        first: dict[str, Vote] = {}
        for vote in self.votes:
            if (
                vote.ori in needs.voters
                and vote.by != needs.drafter
                and vote.at >= needs.consultation_ends_at
            ):
                first.setdefault(vote.ori, vote)
        return tuple(first.values())

    @property
    def in_favor(self) -> int:
        """How many votes are for it."""
        return sum(vote.in_favor for vote in self.counted)

    @property
    def against(self) -> int:
        """How many votes are against it."""
        return len(self.counted) - self.in_favor

    @property
    def is_voted(self) -> bool:
        """Whether the owners have said yes, or need not be asked."""
        return not self.procedure.by_vote or self.in_favor >= self.procedure.needed

    @property
    def is_held(self) -> bool:
        """Whether the version before is suspended, and too few owners have voted for this one knowing that."""
        if self.suspended_at is None:
            return False
        since = sum(vote.in_favor and vote.at >= self.suspended_at for vote in self.counted)
        return since < self.procedure.needed

    @property
    def signatures_lacking(self) -> int:
        """How many signatures it still needs."""
        needs = self.procedure
        owners = max(0, needs.needed - len(self.signed & needs.signers)) if needs.signers else 0
        return owners + (needs.receiver is not None and needs.receiver not in self.signed)


def stage(proceeding: Proceeding, at: datetime) -> Stage:
    """Where the proposal stands at `at`."""
    needs = proceeding.procedure
    if proceeding.done:
        return Stage.DONE
    if proceeding.withdrawn:
        return Stage.WITHDRAWN
    if needs.by_vote and proceeding.against > len(needs.voters) - needs.needed:
        return Stage.REFUSED
    if proceeding.overtaken:
        return Stage.OVERTAKEN
    if needs.term_ends_at is not None and at >= needs.term_ends_at:
        return Stage.OVER
    if at < needs.consultation_ends_at:
        return Stage.CONSULTATION
    if not proceeding.is_voted:
        return Stage.VOTING
    if proceeding.signatures_lacking:
        return Stage.SIGNING
    return Stage.HELD if proceeding.is_held else Stage.CARRIED


def procedure(
    proposed: Agreement | None,
    *,
    current: Agreement | None,
    charter: Agreement,
    widens: bool,
    by_vote: bool,
    drafter: str,
    consultation_ends_at: datetime,
) -> Procedure:
    """What it takes to bring `proposed` into force (None: not to renew `current`), under the charter in force. The
    charter says who votes and how many votes are needed; the text may ask for more, never for less."""
    voters = frozenset(owner.ori for owner in charter.owners if owner.votes)
    asked = proposed or current
    needed = max(charter.votes_needed, asked.votes_needed if asked else 0)
    must_vote = widens or by_vote
    receiver = proposed.receiver.ori if proposed is not None and proposed.receiver is not None else None
    return Procedure(
        voters=voters,
        needed=min(needed, len(voters)),
        signers=voters if widens else frozenset(),
        receiver=receiver if widens else None,
        by_vote=must_vote,
        drafter=drafter,
        consultation_ends_at=consultation_ends_at,
        term_ends_at=asked.term.ends_at if asked is not None else None,
    )


def only_narrows(proposed: Agreement, current: Agreement | None, *, narrows: bool) -> bool:
    """Whether `proposed` takes away and gives nothing, so that it needs no vote. `narrows` says what `rules.difference`
    found by trying both; beyond that the parties, their authority, the law, the fee and all words must be the same, and
    the term no longer: an amendment of mere words is for the owners too. So is all that touches their charter, whose
    powers to vote could be narrowed away."""
    if current is None or proposed.receiver is None or not narrows:
        return False
    if proposed.term.ends_at > current.term.ends_at or proposed.term.starts_at < current.term.starts_at:
        return False
    if strictness.words(proposed.safeguards) != strictness.words(current.safeguards):
        return False
    return _bond(proposed) == _bond(current) and _keeps_words(proposed, current)


def _keeps_words(proposed: Agreement, current: Agreement) -> bool:
    """Whether each prohibition and each duty still stands in its own words. A prohibition may forbid more and a duty be
    due sooner; new ones may come, but none of a kind that is owed already: it would say that duty anew."""
    forbids = all(
        any(
            after.text == before.text
            and set(before.purposes) <= set(after.purposes)
            and set(before.elements) <= set(after.elements)
            and set(before.shapes) <= set(after.shapes)
            for after in proposed.prohibitions
        )
        for before in current.prohibitions
    )
    kinds = {duty.kind for duty in current.duties}
    owed, owes = (
        sorted((duty.kind, duty.text) for duty in one.duties if duty.kind in kinds)
        for one in (current, proposed)
    )
    return forbids and owed == owes


def _bond(agreement: Agreement) -> Agreement:
    """The agreement without what a narrowing may change, or `rules.difference` judges."""
    someday = date(2000, 1, 1)
    return replace(
        agreement,
        version=1,
        term=Term(someday, someday, agreement.term.time_zone),
        permits=(),
        prohibitions=(),
        duties=(),
        thresholds=(),
        powers=(),
        votes_needed=0,
        safeguards=SILENT,
    )


def check_vote(proceeding: Proceeding, *, ori: str, by: str, at: datetime) -> None:
    """Raise Conflict unless the owner `ori` may vote by the hand of `by` at `at`. A vote may still be cast when
    those before it have decided: it is recorded, and changes nothing."""
    now = stage(proceeding, at)
    if ori not in proceeding.procedure.voters:
        raise Conflict("This office has no vote under the charter in force.")
    if not proceeding.procedure.by_vote:
        raise Conflict("This was not put to the vote.")
    if by == proceeding.procedure.drafter:
        raise Conflict("Whoever drafted a proposal does not vote on it.")
    if now is Stage.CONSULTATION:
        raise Conflict("The consultation is not over: nobody votes before it is.")
    if now not in OPEN and now is not Stage.DONE:
        raise Conflict(f"There is nothing to vote on any more: {now}.")
    cast = [vote for vote in proceeding.votes if vote.ori == ori]
    if any(vote.at < proceeding.procedure.consultation_ends_at for vote in cast):
        raise Conflict(
            "This office voted before the public was heard, as it must be by now: put the proposal again."
        )
    if cast:
        raise Conflict("This office has voted.")


def is_drafters_alone(
    drafter: UUID, handed_in_by: UUID, registered_by: UUID, vouched_by: UUID | None
) -> bool:
    """Whether nobody but the drafter stands behind a partner's signature: nobody is both sides of an agreement."""
    return drafter == handed_in_by or {drafter} == {registered_by, vouched_by or registered_by}


def check_signature(proceeding: Proceeding, *, ori: str, at: datetime) -> None:
    """Raise Conflict unless the party `ori` may sign at `at`."""
    needs = proceeding.procedure
    now = stage(proceeding, at)
    if ori not in needs.signers and ori != needs.receiver:
        raise Conflict("This agency is no party that signs this.")
    if ori in proceeding.signed:
        raise Conflict("This party has signed.")
    if now not in (Stage.SIGNING, Stage.HELD, Stage.CARRIED):
        raise Conflict(f"It is not time to sign: {now}.")


def tally(votes: Sequence[Vote]) -> str:
    """The result in words.

    >>> day = datetime(2026, 3, 1)
    >>> tally([Vote("ZZ0010000", "a", True, day), Vote("ZZ001013A", "b", False, day)])
    '1 for, 1 against'
    """
    in_favor = sum(vote.in_favor for vote in votes)
    return f"{in_favor} for, {len(votes) - in_favor} against"
