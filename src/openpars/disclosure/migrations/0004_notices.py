"""Notices to those who were given what has since been corrected, closed or erased."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from openpars.engine import roles

NOTICES = Path(__file__).resolve().parent.parent / "sql" / "notices.sql"

TRIGGERS = """
CREATE TRIGGER told AFTER INSERT ON public.records_correction
    FOR EACH ROW EXECUTE FUNCTION guard.correction_told();
CREATE TRIGGER told AFTER INSERT ON public.records_courtorder
    FOR EACH ROW EXECUTE FUNCTION guard.order_told();
CREATE TRIGGER forgotten AFTER UPDATE OF carried_out_at ON public.records_courtorder
    FOR EACH ROW WHEN (OLD.carried_out_at IS NULL AND NEW.carried_out_at IS NOT NULL)
    EXECUTE FUNCTION guard.order_carried_out();
"""


def build(apps, schema_editor):
    app = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "app")}"'
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(NOTICES.read_text())
        cursor.execute(TRIGGERS)
        cursor.execute(f"GRANT SELECT ON disclosure_notice TO {app}")
        cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.acknowledge(uuid, uuid) TO {app}")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0003_roles_and_powers"),
        ("records", "0006_erasing"),
    ]

    operations = [
        migrations.CreateModel(
            name="Notice",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("reference", models.TextField()),
                ("agency_ori", models.TextField()),
                (
                    "elements",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
                ),
                ("disclosures", django.contrib.postgres.fields.ArrayField(base_field=models.UUIDField(), size=None)),
                ("written_at", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("acknowledged_by", models.UUIDField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("reference", "agency_ori"), name="notice_once_per_agency")
                ],
            },
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
