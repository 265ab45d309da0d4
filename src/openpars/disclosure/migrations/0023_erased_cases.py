"""What was done under the number of an erased record is told from it no more: subscriptions, registered cases, approvals."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for name in ("accounting.sql", "notices.sql"):
            cursor.execute((SQL / name).read_text())
        # As it was before the numbers were found once for all questions.
        cursor.execute("DROP FUNCTION IF EXISTS guard.asked_about(jsonb, uuid[])")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0022_begun")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
