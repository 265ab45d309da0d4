"""That somebody typed a code for an account is an event: the functions of events anew."""

from pathlib import Path

from django.db import migrations

EVENTS = Path(__file__).resolve().parent.parent / "sql" / "events.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVENTS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0014_events_alone")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
