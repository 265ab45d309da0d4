"""What a text would come after: the versions of its agreement, and whether one was ended since it was put forward."""

from dataclasses import dataclass
from datetime import datetime

from openpars.agreements.models import AgreementVersion
from openpars.agreements.rules.terms import Agreement


@dataclass(frozen=True)
class Version:
    """One version that was brought into force, and how it stands."""

    number: int
    version: int
    text_hash: str
    enforced_at: datetime
    ends_at: datetime
    suspended_at: datetime | None
    terminated_at: datetime | None


@dataclass(frozen=True)
class Lineage:
    """The versions of one agreement, oldest first, as a text of version `of` finds them."""

    of: int
    versions: tuple[Version, ...]

    @property
    def before(self) -> Version | None:
        """The version that the text follows, whether it stands or not."""
        return next((one for one in reversed(self.versions) if one.version < self.of), None)

    def replaced(self, *, at: datetime, done_at: datetime | None = None) -> Version | None:
        """The version in force that the text would take the place of, or took at `done_at`. One that is suspended,
        ended or lapsed gives nothing, so that whatever comes after it widens."""
        held = self.before
        if held is None or held.suspended_at is not None or held.ends_at <= (done_at or at):
            return None
        ended = held.terminated_at is not None and (done_at is None or held.terminated_at < done_at)
        return None if ended else held

    def stands(self, at: datetime) -> bool:
        """Whether the version before still stands, in force or suspended."""
        held = self.before
        return held is not None and held.terminated_at is None and at < held.ends_at

    @property
    def suspended_at(self) -> datetime | None:
        """Since when the version before is suspended."""
        held = self.before
        return held.suspended_at if held is not None and held.terminated_at is None else None

    def ended_since(self, put_at: datetime) -> bool:
        """Whether somebody ended the agreement since then; a version that gave way to the next ended nothing."""
        begun = {one.enforced_at for one in self.versions}
        return any(
            one.terminated_at is not None and one.terminated_at >= put_at and one.terminated_at not in begun
            for one in self.versions
        )

    @property
    def is_taken(self) -> bool:
        """Whether a version of the text's number, or a later one, came into force already."""
        return any(one.version >= self.of for one in self.versions)

    def gave_way(self, text_hash: str) -> bool:
        """Whether the version with this very text is over before its term: there is nothing left not to renew."""
        return any(one.text_hash == text_hash and one.terminated_at is not None for one in self.versions)


def lineage(agreement: Agreement) -> Lineage:
    """The versions of the agreement that `agreement` is a text of."""
    rows = AgreementVersion.objects.filter(identifier=agreement.identifier).order_by("version")
    found = rows.values_list(
        "number", "version", "text_hash", "enforced_at", "ends_at", "suspended_at", "terminated_at"
    )
    return Lineage(agreement.version, tuple(Version(*row) for row in found))
