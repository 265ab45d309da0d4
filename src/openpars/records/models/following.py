"""The tables of what follows an arrest: charge, custody, bail, preliminary arraignment, disposition."""

import uuid

from django.db import models
from django.db.models import F, Q

from openpars.records.models.arrests import Arrest
from openpars.records.rules.dispositions import HELD_FOR_COURT


class Charge(models.Model):
    """One charge, at one stage: `recommended` by police or `filed` by the prosecutor. A filed charge may
    answer a recommended one (`follows`); neither overwrites the other. `decided_at` is when `status` left
    pending, `reason` why it was declined or withdrawn. `limited_access_at`: since when its docket is under limited
    access, whatever the other dockets of the arrest are."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="charges")
    sequence = models.PositiveSmallIntegerField()
    stage = models.TextField()
    statute = models.TextField(blank=True, default="")
    description = models.TextField(blank=True, default="")
    grade = models.TextField(blank=True, default="")
    count = models.PositiveSmallIntegerField(default=1)
    status = models.TextField(default="pending")
    decided_at = models.DateTimeField(null=True, blank=True)
    docket_number = models.TextField(blank=True, default="")
    reason = models.TextField(blank=True, default="", db_default="")
    limited_access_at = models.DateTimeField(null=True, blank=True)
    follows = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="answers"
    )

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(stage__in=["recommended", "filed"]), name="charge_stage_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["pending", "approved", "declined", "withdrawn"]),
                name="charge_status_known",
            ),
            models.CheckConstraint(condition=Q(count__gte=1), name="charge_count_positive"),
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")), name="charge_follows_another"
            ),
            models.UniqueConstraint(
                fields=["arrest", "stage", "docket_number", "sequence"],
                name="charge_sequence_once_per_docket",
            ),
        ]
        indexes = [
            models.Index(fields=["docket_number"], name="charge_docket", condition=~Q(docket_number="")),
        ]

    def __str__(self) -> str:
        return f"charge {self.id}"


class CustodyStatusChange(models.Model):
    """One step of an arrest's custody: the state holds from `changed_at` until the next change, and `owner` is
    the office that answers for the person while it does."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="custody", db_index=False)
    state = models.TextField()
    changed_at = models.DateTimeField()
    by_agency_ori = models.CharField(max_length=9, blank=True, default="")
    reason = models.TextField(blank=True, default="")
    owner = models.TextField(blank=True, default="", db_default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state=""), name="custody_state_not_blank")]
        # The order in which the latest state is looked up (records/rules/elements.py).
        indexes = [models.Index(fields=["arrest", "-changed_at", "-id"], name="custody_latest")]

    def __str__(self) -> str:
        return f"custody change {self.id}"


class Bail(models.Model):
    """One state of an arrest's bail. `amount` is in dollars: as set, or, once posted, as paid; `percent` is the
    share to be paid for release; `surety` stands in for nominal bail. Where a magistrate changed it later: `reason`
    says why, and `decided_by` who (Pa.R.Crim.P. 529, 536)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="bail")
    type = models.TextField(blank=True, default="")
    amount = models.DecimalField(null=True, blank=True, max_digits=14, decimal_places=2)
    percent = models.DecimalField(null=True, blank=True, max_digits=5, decimal_places=2)
    status = models.TextField(blank=True, default="")
    surety = models.TextField(blank=True, default="", db_default="")
    reason = models.TextField(blank=True, default="", db_default="")
    decided_by = models.UUIDField(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | Q(amount__gte=0), name="bail_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(percent__isnull=True) | Q(percent__gt=0, percent__lte=100),
                name="bail_percent_a_share",
            ),
        ]

    def __str__(self) -> str:
        return f"bail {self.id}"


class PreliminaryArraignment(models.Model):
    """The first hearing before a magistrate: whether probable cause was found, and the next date with the rule
    that gave it. `parents_told`, of a juvenile: who was told of the hearing, or why nobody was."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="arraignments")
    held_at = models.DateTimeField()
    result = models.TextField(blank=True, default="")
    next_on = models.DateField(null=True, blank=True)
    next_rule = models.TextField(blank=True, default="", db_default="")
    probable_cause = models.BooleanField(null=True, blank=True)
    session_at = models.DateTimeField(null=True, blank=True)
    site = models.TextField(blank=True, default="", db_default="")
    magistrate_id = models.UUIDField(null=True, blank=True)
    parents_told = models.TextField(blank=True, default="", db_default="")

    def __str__(self) -> str:
        return f"preliminary arraignment {self.id}"


class Disposition(models.Model):
    """How one charge ended; `reported_at` is when the State Police were told (18 Pa.C.S. 9113)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="dispositions")
    outcome = models.TextField()
    # Null where a foreign file tells how a charge ended but not when.
    disposed_on = models.DateField(null=True, blank=True)
    reported_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(outcome=""), name="disposition_outcome_not_blank"),
            # Held for court is a step, after which it ends.
            models.UniqueConstraint(
                fields=["charge"], condition=~Q(outcome=HELD_FOR_COURT), name="charge_ends_once"
            ),
            models.UniqueConstraint(
                fields=["charge"], condition=Q(outcome=HELD_FOR_COURT), name="charge_held_for_court_once"
            ),
        ]

    def __str__(self) -> str:
        return f"disposition {self.id}"
