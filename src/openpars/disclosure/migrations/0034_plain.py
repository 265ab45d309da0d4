"""A proposal keeps the sentences that are signed with it."""

from pathlib import Path

from django.db import migrations

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROCEEDINGS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0033_askers"), ("agreements", "0011_plain")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
