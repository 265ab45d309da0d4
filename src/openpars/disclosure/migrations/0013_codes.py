"""Codes go with what is erased, and with the next code: the functions of accounting anew."""

from pathlib import Path

from django.db import migrations

ACCOUNTING = Path(__file__).resolve().parent.parent / "sql" / "accounting.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(ACCOUNTING.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0012_cases")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
