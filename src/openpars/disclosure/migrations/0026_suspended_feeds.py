"""A suspension holds or drops what is queued, and pauses or ends subscriptions, as the text says; a subscription that died
is told of; and a count of lines is a count."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for name in ("feed", "accounting"):
            cursor.execute((SQL / f"{name}.sql").read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0025_comments"), ("agreements", "0008_suspension")]

    operations = [
        migrations.AddField("subscription", "tell_at", models.DateTimeField(null=True)),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
