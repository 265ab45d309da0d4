"""Reads on agreements: what is in force, and what there is. Frozen values cross to other packages, never rows.
Whether the database enforces it is asked in `deviations`."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.db.models import Q, QuerySet

from openpars.agreements.models import Act, AgreementVersion, Certificate, Change
from openpars.agreements.rules.decision import InForce
from openpars.agreements.rules.language import parse
from openpars.agreements.rules.signing import PlainText, as_signed
from openpars.agreements.rules.terms import Agreement, applies
from openpars.errors import NotFound


@dataclass(frozen=True)
class Standing:
    """A version that is neither suspended nor terminated; its term may lie ahead or behind."""

    number: int
    text_hash: str
    agreement: Agreement


@dataclass(frozen=True)
class AgreementView:
    """One version, as registers and pages show it."""

    number: int
    identifier: str
    version: int
    title: str
    kind: str
    text_hash: str
    receiver_ori: str | None
    starts_at: datetime
    ends_at: datetime
    enforced_at: datetime
    enforced_by: str
    suspended_at: datetime | None
    terminated_at: datetime | None

    def state(self, at: datetime) -> str:
        """Its standing at `at`: terminated, lapsed, suspended, to come, or in force."""
        if self.terminated_at is not None:
            return "terminated"
        if at >= self.ends_at:
            return "lapsed"
        if self.suspended_at is not None:
            return "suspended"
        return "to come" if at < self.starts_at else "in force"


@dataclass(frozen=True)
class ChangeView:
    """One change of standing."""

    verb: str
    by: str
    at: datetime
    grounds: str


@dataclass(frozen=True)
class ActView:
    """One act that has an entry in the log: `told` is what the entry says besides, `entry` its number among those that
    wait (or waited) for the log."""

    verb: str
    at: datetime
    grounds: str
    told: Mapping[str, Any]
    entry: int


@dataclass(frozen=True)
class CertificateView:
    """The certificate of deletion that is owed after an end: when it is due, and when it came."""

    demanded_at: datetime
    due_at: datetime
    received_at: datetime | None


def in_force(*, ori: str, office: str | None, at: datetime) -> tuple[InForce, ...]:
    """The agreements in force at `at` under which somebody of that agency and office asks, oldest first."""
    rows = _standing_rows(ori, office).filter(starts_at__lte=at, ends_at__gt=at)
    return tuple(InForce(held.number, held.agreement) for held in _read(rows, ori, office))


def standing(*, ori: str, office: str | None) -> tuple[Standing, ...]:
    """The agreements of that agency and office which nobody suspended or terminated, whatever the day."""
    return tuple(_read(_standing_rows(ori, office), ori, office))


def _standing_rows(ori: str, office: str | None) -> QuerySet[AgreementVersion]:
    whose = Q(receiver_ori=ori)
    if office is not None:
        whose |= Q(kind="charter")
    return AgreementVersion.objects.filter(whose, terminated_at=None, suspended_at=None).order_by("number")


def _read(rows: QuerySet[AgreementVersion], ori: str, office: str | None) -> list[Standing]:
    found = rows.values_list("number", "text_hash", "text")
    held = (Standing(number, text_hash, _parsed(text)) for number, text_hash, text in found)
    return [one for one in held if applies(one.agreement, ori=ori, office=office)]


@lru_cache(maxsize=4096)
def _parsed(text: str) -> Agreement:
    return parse(text)


def listing() -> tuple[AgreementView, ...]:
    """Every version that was ever enforced, newest first."""
    return tuple(map(_view, AgreementVersion.objects.order_by("-number").defer("text")))


def version(number: int) -> AgreementView:
    """The version of that number. Raises NotFound."""
    return _view(_row(number))


def live(identifier: str) -> AgreementView:
    """The version of that agreement which is not terminated. Raises NotFound."""
    row = AgreementVersion.objects.filter(identifier=identifier, terminated_at=None).first()
    if row is None:
        raise NotFound("No version of an agreement of this identifier stands.")
    return _view(row)


def before(number: int) -> AgreementView | None:
    """The version of the same agreement that was in force before that of this number; None where it is the first.
    Raises NotFound."""
    identifier = _row(number).identifier
    row = (
        AgreementVersion.objects.filter(identifier=identifier, number__lt=number).order_by("-number").first()
    )
    return None if row is None else _view(row)


def text_of(number: int) -> str:
    """The canonical text of the version of that number, as enforced. Raises NotFound."""
    return _row(number).text


def plain_text(number: int) -> PlainText:
    """The version of that number in plain English, in the words that were signed; in today's where nobody kept those.
    Raises NotFound."""
    row = _row(number)
    return as_signed(row.text_hash, row.plain, _parsed(row.text))


def agreement(number: int) -> Agreement:
    """What the version of that number says. Raises NotFound."""
    return _parsed(text_of(number))


def changes(number: int) -> tuple[ChangeView, ...]:
    """The changes of standing of the version of that number, oldest first."""
    rows = Change.objects.filter(agreement_id=number).order_by("id")
    return tuple(ChangeView(row.verb, row.by, row.at, row.grounds) for row in rows)


def acts(entries: Collection[int]) -> tuple[ActView, ...]:
    """The acts whose entries these are, in their order."""
    rows = Act.objects.filter(pending_id__in=entries).order_by("id")
    return tuple(ActView(row.verb, row.at, row.grounds, row.told or {}, row.pending_id or 0) for row in rows)


def certificate(number: int) -> CertificateView | None:
    """The certificate of deletion that the version of that number owes; None where none was asked for."""
    row = Certificate.objects.filter(agreement_id=number).first()
    return None if row is None else CertificateView(row.demanded_at, row.due_at, row.received_at)


def _row(number: int) -> AgreementVersion:
    row = AgreementVersion.objects.filter(number=number).first()
    if row is None:
        raise NotFound("No agreement version has this number.")
    return row


def _view(row: AgreementVersion) -> AgreementView:
    return AgreementView(
        number=row.number,
        identifier=row.identifier,
        version=row.version,
        title=row.title,
        kind=row.kind,
        text_hash=row.text_hash,
        receiver_ori=row.receiver_ori,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        enforced_at=row.enforced_at,
        enforced_by=row.enforced_by,
        suspended_at=row.suspended_at,
        terminated_at=row.terminated_at,
    )
