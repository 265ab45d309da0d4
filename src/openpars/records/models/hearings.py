"""The tables of the way to the hearing: questions between offices, the bail interview, the list, papers, delays;
and of the hearings after it."""

import uuid

from django.db import models
from django.db.models import F, Q

from openpars.records.models.arrests import Arrest
from openpars.records.models.following import Bail


class Question(models.Model):
    """What the charging unit asks the police before it decides, and their answer."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="questions")
    text = models.TextField()
    asked_at = models.DateTimeField()
    asked_by = models.UUIDField()
    answer = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="question_text_not_blank"),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True)
                | Q(answered_at__isnull=False, answered_by__isnull=False),
                name="question_answered_in_pairs",
            ),
        ]

    def __str__(self) -> str:
        return f"question {self.id}"


class BailInterview(models.Model):
    """What pretrial services learnt (Rule 523) and recommend. The guideline and the decision are facts of their
    own: `BailGuideline`, `Bail`."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="interviews")
    held_at = models.DateTimeField()
    interviewer_id = models.UUIDField()
    residence = models.TextField(blank=True, default="")
    residence_verified = models.BooleanField(default=False)
    ties = models.TextField(blank=True, default="")
    employment = models.TextField(blank=True, default="")
    recommended_type = models.TextField()
    recommended_amount = models.DecimalField(null=True, blank=True, max_digits=14, decimal_places=2)
    recommended_words = models.TextField(blank=True, default="")

    def __str__(self) -> str:
        return f"bail interview {self.id}"


class BailGuideline(models.Model):
    """What the guideline says for an arrest, by the rule and version that said it. Amounts in dollars."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="guidelines")
    type = models.TextField()
    low = models.DecimalField(null=True, blank=True, max_digits=14, decimal_places=2)
    high = models.DecimalField(null=True, blank=True, max_digits=14, decimal_places=2)
    rule = models.TextField()
    version = models.TextField()
    computed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"bail guideline {self.id}"


class BailCondition(models.Model):
    """One condition of a state of bail, as data: its kind and what the kind needs."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    bail = models.ForeignKey(Bail, on_delete=models.PROTECT, related_name="conditions")
    kind = models.TextField()
    detail = models.JSONField(default=dict)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(kind=""), name="condition_kind_not_blank")]

    def __str__(self) -> str:
        return f"bail condition {self.id}"


class Listing(models.Model):
    """An arrest's place on a hearing list: the session, and the video site. The latest counts."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="listings")
    session_at = models.DateTimeField()
    site = models.TextField()
    listed_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["session_at", "site"], name="listing_session")]

    def __str__(self) -> str:
        return f"listing {self.id}"


class CourtHearing(models.Model):
    """A preliminary hearing or trial after the arraignment: held on a day, or put off; and the next date that it gave,
    with the cause where it was put off."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="court_hearings")
    outcome = models.TextField()
    heard_on = models.DateField()
    next_on = models.DateField(null=True, blank=True)
    cause = models.TextField(blank=True, default="", db_default="")
    recorded_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(outcome__in=["held", "put off"]), name="hearing_outcome_known"
            ),
            models.CheckConstraint(
                condition=Q(outcome="held") | (Q(next_on__isnull=False) & ~Q(cause="")),
                name="hearing_put_off_to_a_day_for_a_cause",
            ),
        ]

    def __str__(self) -> str:
        return f"court hearing {self.id}"


class Delay(models.Model):
    """A stretch of the time between arrest and arraignment that has a reason code (records.rules.delays)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="delays")
    reason = models.TextField()
    words = models.TextField(blank=True, default="")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gt=F("began_at")),
                name="delay_ends_after_it_began",
            )
        ]

    def __str__(self) -> str:
        return f"delay {self.id}"


class Paper(models.Model):
    """A printed paper of an arrest, as it was made: versions are added, never changed. `basis` is the JSON text of
    all that it was made from."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="papers")
    kind = models.TextField()
    version = models.PositiveSmallIntegerField()
    made_at = models.DateTimeField()
    made_by = models.UUIDField()
    digest = models.CharField(max_length=64)
    basis = models.TextField()
    pdf = models.BinaryField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["arrest", "kind", "version"], name="paper_version_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="paper_version_counts_from_one"),
        ]

    def __str__(self) -> str:
        return f"paper {self.id}"
