"""Whose standing the operator ended does not come back with their unit."""

from pathlib import Path

from django.db import migrations

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROCEEDINGS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0027_counted_on")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
