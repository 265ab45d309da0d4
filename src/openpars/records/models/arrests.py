"""The tables of arrest records: incident, arrest, person. (What follows an arrest: `following`.)

Keys are UUIDs made by the client. Charges recommended by police and charges filed stand side by side: no row
of one ever overwrites the other. Victims and witnesses are in a PostgreSQL schema of their own, under a
key of their own, and nothing points into them (promise 6): they name their incident, no relation names them.

No log-in role of the doors holds a privilege here; permits read through views (see agreements, disclosure).
"""

import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
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
    were filed). `sent_at` is when the desk saved and sent it to the prosecutor; `version` counts changes, so
    that two desks see each other's. `custody_now` is the latest state of its custody, which the database itself keeps
    in step with the history (migration 0009): whoever is held is found by it, however long ago the arrest was."""

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
    # Told by the database itself from the birth and the offense (migration 0010).
    juvenile = models.BooleanField(default=False)
    # On which ground a juvenile is charged as an adult (rules.juveniles.GROUNDS); empty: the juvenile court's.
    direct_file = models.TextField(blank=True, default="", db_default="")
    limited_access_at = models.DateTimeField(null=True, blank=True)
    # Since when it stands only in the list that the prosecutor and the court keep (18 Pa.C.S. 9122(c)).
    listed_only_at = models.DateTimeField(null=True, blank=True)
    counsel_id = models.UUIDField(null=True, blank=True)
    officers = ArrayField(models.TextField(), default=list, db_default=[], blank=True)
    warrant = models.TextField(blank=True, default="", db_default="")
    narrative = models.TextField(blank=True, default="", db_default="")
    sent_at = models.DateTimeField(null=True, blank=True)
    prints_taken_at = models.DateTimeField(null=True, blank=True)
    version = models.IntegerField(default=1, db_default=1)
    # The next court date as it stands: each hearing sets it, the end of the case takes it away.
    court_on = models.DateField(null=True, blank=True)
    # Null: no custody is known, which is no state.
    custody_now = models.TextField(null=True, editable=False)  # noqa: DJ001
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
            # At liberty is nearly everybody: who is not is a handful.
            models.Index(fields=["court_on"], name="arrest_in_court", condition=Q(court_on__isnull=False)),
            models.Index(fields=["custody_now"], name="arrest_held", condition=~Q(custody_now="released")),
        ]

    def __str__(self) -> str:
        return f"arrest {self.id}"
