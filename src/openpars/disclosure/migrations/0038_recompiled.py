"""Permits' views that stand are made anew from their signed texts: each is planned by itself (compile.APART), and the
catalogue's SQL of elements has changed."""

from django.db import migrations

from openpars.agreements.rules import compile as compiler
from openpars.agreements.rules.language import parse


def recompile(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        cursor.execute("SELECT number, text FROM agreements_agreementversion ORDER BY number")
        for number, text in cursor.fetchall():
            agreement = parse(text)
            for permit in agreement.permits:
                made = compiler.view_statements(agreement, permit, into=compiler.schema(number, permit))
                for statement in made:
                    # Replaced in place, a view keeps its owner and its grants; its columns are the text's.
                    cursor.execute(statement.replace("CREATE VIEW", "CREATE OR REPLACE VIEW", 1))


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0037_writes"), ("records", "0020_same_sid")]

    operations = [migrations.RunPython(recompile, migrations.RunPython.noop)]
