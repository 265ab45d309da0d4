"""What the guard must know of a permit's requirements, hours and limits, and of the agency's people."""

import django.contrib.postgres.fields
from django.db import migrations, models


def words():
    return django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None)


class Migration(migrations.Migration):
    dependencies = [("agreements", "0005_events")]

    operations = [
        migrations.AddField("permit", "requests_per_day", models.IntegerField(null=True)),
        migrations.AddField("permit", "results_per_day", models.IntegerField(null=True)),
        migrations.AddField("permit", "requires", words()),
        migrations.AddField("permit", "opens", models.TimeField(null=True)),
        migrations.AddField("permit", "closes", models.TimeField(null=True)),
        migrations.AddField("permit", "time_zone", models.TextField(db_default="UTC")),
        migrations.AddField("permit", "most_people", models.IntegerField(null=True)),
        migrations.AddField("permit", "supervisors", words()),
        migrations.AddField("permit", "approval_lasts_hours", models.IntegerField(null=True)),
    ]
