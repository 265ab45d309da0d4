"""An outside agency's agreement may say of which roles its people ask: the guard holds them to it."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "guard.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(GUARD.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0032_units_and_agencies")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
