"""The trace of actions (promise 10)."""

from django.db import models


class Trace(models.Model):
    """Who did what when: one row per action, written in its transaction (promise 10), whose number is `xact`.
    Ids and counts only."""

    id = models.BigAutoField(primary_key=True)
    verb = models.TextField()
    by = models.TextField()
    at = models.DateTimeField()
    subject = models.TextField()
    count = models.IntegerField(default=1)
    detail = models.JSONField(default=dict)
    xact = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["at"], name="trace_at")]

    def __str__(self) -> str:
        return f"trace {self.id}: {self.verb}"
