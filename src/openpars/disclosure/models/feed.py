"""Subscriptions, whom they follow, and what is queued for them. Written by the guard alone (sql/feed.sql)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Subscription(models.Model):
    """That a person of an outside agency is told of events, under one permit, for a purpose and in a case
    (specs/subscriptions.md). It lasts until `ends_at`, and until `confirm_by_at` unless it is confirmed before. Whom it
    follows: the people of the arrests that it names, or where `case_id` is given the subjects of that case, as far as
    they are named by `keys`. `url` is where events are posted; empty: they wait for the person's own stream. `why` says
    why it was stopped, and `tell_at` from when on its agency is to be e-mailed that it died."""

    id = models.UUIDField(primary_key=True)
    number = models.BigIntegerField()
    schema = models.TextField()
    clause = models.TextField()
    user_id = models.UUIDField(db_index=True)
    agency_ori = models.TextField()
    purpose = models.TextField()
    case_number = models.TextField()
    case_id = models.UUIDField(null=True)
    keys = ArrayField(models.TextField(), db_default=[])
    events = ArrayField(models.TextField())
    url = models.TextField(default="")
    made_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    confirm_by_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True)
    why = models.TextField(default="")
    tell_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["case_id"], name="subscription_live", condition=models.Q(stopped_at__isnull=True)
            ),
        ]

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
