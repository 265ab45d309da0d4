"""What a text says of subscriptions under a suspension is held to: what was only said is read from the texts that stand."""

from django.db import migrations, models

from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules import language


def read(apps, schema_editor):
    permits = apps.get_model("agreements", "Permit")
    # A permit's row is never rewritten; here it learns what its text has said all along.
    schema_editor.execute("ALTER TABLE agreements_permit DISABLE TRIGGER USER")
    for version in apps.get_model("agreements", "AgreementVersion").objects.filter(terminated_at=None):
        for row in compiler.permit_rows(language.parse(version.text), number=version.number):
            permits.objects.filter(schema=row["schema"]).update(
                queue_held=row["queue_held"], subscriptions_end=row["subscriptions_end"]
            )
    schema_editor.execute("ALTER TABLE agreements_permit ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [("agreements", "0007_comments")]

    operations = [
        migrations.AddField("permit", "queue_held", models.BooleanField(db_default=False)),
        migrations.AddField("permit", "subscriptions_end", models.BooleanField(db_default=False)),
        migrations.RunPython(read, migrations.RunPython.noop),
    ]
