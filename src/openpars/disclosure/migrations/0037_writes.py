"""No entry, no write: an act on records commits with its event, and the auditor finds events by the arrest that they are
about. The functions of events and notices anew."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"
WRITTEN_AT_COMMIT = """
CREATE CONSTRAINT TRIGGER written_at_commit AFTER INSERT ON public.records_trace
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.verb NOT IN ('keep_draft', 'drop_draft'))
EXECUTE FUNCTION guard.check_written()
"""


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        # As it was before it could be asked by an arrest.
        cursor.execute(
            "DROP FUNCTION IF EXISTS"
            " guard.events_found(text, text, text, text, timestamptz, timestamptz, uuid, uuid, integer)"
        )
        for name in ("events.sql", "notices.sql"):
            cursor.execute((SQL / name).read_text())
        cursor.execute(WRITTEN_AT_COMMIT)


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0036_log_events"),
        ("agencies", "0005_writes"),
        ("records", "0009_identified"),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
