"""What an outside agency registers: its cases, and what its supervisors approve."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class AgencyCase(models.Model):
    """A case that an outside agency registered: its number there, who owns it, from when to when it is open, and by
    which `keys` its subjects were named. Written by the guard alone (sql/cases.sql)."""

    id = models.UUIDField(primary_key=True)
    agency_ori = models.TextField()
    number = models.TextField()
    owner_id = models.UUIDField()
    keys = ArrayField(models.TextField(), db_default=[])
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
    """Somebody whom a registered case is about, as the agency named them: by both names and the date of birth, by an
    OTN, or by an arrest that it was given. No log-in role reads this table: it is compared within the guard."""

    case = models.ForeignKey(AgencyCase, models.CASCADE, related_name="subjects")
    given_folded = models.TextField(db_default="")
    surname_folded = models.TextField(db_default="")
    birth_date = models.DateField(null=True)
    otn = models.TextField(db_default="")
    arrest_id = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["case", "birth_date", "surname_folded", "given_folded", "otn", "arrest_id"],
                nulls_distinct=False,
                name="subject_once_per_case",
            ),
        ]
        indexes = [
            models.Index(fields=["birth_date", "surname_folded"], name="case_subject_person"),
            models.Index(fields=["otn"], name="case_subject_otn", condition=~models.Q(otn="")),
            models.Index(fields=["arrest_id"], name="case_subject_arrest"),
        ]

    def __str__(self) -> str:
        return f"subject of {self.case_id}"


class Approval(models.Model):
    """That somebody asked their supervisors to let them ask, in one case for one purpose; and, once one has approved,
    until when at the most: `hours` from then. Whether it counts, and whether for less, is the agreement's to say, at
    each request. Written by the guard alone (sql/cases.sql)."""

    id = models.UUIDField(primary_key=True)
    agency_ori = models.TextField()
    asker_id = models.UUIDField()
    case_number = models.TextField()
    purpose = models.TextField()
    asked_at = models.DateTimeField()
    approved_by = models.UUIDField(null=True)
    approved_at = models.DateTimeField(null=True)
    hours = models.IntegerField(null=True)
    reason = models.TextField(db_default="")
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["asker_id", "case_number", "purpose"],
                condition=models.Q(approved_at=None, withdrawn_at=None),
                name="approval_asked_for_once",
            ),
        ]
        indexes = [
            models.Index(fields=["asker_id", "approved_at"], name="approval_asker"),
            models.Index(fields=["agency_ori", "asked_at"], name="approval_agency"),
        ]

    def __str__(self) -> str:
        return f"approval {self.id}"
