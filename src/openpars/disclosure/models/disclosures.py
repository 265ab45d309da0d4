"""What was asked and what became of it. Rows hold ids, not foreign keys: history never blocks an erasure."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Disclosure(models.Model):
    """One request that reached the door: begun, then permitted or denied, in one transaction with its entry.

    Written only by the guard's functions (sql/guard.sql). `closes_at` is the end of the agreement's term on the
    server's own clock. `request` and `salt` are the protected opening of
    the entry's commitments; destroying them leaves the entry valid and mute (promise 8).
    """

    class Outcome(models.TextChoices):
        BEGUN = "begun"
        PERMIT = "permit"
        DENY = "deny"

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    outcome = models.TextField(choices=Outcome.choices)
    reason = models.TextField(default="")
    number = models.BigIntegerField(null=True)
    schema = models.TextField(null=True)  # noqa: DJ001 - no permit is not an empty name
    clause = models.TextField(default="")
    user_id = models.UUIDField()
    agency_ori = models.TextField()
    purpose = models.TextField()
    begun_at = models.DateTimeField()
    closes_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    xact = models.BigIntegerField()
    request = models.JSONField(null=True)
    salt = models.BinaryField(null=True)
    elements = ArrayField(models.TextField(), default=list)
    record_count = models.IntegerField(default=0)
    pending_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user_id", "begun_at"], name="disclosure_user_day"),
            models.Index(fields=["schema", "begun_at"], name="disclosure_permit_day"),
            models.Index(fields=["agency_ori", "begun_at"], name="disclosure_agency_day"),
            models.Index(fields=["begun_at"], name="disclosure_day"),
        ]
        constraints = [
            models.CheckConstraint(
                name="disclosure_ended_has_entry",
                condition=models.Q(outcome="begun", pending_id__isnull=True, ended_at__isnull=True)
                | models.Q(outcome__in=["permit", "deny"], pending_id__isnull=False, ended_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome} {self.id}"


class DisclosureSubject(models.Model):
    """That an arrest of this person was in the answer of this disclosure. `tag` is the person's in its entry."""

    pk = models.CompositePrimaryKey("disclosure_id", "arrest_id")
    disclosure_id = models.UUIDField()
    arrest_id = models.UUIDField(db_index=True)
    person_id = models.UUIDField(db_index=True)
    tag = models.TextField()

    def __str__(self) -> str:
        return f"subject of {self.disclosure_id}"


class Notice(models.Model):
    """That an agency is told of what happened to records that it was given: `kind` is correction, limited-access or
    expungement, `reference` the number of the correction or the id of the order, `disclosures` are those in which it
    was given them, `elements` the ones corrected. Written by the guard (sql/notices.sql); outlives what it is about.
    """

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    reference = models.TextField()
    agency_ori = models.TextField()
    elements = ArrayField(models.TextField(), default=list)
    disclosures = ArrayField(models.UUIDField())
    written_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reference", "agency_ori"], name="notice_once_per_agency"),
        ]

    def __str__(self) -> str:
        return f"notice {self.id}: {self.kind}"


class Act(models.Model):
    """The trace of what somebody did at the log of looks (promise 10): a look, a code issued, a delay placed or lifted.
    The guard writes it, and refuses it where the charter gives no such power. Ids only."""

    id = models.BigAutoField(primary_key=True)
    verb = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    subject = models.TextField()
    detail = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"act {self.id}: {self.verb}"


class RetiredKey(models.Model):
    """A key that tied the log's entries to a person until it was handed out to them (guard.hand_out_keys). It goes with
    the person, and with the first of their arrests that is erased."""

    id = models.BigAutoField(primary_key=True)
    person_id = models.UUIDField(db_index=True)
    key = models.BinaryField()
    retired_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"retired key {self.id}"


class DelayedLine(models.Model):
    """That people are not told of an agency's looks for one case until a day, on whose authority: a sealed
    investigation. `salt` opens the terms in the log's entry."""

    id = models.UUIDField(primary_key=True)
    agency_ori = models.TextField()
    case_number = models.TextField()
    authority = models.TextField()
    until_at = models.DateTimeField()
    placed_at = models.DateTimeField()
    placed_by = models.UUIDField()
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.UUIDField(null=True)
    salt = models.BinaryField()

    class Meta:
        indexes = [models.Index(fields=["agency_ori", "case_number"], name="delayed_line_case")]

    def __str__(self) -> str:
        return f"delayed lines {self.id}"


class AccessCode(models.Model):
    """A one-time code with which a person reads their own lines: of its secret only the digest is kept, and of the
    session that it opened too."""

    handle = models.TextField(primary_key=True)
    secret_digest = models.TextField()
    person_id = models.UUIDField(db_index=True)
    agency_ori = models.TextField()
    issued_at = models.DateTimeField()
    issued_by = models.UUIDField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    used_at = models.DateTimeField(null=True)
    session_digest = models.TextField(null=True, unique=True)  # noqa: DJ001 - no session is not an empty one
    session_until_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"access code {self.handle}"
