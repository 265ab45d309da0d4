"""Events are searched by the auditor, in a look with an entry: the functions of events and of audits anew, and the door may
call the one that answers within a look."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"


def build(apps, schema_editor):
    gateway = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "gateway")}"'
    with schema_editor.connection.cursor() as cursor:
        # As it was before it answered where each entry waits, and could be asked for one event.
        cursor.execute(
            "DROP FUNCTION IF EXISTS"
            " guard.events_found(text, text, text, text, timestamptz, timestamptz, uuid, integer)"
        )
        for name in ("events.sql", "accounting.sql"):
            cursor.execute((SQL / name).read_text())
        cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.audit_events(integer) TO {gateway}")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0016_votes_at_commit")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
