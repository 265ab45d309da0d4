"""Events are found by the index that fits what is asked: their functions anew."""

from pathlib import Path

from django.db import migrations

EVENTS = Path(__file__).resolve().parent.parent / "sql" / "events.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVENTS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0028_restored_people")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
