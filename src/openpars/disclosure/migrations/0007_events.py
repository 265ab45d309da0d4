"""Events at the doors: the guard's functions, and who may record one."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

EVENTS = Path(__file__).resolve().parent.parent / "sql" / "events.sql"
RECORD = "guard.record_event(uuid, text, text, text, text, text, jsonb, bytea, text, text, text)"


def build(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    app, desk = (f'"{roles.name(database, kind)}"' for kind in ("app", "desk"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(EVENTS.read_text())
        # A verb's event is recorded while its person has the desk's role on.
        cursor.execute(f"GRANT USAGE ON SCHEMA guard TO {desk}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION {RECORD} TO {app}, {desk}")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0006_accounting"),
        ("agencies", "0004_events"),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
