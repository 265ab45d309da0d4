"""Roles of permits, and the powers of a charter: kept as signed (a trigger refuses to rewrite them)."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models

from openpars.engine import roles

KEEP = """
CREATE TRIGGER agreements_power_kept BEFORE UPDATE OR DELETE ON agreements_power
  FOR EACH ROW EXECUTE FUNCTION agreements_refuse();
"""


def grant(apps, schema_editor):
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(f'GRANT SELECT ON agreements_power TO "{app}"')


class Migration(migrations.Migration):

    dependencies = [
        ("agreements", "0002_grants_and_triggers"),
    ]

    operations = [
        migrations.AddField(
            model_name="permit",
            name="roles",
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), null=True, size=None),
        ),
        migrations.CreateModel(
            name="Power",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("position", models.IntegerField()),
                ("clause", models.TextField()),
                ("office", models.TextField()),
                ("oris", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("roles", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                ("verbs", django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), size=None)),
                (
                    "agreement",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="powers",
                        to="agreements.agreementversion",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("agreement", "position"), name="agreements_power_once")
                ],
            },
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
