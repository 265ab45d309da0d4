"""Where nobody follows, nothing is queued: the queue asks first, for an approved charge and a moved arrest too."""

from pathlib import Path

from django.db import migrations

FEED = Path(__file__).resolve().parent.parent / "sql" / "feed.sql"


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(FEED.read_text())


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0039_day_use")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
