"""Limits go on counting what was asked under the versions before: a new version gives nothing back."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "cases.sql").read_text())
        cursor.execute((SQL / "guard.sql").read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0026_suspended_feeds")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
