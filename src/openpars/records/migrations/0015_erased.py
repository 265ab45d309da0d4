"""What an order erases, read anew (sql/erasing.sql): all that it covers is told beforehand, later hearings go too."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "erasing.sql").read_text())
        cursor.execute("DROP FUNCTION records_erase_person(uuid)")


class Migration(migrations.Migration):
    dependencies = [("records", "0014_court_hearings")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
