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


class Subscription(models.Model):
    """That a person of an outside agency is told of events, under one permit, for a purpose and in a case
    (specs/subscriptions.md). It lasts until `ends_at`, and until `confirm_by_at` unless it is confirmed before.
    `url` is where events are posted; empty: they wait for the person's own stream. `why` says why it was stopped."""

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField()
    schema = models.TextField()
    clause = models.TextField()
    user_id = models.UUIDField(db_index=True)
    agency_ori = models.TextField()
    purpose = models.TextField()
    case_number = models.TextField()
    events = ArrayField(models.TextField())
    url = models.TextField(default="")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    confirm_by_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    def __str__(self) -> str:
        return f"subscription {self.id}"


class Following(models.Model):
    """That a subscription follows the person of this arrest, which its agency was given."""

    pk = models.CompositePrimaryKey("subscription_id", "arrest_id")
    subscription_id = models.UUIDField()
    arrest_id = models.UUIDField(db_index=True)

    def __str__(self) -> str:
        return f"followed by {self.subscription_id}"


class Delivery(models.Model):
    """One event for one subscription: queued by the guard in the transaction that changed the record, then delivered,
    dropped (`why`) or dead. `place` orders a subscription's events."""

    class State(models.TextChoices):
        QUEUED = "queued"
        DELIVERED = "delivered"
        DROPPED = "dropped"
        DEAD = "dead"

    place = models.BigAutoField(primary_key=True)
    event = models.UUIDField(unique=True)
    subscription_id = models.UUIDField()
    kind = models.TextField()
    arrest_id = models.UUIDField(db_index=True)
    happened_at = models.DateTimeField()
    state = models.TextField(choices=State.choices)
    tries = models.IntegerField(default=0)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    why = models.TextField(default="")

    class Meta:
        indexes = [
            models.Index(fields=["subscription_id", "state"], name="delivery_of_subscription"),
            models.Index(fields=["due_at"], name="delivery_due", condition=models.Q(state="queued")),
        ]

    def __str__(self) -> str:
        return f"event {self.event}: {self.state}"


class AgencyCase(models.Model):
    """A case that an outside agency registered: its number there, who owns it, from when to when it is open. Written
    by the guard alone (sql/cases.sql)."""

    id = models.UUIDField(primary_key=True)
    agency_ori = models.TextField()
    number = models.TextField()
    owner_id = models.UUIDField()
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["agency_ori", "number"],
                condition=models.Q(closed_at__isnull=True),
                name="case_open_once_per_agency",
            ),
        ]

    def __str__(self) -> str:
        return f"case {self.id}"


class CaseSubject(models.Model):
    """Somebody whom a registered case is about, as the agency named them. No log-in role reads this table: it is
    compared with the records within the guard."""

    case = models.ForeignKey(AgencyCase, models.CASCADE, related_name="subjects")
    given_folded = models.TextField()
    surname_folded = models.TextField()
    birth_date = models.DateField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "birth_date", "surname_folded", "given_folded"], name="subject_once_per_case"
            ),
        ]
        indexes = [models.Index(fields=["birth_date", "surname_folded"], name="case_subject_person")]

    def __str__(self) -> str:
        return f"subject of {self.case_id}"


class Approval(models.Model):
    """That a supervisor of an outside agency lets one person ask in one case for one purpose. Whether it counts, and
    for how long, is the agreement's to say, at each request."""

    id = models.UUIDField(primary_key=True)
    agency_ori = models.TextField()
    asker_id = models.UUIDField()
    case_number = models.TextField()
    purpose = models.TextField()
    approved_by = models.UUIDField()
    approved_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["asker_id", "approved_at"], name="approval_asker")]

    def __str__(self) -> str:
        return f"approval {self.id}"
