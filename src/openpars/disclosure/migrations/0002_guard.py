"""The guard's tables, its functions and who may call them: SQL that is read as a lawyer's clerk would read it."""

from pathlib import Path

from django.conf import settings
from django.db import migrations

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"
TRIGGER = """
CREATE CONSTRAINT TRIGGER check_at_commit AFTER INSERT ON public.disclosure_disclosure
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.outcome <> 'deny')
EXECUTE FUNCTION guard.check_at_commit();
"""


def build(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    app, gateway, views, walled = (f'"{roles.name(database, kind)}"' for kind in ("app", "gateway", "views", "walled"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "guard_tables.sql").read_text())
        cursor.execute((SQL / "guard.sql").read_text())
        cursor.execute(TRIGGER)
        cursor.execute("INSERT INTO guard.city (zone) VALUES (%s)", [settings.TIME_ZONE])
        # The guard's functions find their tables in public: nobody else may put anything there. (So it is from
        # PostgreSQL 15 on, but not in a database that was upgraded from an earlier one.)
        cursor.execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC")
        # Nobody who only logs in keeps anything here, not even for a session.
        cursor.execute(f'REVOKE TEMPORARY ON DATABASE "{database}" FROM PUBLIC')
        cursor.execute(f"GRANT USAGE ON SCHEMA guard TO {app}, {gateway}, {views}, {walled}")
        cursor.execute(
            "GRANT EXECUTE ON FUNCTION guard.begin_disclosure(uuid, text, uuid, text, text, jsonb, bytea, bigint),"
            " guard.end_disclosure(bytea, uuid[], text[]), guard.stamp(timestamptz), guard.record_refusal(uuid, uuid,"
            f" text, text, text, text, timestamptz, jsonb, bytea, bytea) TO {gateway}"
        )
        cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.epoch() TO {app}")
        # The pages show a person's own receipts and limits; what was asked about whom stays closed to them.
        cursor.execute(
            "GRANT SELECT (id, kind, outcome, number, schema, clause, user_id, agency_ori, begun_at, ended_at,"
            f" pending_id, record_count) ON disclosure_disclosure TO {app}"
        )


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0001_initial"),
        ("records", "0002_walls_and_grants"),
        ("agencies", "0002_grants"),
        ("agreements", "0002_grants_and_triggers"),
        ("translog", "0001_initial"),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
