"""The trace of an act keeps what its entry says besides, and where that waited for the log: letters and pages are made
from it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("agreements", "0008_suspension")]

    operations = [
        migrations.AddField("act", "told", models.JSONField(null=True)),
        migrations.AddField("act", "pending_id", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "act",
            models.Index(
                fields=["verb"],
                condition=models.Q(verb__in=("suspend_people", "restore_people")),
                name="agreements_act_of_people",
            ),
        ),
        migrations.AddConstraint(
            "act",
            models.UniqueConstraint(fields=["pending_id"], name="agreements_act_one_entry"),
        ),
    ]
