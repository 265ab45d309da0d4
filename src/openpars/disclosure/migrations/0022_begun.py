"""Permits' views look at the disclosure themselves (sql/begun.sql), and no longer by a function."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"

# Views that stand were made with the functions; replaced in place, they keep their owners and grants.
VIEWS = r"""
DO $$
DECLARE
    made record;
    look CONSTANT text := '(SELECT true FROM guard.begun WHERE schema = \1 AND kind %s ''event'')';
BEGIN
    FOR made IN SELECT v.schemaname, v.viewname, v.definition FROM agreements_permit p
        JOIN pg_views v ON v.schemaname = p.schema
    LOOP
        made.definition := regexp_replace(made.definition,
            '\( SELECT guard\.may_read\((''\w+'')::text\) AS may_\w+\)', format(look, '<>'), 'g');
        made.definition := regexp_replace(made.definition,
            '\( SELECT guard\.may_tell\((''\w+'')::text\) AS may_\w+\)', format(look, '='), 'g');
        made.definition := replace(made.definition,
            '( SELECT guard.asker() AS asker)', '(SELECT asker FROM guard.begun)');
        EXECUTE format('CREATE OR REPLACE VIEW %I.%I AS %s', made.schemaname, made.viewname, made.definition);
    END LOOP;
END $$
"""


def build(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    views, walled = (f'"{roles.name(database, kind)}"' for kind in ("views", "walled"))
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "begun.sql").read_text())
        cursor.execute(f"GRANT SELECT ON guard.begun TO {views}, {walled}")
        cursor.execute((SQL / "guard.sql").read_text())
        cursor.execute(VIEWS)


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0021_more_events")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
