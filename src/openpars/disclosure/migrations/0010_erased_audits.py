"""What an auditor searched by goes with what is erased: the functions of notices anew."""

from pathlib import Path

from django.db import migrations

NOTICES = Path(__file__).resolve().parent.parent / "sql" / "notices.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(NOTICES.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0009_power_at_commit")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
