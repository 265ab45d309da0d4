"""Letters to partners: which decisions have none yet, writing them (PDF, kept, its hash in the log), and the mail.

A letter is made from what was decided and from nothing else, once: the keeper looks for decisions without one. It is
e-mailed until the mail server has taken it; each attempt is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from smtplib import SMTPException
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast, Concat

from openpars.agencies import queries as agencies
from openpars.agreements import proposals, queries
from openpars.agreements.models import Act, AgreementVersion, Certificate, Change, Delivery, Letter, Proposal
from openpars.agreements.rules import difference
from openpars.agreements.rules import letters as rules
from openpars.agreements.rules.terms import Agreement
from openpars.errors import Conflict, NotFound, OpenParsError
from openpars.paper import Issue, Reference, render
from openpars.paper import Letter as Paper
from openpars.translog import actions as log
from openpars.translog.rules import canonical

ENTRY = "openpars.letter/1"
LONGEST_WAIT = timedelta(hours=6)
"""Between two attempts to e-mail a letter that the mail server does not take."""

_OF_PEOPLE = {"suspend_people": "people", "restore_people": "people-restored"}
_OF_CHANGE = {
    "suspended": "suspension",
    "terminated": "termination",
    "resumed": "resumed",
    "enforced": "notice",
}


@dataclass(frozen=True)
class LetterView:
    """A letter as lists show it."""

    id: UUID
    kind: str
    number: int
    to_ori: str
    address: str
    subject: str
    digest: str
    written_at: datetime
    sent_at: datetime | None
    attempts: int
    problem: str


@dataclass(frozen=True)
class _Due:
    source: str
    kind: str
    number: int
    told: rules.Told


def write_due(*, at: datetime) -> tuple[int, dict[str, str]]:
    """Write the letter of each decision that has none. Answers how many, and what was wrong with the others."""
    written, problems = 0, {}
    for due in list(_due()):
        try:
            with transaction.atomic():
                written += _write(due, at)
        except OpenParsError as error:
            problems[due.source] = str(error)
    return written, problems


def deliver(*, at: datetime) -> int:
    """E-mail the letters that no mail server has taken yet, each at its time; answers how many were taken. Without a
    mail server (settings.EMAIL_HOST) or an address, they wait: for one, or for whoever posts them."""
    if not settings.EMAIL_HOST:
        return 0
    taken = 0
    sent = Delivery.objects.filter(letter=OuterRef("pk"), was_taken=True)
    for letter in Letter.objects.filter(~Exists(sent)).exclude(address="").order_by("written_at"):
        attempts = list(letter.deliveries.order_by("id").values_list("at", flat=True))
        if attempts and at < attempts[-1] + min(LONGEST_WAIT, timedelta(minutes=2 ** (len(attempts) - 1))):
            continue
        taken += _send(letter, at)
    return taken


def listing(
    number: int | None = None, *, to_ori: str | None = None, limit: int = 200
) -> tuple[LetterView, ...]:
    """The letters, latest first; of one agreement version, or to one agency, where asked."""
    rows = Letter.objects.defer("pdf", "body").prefetch_related("deliveries").order_by("-written_at", "-id")
    rows = rows.filter(agreement_id=number) if number is not None else rows
    rows = rows.filter(to_ori=to_ori) if to_ori is not None else rows
    return tuple(map(_view, rows[:limit]))


def letter(which: UUID) -> LetterView:
    """One letter. Raises NotFound."""
    row = Letter.objects.defer("pdf", "body").prefetch_related("deliveries").filter(pk=which).first()
    if row is None:
        raise NotFound("There is no such letter.")
    return _view(row)


def pdf(which: UUID) -> bytes:
    """A letter's PDF, as written and as its hash in the log says. Raises NotFound."""
    found = Letter.objects.filter(pk=which).values_list("pdf", flat=True).first()
    if found is None:
        raise NotFound("There is no such letter.")
    return bytes(found)


def _view(row: Letter) -> LetterView:
    attempts = sorted(row.deliveries.all(), key=lambda one: one.id)
    sent = next((one.at for one in attempts if one.was_taken), None)
    problem = attempts[-1].problem if attempts and sent is None else ""
    return LetterView(
        row.id, row.kind, row.agreement_id, row.to_ori, row.address, row.subject, row.digest, row.written_at, sent,
        len(attempts), problem,
    )  # fmt: skip


def _due() -> Iterator[_Due]:
    for change in _changes_to_tell():
        yield _Due(f"change:{change.id}", _OF_CHANGE[change.verb], change.agreement_id, _told_of(change))
    for act in _without_letter(Act.objects.filter(verb__in=_OF_PEOPLE), "act:"):
        number = _latest_with(act.subject, act.at)
        if number is not None:
            people = rules.People(act.told["people"], act.told["units"])
            told = rules.Told(act.at, act.grounds, people=people)
            yield _Due(f"act:{act.id}", _OF_PEOPLE[act.verb], number, told)
    decided = Proposal.objects.filter(matter=Proposal.Matter.NON_RENEWAL, done_at__isnull=False)
    for row in _without_letter(decided, "proposal:"):
        at = row.done_at
        number = AgreementVersion.objects.values_list("number", flat=True).get(text_hash=row.text_hash)
        told = rules.Told(at, row.grounds, votes=_votes(proposals.proposal(row.id, at=at)))
        yield _Due(f"proposal:{row.id}", "non-renewal", number, told)
    for owed in _without_letter(Certificate.objects.select_related("agreement"), "certificate:"):
        ended = owed.agreement.terminated_at or owed.agreement.ends_at
        yield _Due(
            f"certificate:{owed.id}",
            "certificate",
            owed.agreement_id,
            rules.Told(ended, "", due_at=owed.due_at),
        )


def _latest_with(ori: str, at: datetime) -> int | None:
    """Where a letter about an agency's people is filed: under the latest agreement that stood then, else the latest."""
    rows = AgreementVersion.objects.filter(receiver_ori=ori, enforced_at__lte=at).order_by("-number")
    stood = rows.filter(Q(terminated_at=None) | Q(terminated_at__gte=at))
    found = stood.first() or rows.first()
    return found.number if found is not None else None


def _without_letter(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """The rows that no letter was written from; the keeper asks every second, so the database sorts them out."""
    text = TextField()
    named = rows.annotate(source=Concat(Value(kind), Cast("id", text), output_field=text))
    rest: QuerySet[Any] = named.filter(~Exists(Letter.objects.filter(source=OuterRef("source"))))
    return rest.order_by("id")


def _changes_to_tell() -> QuerySet[Change]:
    """The changes that call for a letter. The operator founds without one; and whoever hears of the next version need
    not hear that the one before gave way."""
    put = Proposal.objects.filter(number=OuterRef("agreement_id"), matter=Proposal.Matter.TEXT)
    later = AgreementVersion.objects.filter(
        identifier=OuterRef("agreement__identifier"),
        version__gt=OuterRef("agreement__version"),
        enforced_at=OuterRef("at"),
    )
    told = Change.objects.filter(agreement__kind="outside").exclude(~Exists(put), verb=Change.Verb.ENFORCED)
    return _without_letter(told.exclude(Exists(later), verb=Change.Verb.TERMINATED), "change:")


def _told_of(change: Change) -> rules.Told:
    put = proposals.led_to(change.agreement_id, at=change.at) if change.verb == Change.Verb.ENFORCED else None
    if put is None:
        return rules.Told(change.at, change.grounds)
    changed = difference.changes(put.current, put.agreement) if put.current is not None else ()
    told = tuple(f"{one.text} ({one.clause}; {one.effect})" for one in changed)
    return rules.Told(change.at, change.grounds, votes=_votes(put), changes=told)


def _votes(put: proposals.ProposalView) -> tuple[str, ...]:
    return tuple(
        f"{agencies.agency(one.ori).name}: {'for' if one.in_favor else 'against'}. {one.grounds}"
        for one in put.votes
    )


def _write(due: _Due, at: datetime) -> int:
    agreement = queries.agreement(due.number)
    if agreement.receiver is None or Letter.objects.filter(source=due.source).exists():
        return 0
    told = rules.Told(
        _local(due.told.at, agreement),
        due.told.grounds,
        due.told.votes,
        _local(due.told.due_at, agreement) if due.told.due_at is not None else None,
        due.told.changes,
        due.told.people,
    )
    said = rules.words(due.kind, agreement, told)
    signed = queries.version(due.number).text_hash
    printed = render(_paper(agreement, signed, said, _local(at, agreement)))
    which, kind = uuid4(), rules.FILED_AS.get(due.kind, due.kind)
    digest = sha256(printed).hexdigest()
    Letter.objects.create(
        id=which,
        kind=kind,
        source=due.source,
        agreement_id=due.number,
        to_ori=agreement.receiver.ori,
        address=rules.address(agreement),
        subject=said.subject,
        body="\n\n".join(said.paragraphs),
        pdf=printed,
        digest=digest,
        written_at=at,
    )
    entry = {
        "type": ENTRY,
        "letter": str(which),
        "kind": kind,
        "number": due.number,
        "to": agreement.receiver.ori,
        "digest": digest,
        "at": at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
    }
    log.append(leaf=canonical.encode(entry))
    return 1


def _local(at: datetime, agreement: Agreement) -> datetime:
    return at.astimezone(ZoneInfo(agreement.term.time_zone)).replace(microsecond=0)


def _paper(agreement: Agreement, text_hash: str, said: rules.Words, at: datetime) -> Paper:
    receiver = agreement.receiver
    if receiver is None:
        raise ValueError("a charter has no partner to write to")
    return Paper(
        issue=Issue(office=_office(at), version=1, made_at=at, invented=bool(settings.DEMONSTRATION)),
        to=(receiver.signatory, receiver.name, receiver.contact),
        on=at.date(),
        subject=said.subject,
        references=(
            Reference(label="Agreement", number=f"{agreement.identifier}, version {agreement.version}"),
            Reference(label="SHA-256 of its text", number=text_hash),
        ),
        paragraphs=said.paragraphs,
        signed_by=(rules.SIGNATORY,),
    )


def _office(at: datetime) -> str:
    """The solicitor's office, as the charter in force names it."""
    try:
        owners = proposals.charter(at).owners
    except Conflict:
        owners = ()
    return next((owner.name for owner in owners if owner.office == "city-solicitor"), rules.SIGNATORY)


def _send(row: Letter, at: datetime) -> bool:
    message = EmailMessage(
        subject=row.subject,
        body=f"{row.body}\n\n--\n{rules.SIGNATORY}\nSHA-256 of the attached letter, as in the log: {row.digest}\n",
        from_email=settings.DEFAULT_FROM_EMAIL,
        to=[row.address],
        # The same letter sent twice is one message to whoever receives it.
        headers={"Message-ID": f"<{row.id}@{settings.LETTERS_DOMAIN}>"},
    )
    message.attach(f"letter-{row.id}.pdf", bytes(row.pdf), "application/pdf")
    problem = ""
    try:
        message.send()
    except (SMTPException, OSError) as error:
        code = getattr(error, "smtp_code", "")
        problem = f"{type(error).__name__} {code}".strip()
    Delivery.objects.create(letter=row, at=at, was_taken=not problem, problem=problem)
    return not problem
