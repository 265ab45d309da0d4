"""What everyone may read of agreements: which there are, how each came about, what is put to the owners.

It reads agreements alone (pyproject.toml holds it to that), and names no person: whoever voted, signed or ended
something is an office.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache

from openpars.agencies import queries as agencies
from openpars.agencies.queries import city_day
from openpars.agreements import comments, letters, proposals, queries
from openpars.agreements.proposals import ProposalView
from openpars.agreements.queries import AgreementView
from openpars.agreements.rules import difference, printing
from openpars.agreements.rules.difference import Change
from openpars.agreements.rules.lifecycle import OPEN, Stage
from openpars.agreements.rules.signing import PlainText
from openpars.agreements.rules.summary import Summary, summary
from openpars.agreements.rules.terms import Agreement
from openpars.errors import NotFound
from openpars.paper import render

STAGES = {
    Stage.CONSULTATION: "open for comments",
    Stage.VOTING: "waits for the owners' votes",
    Stage.SIGNING: "waits for signatures",
    Stage.HELD: "decided; held while the agreement is suspended",
    Stage.CARRIED: "decided",
    Stage.DONE: "carried out",
    Stage.REFUSED: "refused by the owners",
    Stage.WITHDRAWN: "withdrawn",
    Stage.OVERTAKEN: "overtaken: the agreement was ended, or another version came, meanwhile",
    Stage.OVER: "never decided: its term is over",
}
OURSELVES = "the owners’ own offices"
REPLACED = "replaced"
"""A version that ended because the next one came into force at that moment."""
ENDED = frozenset({"terminated", "lapsed", REPLACED})


@dataclass(frozen=True)
class Listed:
    """One agreement in the register: its latest version, and where that stands."""

    held: AgreementView
    agreement: Agreement
    state: str

    @property
    def summary(self) -> Summary:
        """What it gives, in short."""
        return summary(self.agreement)

    @property
    def with_whom(self) -> str:
        """The other party, in words."""
        receiver = self.agreement.receiver
        return receiver.name if receiver else OURSELVES

    @property
    def is_over(self) -> bool:
        """Whether it gives nothing to anybody any more."""
        return self.state in ENDED

    @property
    def ended_at(self) -> datetime:
        """When it ended, or will."""
        return min(self.held.ends_at, self.held.terminated_at or self.held.ends_at)


@dataclass(frozen=True)
class Put:
    """What is put to the owners, and where it stands."""

    held: ProposalView
    stage: Stage

    @property
    def title(self) -> str:
        """What it is, in a line."""
        named = self.held.agreement.title
        return named if self.held.is_text else f"Not to renew: {named}"

    @property
    def words(self) -> str:
        """Where it stands."""
        return STAGES[self.stage]

    @property
    def is_open(self) -> bool:
        """Whether it still leads somewhere."""
        return self.stage in OPEN

    @property
    def for_comments(self) -> bool:
        """Whether anybody may say something about it now."""
        return self.stage is Stage.CONSULTATION

    @property
    def was_open(self) -> bool:
        """Whether it was ever open to the public."""
        return self.held.proceeding.procedure.consultation_ends_at > self.held.put_at

    @property
    def last_day(self) -> date:
        """The last day on which it is, or was, open to the public: it is to its end."""
        return city_day(self.held.proceeding.procedure.consultation_ends_at - timedelta(microseconds=1))

    @property
    def short(self) -> Summary:
        """What it would give, in short."""
        return summary(self.held.agreement)

    @property
    def with_whom(self) -> str:
        """The other party, in words."""
        receiver = self.held.agreement.receiver
        return receiver.name if receiver else OURSELVES

    @property
    def said(self) -> comments.Count:
        """How many comments came, and what became of them."""
        return comments.count(self.held.id)

    @property
    def changes(self) -> tuple[Change, ...]:
        """What it changes of the version that stands, or stood, in words."""
        held = self.held
        return changes(held.current, held.agreement) if held.is_text and held.current is not None else ()

    @property
    def votes(self) -> list[tuple[str, proposals.VoteView]]:
        """Each office's vote, by the office's name."""
        return [(name(vote.ori), vote) for vote in self.held.votes]

    @property
    def signatures(self) -> list[tuple[str, proposals.SignatureView]]:
        """Each party's signature, by the party's name."""
        return [(name(one.ori), one) for one in self.held.signatures]


def listing(*, at: datetime) -> list[Listed]:
    """Every agreement that was ever enforced, by its latest version: those in force first, each kind by title."""
    latest: dict[str, AgreementView] = {}
    for held in queries.listing():
        latest.setdefault(held.identifier, held)
    found = [Listed(held, queries.agreement(held.number), held.state(at)) for held in latest.values()]
    return sorted(found, key=lambda one: (one.state != "in force", one.held.title.casefold()))


def version(number: int, *, at: datetime) -> Listed:
    """One version. Raises NotFound."""
    identifier = queries.version(number).identifier
    return next(one for one in versions(identifier, at=at) if one.held.number == number)


def versions(identifier: str, *, at: datetime) -> list[Listed]:
    """Every version of one agreement, newest first."""
    family = [held for held in queries.listing() if held.identifier == identifier]
    begun = {held.enforced_at for held in family}
    return [
        Listed(
            held, queries.agreement(held.number), REPLACED if held.terminated_at in begun else held.state(at)
        )
        for held in family
    ]


def put(held: ProposalView, *, at: datetime) -> Put:
    """A proposal as everyone may see it."""
    return Put(held, held.stage(at))


def waiting(*, at: datetime) -> list[Put]:
    """What is put to the owners and not decided: what is open for comments first."""
    found = [put(held, at=at) for held in proposals.still_open(at=at)]
    return sorted(found, key=lambda one: not one.for_comments)


def about(identifier: str, *, at: datetime) -> list[Put]:
    """Everything that was ever put to the owners about one agreement, latest first."""
    return [put(held, at=at) for held in proposals.all_of(at=at, identifier=identifier)]


def told(number: int) -> tuple[letters.LetterView, ...]:
    """The letters to the partner about one version, oldest first."""
    return letters.listing(number)[::-1]


def name(ori: str) -> str:
    """An agency's name; its ORI where it is not enrolled."""
    try:
        return agencies.agency(ori).name
    except NotFound:
        return ori


@lru_cache(maxsize=64)
def paper(agreement: Agreement, said: PlainText, at: datetime) -> bytes:
    """The plain-language paper (PDF) of an agreement in the words of `said`, as of `at`. A text never changes, so it is
    remembered: nobody keeps the typesetter busy by asking again."""
    return render(printing.paper(agreement, said, at=at))


@lru_cache(maxsize=256)
def changes(old: Agreement, new: Agreement) -> tuple[Change, ...]:
    """What changes from one version to the next, in words; remembered, for it is found by trying both."""
    return difference.changes(old, new)
