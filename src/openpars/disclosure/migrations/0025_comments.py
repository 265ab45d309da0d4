"""Comments of the public on proposals: handed in by anybody, answered by whoever the charter gives the power."""

from pathlib import Path

from django.db import migrations

from openpars.engine import roles

COMMENTS = Path(__file__).resolve().parent.parent / "sql" / "comments.sql"

# Unlogged: no address is in the server's journal. Those of an hour ago are forgotten with the next comment.
SOURCES = """
CREATE UNLOGGED TABLE guard.comment_source (source inet NOT NULL, proposal uuid NOT NULL, at timestamptz NOT NULL)
"""
FOR_THE_PAGES = (
    "comment(uuid, uuid, text, text, bytea, text, inet)",
    "answer_comment(uuid, boolean, text, uuid)",
)


def build(apps, schema_editor):
    app = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "app")}"'
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(SOURCES)
        cursor.execute(COMMENTS.read_text())
        for function in FOR_THE_PAGES:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.{function} TO {app}")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0024_cases_followed"),
        ("agreements", "0007_comments"),
    ]

    operations = [migrations.RunPython(build, migrations.RunPython.noop)]
