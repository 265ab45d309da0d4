"""The tables of the desk's own: drafts, corrections, who was found to be whom, court orders."""

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from openpars.records.models.arrests import fresh_commitment_key


class Draft(models.Model):
    """What somebody at a desk has typed and not yet sent: sealed, its author's alone, gone once it is sent."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    author_id = models.UUIDField()
    kind = models.TextField()
    arrest_id = models.UUIDField(null=True, blank=True)
    content_sealed = models.BinaryField()
    version = models.IntegerField(default=1)
    kept_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["author_id", "-kept_at"], name="draft_author")]
        constraints = [
            # Of arrests that nobody has reported yet a desk may hold several, each naming a person on record.
            models.UniqueConstraint(
                fields=["author_id", "kind", "arrest_id"],
                condition=~Q(kind="arrest"),
                name="draft_of_a_kind_once_about_an_arrest",
            )
        ]

    def __str__(self) -> str:
        return f"draft {self.id}"


class Correction(models.Model):
    """What a row said before it was changed, what it says since, and why. Written by the database itself
    (migration 0003), so that no change goes without. `row`, `person_id` and `arrest_id` are ids, not keys."""

    id = models.BigAutoField(primary_key=True)
    relation = models.TextField()
    row = models.UUIDField()
    person_id = models.UUIDField(null=True, blank=True)
    arrest_id = models.UUIDField(null=True, blank=True)
    was = models.JSONField()
    became = models.JSONField()
    why = models.TextField(blank=True, default="")
    at = models.DateTimeField()
    trace_id = models.BigIntegerField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["arrest_id"], name="correction_arrest"),
            models.Index(fields=["person_id"], name="correction_person"),
        ]

    def __str__(self) -> str:
        return f"correction {self.id}"


class Identification(models.Model):
    """Two persons of the records found to be one (`merged_id` is `kept_id`), or one found to be two: which arrests
    moved, why, and, when it was undone, when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    verb = models.TextField()
    from_id = models.UUIDField()
    to_id = models.UUIDField()
    arrests = ArrayField(models.UUIDField())
    rationale = models.TextField()
    at = models.DateTimeField()
    by = models.UUIDField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.UUIDField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(verb__in=["merge", "split"]), name="identification_verb_known"
            ),
            models.CheckConstraint(condition=~Q(rationale=""), name="identification_has_a_rationale"),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False),
                name="identification_undone_in_pairs",
            ),
        ]

    def __str__(self) -> str:
        return f"identification {self.id}"


class CourtOrder(models.Model):
    """An order to limit access or to erase, by its number. What it erased is no longer said: `person_id` and
    `arrest_id` (null: all arrests of the person) lead nowhere once it is carried out. `salt` opens the commitment to
    the number in the log's entry. `entered_by` is null where a file's import entered it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.TextField()
    court = models.TextField()
    kind = models.TextField()
    ordered_on = models.DateField()
    person_id = models.UUIDField()
    arrest_id = models.UUIDField(null=True, blank=True)
    entered_at = models.DateTimeField()
    entered_by = models.UUIDField(null=True, blank=True)
    salt = models.BinaryField(default=fresh_commitment_key)
    carried_out_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(number=""), name="order_has_a_number"),
            models.CheckConstraint(
                condition=Q(kind__in=["whole", "identifiers", "limited-list", "limited-access"]),
                name="order_kind_known",
            ),
        ]

    def __str__(self) -> str:
        return f"court order {self.id}"
