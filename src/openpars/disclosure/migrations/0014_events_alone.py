"""A disclosure of the kind `event`, which no day's limit counts, opens the view of events and no other."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).resolve().parent.parent / "sql"

# Views of events that stand were made before may_tell; replaced in place, they keep their owners and grants.
VIEWS = """
DO $$
DECLARE
    made record;
BEGIN
    FOR made IN SELECT v.schemaname, v.definition FROM agreements_permit p
        JOIN pg_views v ON v.schemaname = p.schema AND v.viewname = 'event'
    LOOP
        EXECUTE format('CREATE OR REPLACE VIEW %I.event AS %s', made.schemaname,
            replace(made.definition, 'guard.may_read(', 'guard.may_tell('));
    END LOOP;
END $$
"""


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "guard.sql").read_text())
        cursor.execute(VIEWS)


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0013_codes"), ("agreements", "0006_requirements")]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
