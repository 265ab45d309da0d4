"""That the log signs on after it had halted, and that one of its keys is trusted no more, are events: their functions anew."""

from pathlib import Path

from django.db import migrations

EVENTS = Path(__file__).resolve().parent.parent / "sql" / "events.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVENTS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0035_vouched_keys")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
