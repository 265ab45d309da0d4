"""Agreement versions as they were enforced, and each change of their standing.

An agreement is kept as its canonical text; `rules.language` reads it. The other columns repeat what the
database itself must know: who, when, the permits' limits, and the powers. Text, parties and term never change after
enforcement, and changes are never rewritten: triggers hold that (migration 0002).
"""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AgreementVersion(models.Model):
    """One version that was brought into force. In force means: `starts_at` <= now < `ends_at`, and neither
    suspended nor terminated. `plain` are its sentences as they were signed (empty: nobody kept them)."""

    class Kind(models.TextChoices):
        OUTSIDE = "outside"
        CHARTER = "charter"

    number = models.AutoField(primary_key=True)
    identifier = models.TextField()
    version = models.IntegerField()
    title = models.TextField()
    kind = models.TextField(choices=Kind.choices)
    text = models.TextField()
    text_hash = models.CharField(max_length=64, unique=True)
    plain = models.TextField()
    receiver_ori = models.CharField(max_length=9, null=True)  # noqa: DJ001 - a charter has no receiver
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    enforced_at = models.DateTimeField()
    enforced_by = models.TextField()
    suspended_at = models.DateTimeField(null=True)
    terminated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["identifier", "version"], name="agreements_version_once"),
            models.UniqueConstraint(
                fields=["identifier"],
                condition=models.Q(terminated_at__isnull=True),
                name="agreements_one_version_live",
            ),
            models.CheckConstraint(
                condition=models.Q(starts_at__lt=models.F("ends_at")), name="agreements_starts_before_end"
            ),
            models.CheckConstraint(
                condition=models.Q(kind="outside", receiver_ori__isnull=False)
                | models.Q(kind="charter", receiver_ori__isnull=True),
                name="agreements_receiver_if_outside",
            ),
        ]
        indexes = [
            models.Index(
                fields=["receiver_ori"],
                condition=models.Q(terminated_at__isnull=True),
                name="agreements_live_receiver",
            )
        ]

    def __str__(self) -> str:
        return f"{self.identifier}, version {self.version}"


class Permit(models.Model):
    """One permit of one version: the role and the schema of views that enforce it. `elements` are spelled as
    in the file, without those that the same text prohibits."""

    schema = models.TextField(primary_key=True)
    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="permits")
    position = models.IntegerField()
    clause = models.TextField()
    office = models.TextField(null=True)  # noqa: DJ001 - an outside agency's permit has no office
    roles = ArrayField(models.TextField(), null=True)  # None: every role of the office, or of the agency
    receiver_ori = models.CharField(max_length=9, null=True)  # noqa: DJ001 - a charter's permit has none
    purposes = ArrayField(models.TextField())
    elements = ArrayField(models.TextField())
    events = ArrayField(models.TextField(), default=list)
    results_per_request = models.IntegerField()
    requests_per_person_per_day = models.IntegerField(null=True)
    requests_per_day = models.IntegerField(null=True)
    results_per_day = models.IntegerField(null=True)
    requires = ArrayField(models.TextField(), db_default=[])
    opens = models.TimeField(null=True)
    closes = models.TimeField(null=True)
    time_zone = models.TextField(db_default="UTC")
    most_people = models.IntegerField(null=True)
    supervisors = ArrayField(models.TextField(), db_default=[])
    approval_lasts_hours = models.IntegerField(null=True)
    queue_held = models.BooleanField(db_default=False)
    subscriptions_end = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="agreements_permit_once"),
            models.CheckConstraint(
                condition=models.Q(office__isnull=True, receiver_ori__isnull=False)
                | models.Q(office__isnull=False, receiver_ori__isnull=True),
                name="agreements_permit_for_one",
            ),
        ]

    def __str__(self) -> str:
        return self.schema


class Power(models.Model):
    """One power of one version of a charter: people of these roles, in the agencies that own the office there
    (`oris`), may do what the verbs name. The guard asks this table before a trace is written. Append-only."""

    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="powers")
    position = models.IntegerField()
    clause = models.TextField()
    office = models.TextField()
    oris = ArrayField(models.TextField())
    roles = ArrayField(models.TextField())
    verbs = ArrayField(models.TextField())

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "position"], name="agreements_power_once"),
        ]

    def __str__(self) -> str:
        return f"power {self.clause} of {self.agreement_id}"


class Change(models.Model):
    """A change of an agreement's standing: who, when and on what grounds. Append-only."""

    class Verb(models.TextChoices):
        ENFORCED = "enforced"
        SUSPENDED = "suspended"
        RESUMED = "resumed"
        TERMINATED = "terminated"

    id = models.BigAutoField(primary_key=True)
    agreement = models.ForeignKey(AgreementVersion, models.PROTECT, related_name="changes")
    verb = models.TextField(choices=Verb.choices)
    by = models.TextField()
    at = models.DateTimeField()
    grounds = models.TextField()

    def __str__(self) -> str:
        return f"{self.verb} {self.agreement_id}"
