"""The tables of arrest records: incident, arrest, person, charge, custody, bail, arraignment, disposition.

Keys are UUIDs made by the client. Charges recommended by police and charges filed stand side by side: no row
of one ever overwrites the other. Victims and witnesses are in a PostgreSQL schema of their own, under a
key of their own, and nothing points into them (promise 6): they name their incident, no relation names them.

No log-in role of the doors holds a privilege here; permits read through views (see agreements, disclosure).
"""

import secrets
import uuid

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import ExtractYear, Left


def fresh_commitment_key() -> bytes:
    """32 random bytes: what ties a person to the log's commitments, and dies with the person's
    expungement."""
    return secrets.token_bytes(32)


def _once_per_source(relation: str) -> models.UniqueConstraint:
    return models.UniqueConstraint(
        fields=["source", "source_key"], condition=~Q(source_key=""), name=f"{relation}_once_per_source"
    )


class Person(models.Model):
    """A person who was arrested. `*_folded` come from `rules.names.fold`; sounds and the like are
    generated."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    given_name = models.TextField(blank=True, default="")
    middle_name = models.TextField(blank=True, default="")
    surname = models.TextField(blank=True, default="")
    suffix = models.TextField(blank=True, default="")
    given_folded = models.TextField(blank=True, default="")
    surname_folded = models.TextField(blank=True, default="")
    given_sound = models.GeneratedField(
        expression=Func(F("given_folded"), function="dmetaphone"),
        output_field=models.TextField(),
        db_persist=True,
    )
    surname_sound = models.GeneratedField(
        expression=Func(F("surname_folded"), function="dmetaphone"),
        output_field=models.TextField(),
        db_persist=True,
    )
    surname_head = models.GeneratedField(
        expression=Left("surname_folded", 3), output_field=models.TextField(), db_persist=True
    )
    name_text = models.GeneratedField(
        expression=Func(
            F("given_folded"),
            Value(" "),
            F("surname_folded"),
            template="(%(expressions)s)",
            arg_joiner=" || ",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )
    birth_date = models.DateField(null=True, blank=True)
    birth_year = models.GeneratedField(
        expression=ExtractYear("birth_date"), output_field=models.IntegerField(null=True), db_persist=True
    )
    sex = models.TextField(blank=True, default="")
    race = models.TextField(blank=True, default="")
    ethnicity = models.TextField(blank=True, default="")
    birth_place = models.TextField(blank=True, default="")
    language = models.TextField(blank=True, default="")
    address = models.TextField(blank=True, default="")
    zip = models.TextField(blank=True, default="")
    sid = models.TextField(blank=True, default="")
    photo_number = models.TextField(blank=True, default="")
    invented = models.BooleanField(default=False)
    commitment_key = models.BinaryField(default=fresh_commitment_key, editable=False)
    source = models.TextField(blank=True, default="")
    source_key = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(birth_date__isnull=True) | Q(birth_date__gte="1850-01-01"),
                name="person_born_in_living_memory",
            ),
            _once_per_source("person"),
        ]
        indexes = [
            models.Index(fields=["surname_sound", "given_sound", "birth_date"], name="person_sounds"),
            models.Index(fields=["surname_sound", "birth_date"], name="person_surname_sound_birth"),
            models.Index(fields=["birth_date"], name="person_birth_date"),
            models.Index(
                fields=["given_sound", "surname_head", "birth_date"], name="person_given_sound_head"
            ),
            GinIndex(
                fields=["birth_year", "name_text"],
                opclasses=["int4_ops", "gin_trgm_ops"],
                name="person_year_and_name",
            ),
            models.Index(fields=["sid"], name="person_sid", condition=~Q(sid="")),
        ]

    def __str__(self) -> str:
        return f"person {self.id}"


class Incident(models.Model):
    """What happened, in one place: one incident may lead to many arrests."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dc_number = models.TextField(null=True, blank=True, unique=True)
    occurred_at = models.DateTimeField(null=True, blank=True)
    location = models.TextField(blank=True, default="")
    district = models.TextField(blank=True, default="")
    agency_ori = models.CharField(max_length=9, blank=True, default="")
    source = models.TextField(blank=True, default="")
    source_key = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(dc_number=""), name="incident_dc_number_not_blank"),
            _once_per_source("incident"),
        ]

    def __str__(self) -> str:
        return f"incident {self.id}"


class Arrest(models.Model):
    """One person arrested once. `arrested_at_precision` says what `arrested_at` is: the minute, the start
    of the day in the city's zone, or a bound (the arrest was no later: the file tells only when charges
    were filed)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(
        Incident, null=True, blank=True, on_delete=models.PROTECT, related_name="arrests"
    )
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="arrests")
    otn = models.TextField(blank=True, default="")
    arrested_at = models.DateTimeField()
    arrested_at_precision = models.TextField(default="minute")
    agency_ori = models.CharField(max_length=9, blank=True, default="")
    location = models.TextField(blank=True, default="")
    district = models.TextField(blank=True, default="")
    category = models.CharField(max_length=1, blank=True, default="")
    juvenile = models.BooleanField(default=False)
    limited_access_at = models.DateTimeField(null=True, blank=True)
    counsel_id = models.UUIDField(null=True, blank=True)
    source = models.TextField(blank=True, default="")
    source_key = models.TextField(blank=True, default="")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(category__in=["O", "S", "T", ""]), name="arrest_category_known"
            ),
            models.CheckConstraint(
                condition=Q(arrested_at_precision__in=["minute", "day", "bound"]),
                name="arrest_precision_known",
            ),
            _once_per_source("arrest"),
        ]
        indexes = [
            models.Index(fields=["otn"], name="arrest_otn", condition=~Q(otn="")),
            models.Index(fields=["arrested_at"], name="arrest_arrested_at"),
        ]

    def __str__(self) -> str:
        return f"arrest {self.id}"


class Charge(models.Model):
    """One charge, at one stage: `recommended` by police or `filed` by the prosecutor. A filed charge may
    answer a recommended one (`follows`); neither overwrites the other. `decided_at` is when `status` left
    pending."""

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
                condition=Q(stage="filed") | Q(follows__isnull=True), name="charge_only_filed_follows"
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
    """One step of an arrest's custody: the state holds from `changed_at` until the next change."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="custody", db_index=False)
    state = models.TextField()
    changed_at = models.DateTimeField()
    by_agency_ori = models.CharField(max_length=9, blank=True, default="")
    reason = models.TextField(blank=True, default="")

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(state=""), name="custody_state_not_blank")]
        # The order in which the latest state is looked up (records/rules/elements.py).
        indexes = [models.Index(fields=["arrest", "-changed_at", "-id"], name="custody_latest")]

    def __str__(self) -> str:
        return f"custody change {self.id}"


class Bail(models.Model):
    """One state of an arrest's bail. `amount` is in dollars; `percent` is the share to be paid for
    release."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="bail")
    type = models.TextField(blank=True, default="")
    amount = models.DecimalField(null=True, blank=True, max_digits=14, decimal_places=2)
    percent = models.DecimalField(null=True, blank=True, max_digits=5, decimal_places=2)
    status = models.TextField(blank=True, default="")
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
    """The first hearing before a magistrate."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    arrest = models.ForeignKey(Arrest, on_delete=models.PROTECT, related_name="arraignments")
    held_at = models.DateTimeField()
    result = models.TextField(blank=True, default="")
    next_on = models.DateField(null=True, blank=True)
    magistrate_id = models.UUIDField(null=True, blank=True)

    def __str__(self) -> str:
        return f"preliminary arraignment {self.id}"


class Disposition(models.Model):
    """How one charge ended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    charge = models.ForeignKey(Charge, on_delete=models.PROTECT, related_name="dispositions")
    outcome = models.TextField()
    # Null where a foreign file tells how a charge ended but not when.
    disposed_on = models.DateField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(outcome=""), name="disposition_outcome_not_blank")]

    def __str__(self) -> str:
        return f"disposition {self.id}"
