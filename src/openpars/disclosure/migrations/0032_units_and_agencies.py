"""A unit is suspended as one, and so is all of an agency; an act's trace says what its entry does, and which it is."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

PROCEEDINGS = Path(__file__).resolve().parent.parent / "sql" / "proceedings.sql"
NEW = (
    "change_people(text, text, uuid[], text[], text, uuid, boolean)",
    "suspend_agency(text, text, uuid, boolean)",
)


def build(apps, schema_editor):
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("DROP FUNCTION IF EXISTS guard.change_people(text, text, uuid[], text, uuid, boolean)")
        cursor.execute(PROCEEDINGS.read_text())
        for function in NEW:
            cursor.execute(f'GRANT EXECUTE ON FUNCTION guard.{function} TO "{app}"')


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0031_ends_without_a_charter"), ("agreements", "0009_told")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
