"""Whoever could end an outside agency's access under the last charter still can while none is in force."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for name in ("proceedings", "guard"):
            cursor.execute((SQL / f"{name}.sql").read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0030_used")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
