"""The drafter's hand alone is not the partner's: a key and a signature of the partner's need another."""

from pathlib import Path

from django.db import migrations

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(PROCEEDINGS.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0034_plain"), ("agreements", "0012_vouched_keys")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
