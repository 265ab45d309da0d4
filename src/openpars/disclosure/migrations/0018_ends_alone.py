"""An end of access, or of people's standing, takes its own verbs alone: no other power of somebody's stands in for it."""

from pathlib import Path

from django.db import migrations

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROCEEDINGS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0017_audit_of_events")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
