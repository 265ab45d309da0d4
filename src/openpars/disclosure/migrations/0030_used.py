"""What of a day's limits is used up is counted once a request, along the permit's own index."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "cases.sql").read_text())
        cursor.execute((SQL / "guard.sql").read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0029_events_found")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
