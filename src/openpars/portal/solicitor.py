"""What the workbench and the voting pages show: a text as it is typed, a proposal in words, the days that matter."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from uuid import UUID

from openpars.agencies import queries as agencies
from openpars.agencies.queries import city_day
from openpars.agreements import odds, proposals, queries, succession
from openpars.agreements.proposals import ProposalView
from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules import difference
from openpars.agreements.rules.difference import Change
from openpars.agreements.rules.language import parse, render, text_hash
from openpars.agreements.rules.lifecycle import OPEN, Stage
from openpars.agreements.rules.plain import Sentence, plain
from openpars.agreements.rules.terms import Agreement
from openpars.disclosure import watching
from openpars.errors import AgreementMalformed, NotFound
from openpars.portal.showing import day, local

STARTER = Path(__file__).resolve().parents[3] / "examples" / "neighbor-police.toml"

STAGES = {
    Stage.CONSULTATION: "open to the public",
    Stage.VOTING: "waits for votes",
    Stage.SIGNING: "waits for signatures",
    Stage.HELD: "decided, and held",
    Stage.CARRIED: "decided",
    Stage.DONE: "carried out",
    Stage.REFUSED: "refused by the owners",
    Stage.WITHDRAWN: "withdrawn",
    Stage.OVERTAKEN: "overtaken",
    Stage.OVER: "its term is over",
}


@dataclass(frozen=True)
class Fault:
    """One fault of a text, with the line that it stands in."""

    line: int | None
    where: str
    what: str
    source: str


@dataclass(frozen=True)
class Shown:
    """The columns of one view of a permit."""

    clause: str
    view: str
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """A text as it is typed: its faults, or all that would follow from it."""

    faults: tuple[Fault, ...] = ()
    agreement: Agreement | None = None
    hash: str = ""
    sentences: tuple[Sentence, ...] = ()
    current: int | None = None
    changes: tuple[Change, ...] = ()
    effect: str = ""
    views: tuple[Shown, ...] = ()
    at_odds: tuple[str, ...] = ()


def starter(today: date) -> str:
    """The starter agreement, with what it says of itself, for a year from `today`."""
    days = {
        "first_day": today,
        "last_day": today + timedelta(days=364),
        "review_by": today + timedelta(days=274),
    }
    text = STARTER.read_text(encoding="utf-8")
    for name, on in days.items():
        text = re.sub(rf"(?m)^{name} = .*$", f"{name} = {on}", text, count=1)
    return text


def preview(text: str, *, at: datetime) -> Preview:
    """What `text` says so far."""
    try:
        agreement = parse(text)
    except AgreementMalformed as error:
        lines = text.replace("\r\n", "\n").split("\n")
        return Preview(
            tuple(
                Fault(p.line, p.where, p.what, lines[p.line - 1] if p.line and p.line <= len(lines) else "")
                for p in error.problems
            )
        )
    current, changed, effect = _against(agreement, at)
    return Preview(
        agreement=agreement,
        hash=text_hash(render(agreement)),
        sentences=plain(agreement),
        current=current,
        changes=changed,
        effect=effect,
        at_odds=odds.of(agreement),
        views=tuple(
            Shown(permit.clause, relation.value, tuple(column.name for column in listed))
            for permit in agreement.permits
            for relation, listed in compiler.columns(agreement, permit).items()
        ),
    )


def _against(agreement: Agreement, at: datetime) -> tuple[int | None, tuple[Change, ...], str]:
    standing = succession.lineage(agreement).replaced(at=at)
    if standing is None:
        return None, (), ""
    current = queries.agreement(standing.number)
    return standing.number, difference.changes(current, agreement), str(proposals.effect(current, agreement))


@dataclass(frozen=True)
class Put:
    """A proposal in words. `waits_for` says who must do what before it takes effect."""

    held: ProposalView
    stage: Stage
    words: str
    waits_for: str

    @property
    def is_open(self) -> bool:
        """Whether it still leads somewhere."""
        return self.stage in OPEN

    @property
    def title(self) -> str:
        """What it is, in a line."""
        named = f"{self.held.agreement.title}"
        return named if self.held.is_text else f"Not to renew: {named}"

    @property
    def state_name(self) -> str:
        """The stage as the name of its shape and color."""
        return {
            Stage.DONE: "in-force",
            Stage.REFUSED: "terminated",
            Stage.WITHDRAWN: "terminated",
            Stage.OVERTAKEN: "terminated",
            Stage.HELD: "suspended",
            Stage.OVER: "lapsed",
        }.get(self.stage, "to-come")


def put(held: ProposalView, *, at: datetime) -> Put:
    """A proposal as pages show it."""
    stage = held.stage(at)
    return Put(held, stage, STAGES[stage], _waits_for(held, stage))


def _waits_for(held: ProposalView, stage: Stage) -> str:
    needs = held.proceeding.procedure
    if stage is Stage.CONSULTATION:
        return f"the vote opens {local(needs.consultation_ends_at)}"
    if stage is Stage.VOTING:
        voted = {vote.ori for vote in held.votes}
        left = [name(ori) for ori in sorted(needs.voters - voted)]
        return f"{needs.needed - held.proceeding.in_favor} more for; not yet voted: {', '.join(left)}"
    if stage is Stage.SIGNING:
        parties = needs.signers | ({needs.receiver} if needs.receiver else set())
        left = [name(ori) for ori in sorted(parties - held.proceeding.signed)]
        return f"{held.proceeding.signatures_lacking} more signatures; can still sign: {', '.join(left)}"
    if stage is Stage.HELD:
        return "the agreement is suspended: it waits for the end of the suspension, or withdraw it and put it again"
    if stage is Stage.OVERTAKEN:
        return "the agreement was ended, or another version of it came, since it was put: put it again"
    if stage is Stage.CARRIED:
        begins = held.agreement.term.first_day
        return (
            f"comes into force by itself, not before {day(begins)}"
            if held.is_text
            else "is carried out by itself"
        )
    return ""


def name(ori: str) -> str:
    """An agency's name; its ORI where it is not enrolled."""
    try:
        return agencies.agency(ori).name
    except NotFound:
        return ori


@dataclass(frozen=True)
class Day:
    """Something that ends or is due; `late` where its day has passed."""

    on: date
    what: str
    number: int | None = None
    proposal: UUID | None = None
    late: bool = False

    @property
    def words(self) -> str:
        """The day in words."""
        return day(self.on)


def calendar(*, at: datetime) -> list[Day]:
    """Every end and deadline that lies ahead, and what is late, the nearest first."""
    today = city_day(at)
    found: list[Day] = []
    for held in queries.listing():
        if held.state(at) not in ("in force", "suspended", "to come"):
            continue
        term = queries.agreement(held.number).term
        found.append(Day(term.last_day, f"{held.title}: last day", held.number))
        if term.review_by is not None:
            late = term.review_by < today
            found.append(Day(term.review_by, f"{held.title}: to be reviewed", held.number, late=late))
    for owed in watching.owed():
        due = city_day(owed.due_at)
        found.append(
            Day(due, f"{owed.title}: certificate of deletion due", owed.number, late=owed.due_at < at)
        )
    for one in proposals.still_open(at=at):
        needs = one.proceeding.procedure
        if one.stage(at) is Stage.CONSULTATION:
            found.append(
                Day(
                    city_day(needs.consultation_ends_at),
                    f"{one.agreement.title}: the vote opens",
                    proposal=one.id,
                )
            )
    return sorted(found, key=lambda each: (each.on, each.what))
