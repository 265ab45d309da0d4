"""Agencies and the people who use the system for them."""

import uuid
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.db.models.fields.json import KeyTextTransform

from openpars.agencies.rules import OFFICES


class Agency(models.Model):
    """An agency with an ORI. `office` names the owners' office that it is; an outside agency has none.
    `kind` says in plain words what sort of agency it is."""

    ori = models.CharField(max_length=9, primary_key=True)
    name = models.CharField(max_length=200)
    kind = models.CharField(max_length=80)
    office = models.CharField(max_length=40, null=True, choices=[(office, office) for office in OFFICES])  # noqa: DJ001

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(ori__regex="^[A-Z]{2}[A-Z0-9]{7}$"), name="agencies_ori_shape"
            ),
            models.CheckConstraint(
                condition=Q(office__isnull=True) | Q(office__in=OFFICES), name="agencies_office_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.ori})"


class UserManager(BaseUserManager["User"]):
    """Finds users for Django's log-in. Users are made by `agencies.actions.enroll_user` alone."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """The user of that username, however it was capitalized."""
        return self.select_related("agency").get(username=(username or "").strip().lower())


class User(AbstractBaseUser):
    """A person who uses the system for one agency. `role` is their post there: in an office of the owners one of
    rules.ROLES, elsewhere in plain words. The dates are the last days on which background screening and security
    training count."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=63, unique=True)
    display_name = models.CharField(max_length=120)
    agency = models.ForeignKey(Agency, on_delete=models.PROTECT, related_name="users")
    role = models.CharField(max_length=80)
    screened_until = models.DateField()
    trained_until = models.DateField()
    is_active = models.BooleanField(default=True)
    password_set_at = models.DateTimeField(null=True)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[UserManager] = UserManager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(username__regex="^[a-z0-9][a-z0-9._-]{1,62}$"), name="agencies_username_shape"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name}, {self.role}"


class Token(models.Model):
    """A user's key to the API. Only the digest is kept. `expires_at` is exclusive."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=64, unique=True)
    label = models.CharField(max_length=120)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=models.F("created_at")), name="agencies_token_expires_later"
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Trace(models.Model):
    """One action on agencies, users or tokens: what was done, to what, by whom, when (promise 10). `subject`
    is an id, never a foreign key: history neither blocks a change nor follows one."""

    id = models.BigAutoField(primary_key=True)
    verb = models.CharField(max_length=40)
    subject = models.CharField(max_length=63)
    by = models.CharField(max_length=63)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.verb} {self.subject}"


class Event(models.Model):
    """What happened at a door or at the console, beside its entry in the log (specs/event-entry.md). `by`, `source`,
    `about` and `salt` open the entry's commitments; they are all that a row may lose, after a year, or with the record
    that it is about. `trace` is that of an act on records which the event stands for. Of refusals beyond a rate one row
    stands for as many as `times`. Written only by the guard (disclosure/sql/events.sql)."""

    id = models.UUIDField(primary_key=True)
    kind = models.TextField()
    door = models.TextField()
    outcome = models.TextField()
    agency_ori = models.TextField(null=True)  # noqa: DJ001 - nobody's agency is not an empty one
    by = models.TextField(null=True)  # noqa: DJ001 - the same
    source = models.TextField(null=True)  # noqa: DJ001 - the same
    about = models.JSONField(null=True)
    salt = models.BinaryField(null=True)
    times = models.IntegerField(default=1)
    at = models.DateTimeField()
    pending_id = models.BigIntegerField(unique=True)
    trace = models.BigIntegerField(null=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["at"], name="agencies_event_at"),
            models.Index(fields=["kind", "at"], name="agencies_event_kind"),
            models.Index(fields=["by", "at"], name="agencies_event_by"),
            models.Index(fields=["agency_ori", "at"], name="agencies_event_agency"),
            models.Index(
                fields=["trace"], name="agencies_event_trace", condition=models.Q(trace__isnull=False)
            ),
            models.Index(
                KeyTextTransform("arrest", "about"),
                name="agencies_event_arrest",
                condition=models.Q(trace__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.pk}: {self.kind} {self.outcome}"


class EventCount(models.Model):
    """Refusals beyond the rate in the minute from `minute_at`; gone once that is over and they have their entry."""

    pk = models.CompositePrimaryKey("kind", "door", "minute_at")
    kind = models.TextField()
    door = models.TextField()
    minute_at = models.DateTimeField()
    times = models.IntegerField()

    def __str__(self) -> str:
        return f"{self.times} of {self.kind}"
