"""Permits that name roles, and the powers of a charter: the guard's functions anew, and the trigger of every act."""

from pathlib import Path

from django.db import migrations

GUARD = Path(__file__).resolve().parent.parent / "sql" / "guard.sql"

# Only for whoever writes as the desk (openpars.engine.roles); the owner at the console asks nobody. The condition is
# judged as the one who inserts; within the function, which runs as its owner, it could not be.
NO_POWER_NO_WRITE = """
CREATE TRIGGER check_power BEFORE INSERT ON public.records_trace
FOR EACH ROW WHEN (current_user = current_database() || '_desk')
EXECUTE FUNCTION guard.check_power()
"""


def build(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(GUARD.read_text())
        cursor.execute(NO_POWER_NO_WRITE)


def undo(apps, schema_editor):
    schema_editor.execute("DROP TRIGGER check_power ON public.records_trace")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0002_guard"),
        ("agreements", "0003_roles_and_powers"),
    ]

    operations = [migrations.RunPython(build, undo)]
