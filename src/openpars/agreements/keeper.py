"""The keeper: carries out what has its mandate, asks for certificates, writes letters. It runs as the owner, apart from
the pages, and believes nothing that it has not verified: votes, signatures, the window, the term, the charter.

Woken by a notice on `openpars_agreements`, and once a second by the clock: an agreement that was renewed in time comes
into force at the midnight at which the one before ends, and nobody needs to be awake.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from django.db import DatabaseError, connection, transaction
from django.db.models import Exists, OuterRef, Q

from openpars.agreements import actions, letters, proposals, queries
from openpars.agreements.models import AgreementVersion, Certificate, Obstacle, Proposal
from openpars.agreements.proposals import ABOUT_PROPOSAL
from openpars.agreements.rules import letters as rules
from openpars.agreements.rules.language import render, text_hash
from openpars.agreements.rules.signing import in_plain
from openpars.errors import Conflict, OpenParsError
from openpars.translog import actions as log
from openpars.translog.rules import canonical

BY = "keeper"


@dataclass(frozen=True)
class Kept:
    """What one round did: versions brought into force, other proposals carried out, certificates asked for, letters
    written and e-mailed; and what could not be done, in words, by the proposal or decision that it is about."""

    enforced: tuple[int, ...]
    decided: int
    certificates: int
    letters: int
    sent: int
    problems: dict[str, str]


def keep(*, at: datetime) -> Kept:
    """One round. Each thing is a transaction of its own: what fails holds up nothing else."""
    enforced: list[int] = []
    decided = 0
    problems: dict[str, str] = {}
    for which in Proposal.objects.filter(withdrawn_at=None, done_at=None).values_list("id", flat=True):
        try:
            number = _carry_out(which, at)
        except OpenParsError as error:
            problems[ABOUT_PROPOSAL.format(which)] = str(error)
            continue
        except DatabaseError as error:
            if connection.connection is None or connection.connection.closed:
                raise
            problems[ABOUT_PROPOSAL.format(which)] = f"the database refuses it ({type(error).__name__})"
            continue
        decided += number == 0
        enforced += [number] if number else []
    asked = _ask_for_certificates(at)
    written, unwritten = letters.write_due(at=at)
    problems |= unwritten
    _show(problems, at)
    return Kept(tuple(enforced), decided, asked, written, letters.deliver(at=at), problems)


def _show(problems: Mapping[str, str], at: datetime) -> None:
    """Let people read what is in the way, and since when; what is out of the way is forgotten."""
    shown = dict(Obstacle.objects.values_list("about", "words"))
    if shown == problems:
        return
    with transaction.atomic():
        Obstacle.objects.filter(about__in=[one for one in shown if shown[one] != problems.get(one)]).delete()
        Obstacle.objects.bulk_create(
            Obstacle(about=about, words=words, began_at=at)
            for about, words in problems.items()
            if shown.get(about) != words
        )


def _carry_out(which: UUID, at: datetime) -> int | None:
    """Carry the proposal out if it is carried: the number of what came into force, 0 for a non-renewal, None where it
    is not its time."""
    with transaction.atomic():
        row = Proposal.objects.select_for_update(skip_locked=True).filter(
            pk=which, withdrawn_at=None, done_at=None
        )
        held = row.first()
        if held is None:
            return None
        put = proposals.proposal(which, at=at)
        if not put.is_time(at):
            return None
        _check_said(held, put)
        number = 0
        if put.is_text:
            # An end may be under way: what was decided before it has no mandate any more.
            actions.hold(put.agreement.identifier)
            put = proposals.proposal(which, at=at)
            if not put.is_time(at):
                return None
            number = actions.enforce(text=put.text, by=BY, office="owners", at=at, grounds=_mandate(put))
            held.number_id = number
        held.done_at = at
        held.save(update_fields=["done_at", "number"])
        _enter(put, at)
    return number


def _check_said(held: Proposal, put: proposals.ProposalView) -> None:
    """Raise Conflict where what stands beside the text is not what the text says: the pages put both, and what was
    voted on and signed must be what comes into force."""
    agreement = put.agreement
    receiver = agreement.receiver.ori if agreement.receiver is not None else None
    names = (agreement.identifier, agreement.version, agreement.kind, receiver)
    fits = names == (held.identifier, held.version, held.kind, held.receiver_ori)
    if put.is_text:
        text, said = render(agreement), in_plain(agreement)
        fits = fits and (text, text_hash(text), said.lines, said.digest) == (
            held.text, held.text_hash, held.plain, held.plain_digest,
        )  # fmt: skip
    if not fits:
        raise Conflict(
            "What was put beside the text is not what the text says: withdraw it, and put it again."
        )


def _mandate(put: proposals.ProposalView) -> str:
    if not put.proceeding.procedure.by_vote:
        return "Brought into force: it narrows what was in force, and takes effect at once."
    signed = f", signed by {len(put.proceeding.signed)} parties" if put.proceeding.signed else ""
    return f"Brought into force by the owners' votes: {put.tally}{signed}."


def _enter(put: proposals.ProposalView, at: datetime) -> None:
    entry = {
        "type": "openpars.agreement/1-act",
        "verb": "carried_out",
        "proposal": str(put.id),
        "matter": put.matter,
        "agreement": put.text_hash,
        "votes": put.tally,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "by": "owners",
        "grounds": put.grounds,
    }
    log.append(leaf=canonical.encode(entry))


def _ask_for_certificates(at: datetime) -> int:
    """Ask each partner whose agreement has ended, and that no later version goes on with, for the certificate of
    what became of what it was given: each text demands one, if only by its silence (section 16 of the file)."""
    later = AgreementVersion.objects.filter(
        identifier=OuterRef("identifier"), version__gt=OuterRef("version"), starts_at__lte=at
    )
    ended = AgreementVersion.objects.filter(
        Q(terminated_at__isnull=False) | Q(ends_at__lte=at), ~Exists(later), kind="outside", certificate=None
    )
    asked = 0
    for row in ended:
        agreement = queries.agreement(row.number)
        duty = rules.deletion(agreement)
        over = min(row.ends_at, row.terminated_at or row.ends_at)
        hours = agreement.safeguards.disposition.certificate_within_hours
        Certificate.objects.create(
            id=uuid4(),
            agreement=row,
            clause=duty.clause if duty is not None else rules.DISPOSITION,
            demanded_at=at,
            due_at=over + timedelta(hours=hours),
            received_words="",
        )
        asked += 1
    return asked
