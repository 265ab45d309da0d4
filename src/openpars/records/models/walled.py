"""The tables behind the wall (promise 6): schema `walled`, its own owner, its own key. Nothing points in."""

import uuid

from django.db import models


class Victim(models.Model):
    """A victim of an incident, sealed (records.wall). The incident's id is no foreign key: nothing points
    in."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident_id = models.UUIDField()
    name_sealed = models.BinaryField()
    birth_date_sealed = models.BinaryField(null=True, blank=True)
    contact_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = '"walled"."victim"'
        indexes = [models.Index(fields=["incident_id"], name="victim_incident")]

    def __str__(self) -> str:
        return f"victim {self.id}"


class Witness(models.Model):
    """A witness to an incident, sealed (records.wall)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident_id = models.UUIDField()
    name_sealed = models.BinaryField()
    contact_sealed = models.BinaryField(null=True, blank=True)
    account_sealed = models.BinaryField(null=True, blank=True)

    class Meta:
        db_table = '"walled"."witness"'
        indexes = [models.Index(fields=["incident_id"], name="witness_incident")]

    def __str__(self) -> str:
        return f"witness {self.id}"
