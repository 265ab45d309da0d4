"""How an end of access gets its locks stands in a file of its own."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "holding.sql").read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0018_ends_alone")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
