"""Cases that outside agencies register, approvals of their supervisors, and what the guard requires of a request."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"
FOR_THE_PAGES = (
    "open_case(uuid, text, jsonb, uuid)",
    "close_case(uuid, uuid)",
    "approve(uuid, uuid, text, text, uuid)",
    "withdraw_approval(uuid, uuid)",
)


def build(apps, schema_editor):
    app = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "app")}"'
    with schema_editor.connection.cursor() as cursor:
        cursor.execute((SQL / "cases.sql").read_text())
        cursor.execute((SQL / "guard.sql").read_text())
        # Whom a case is about stays behind the owner: no subject is granted to anybody.
        cursor.execute(f"GRANT SELECT ON disclosure_agencycase, disclosure_approval TO {app}")
        for function in FOR_THE_PAGES:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.{function} TO {app}")


class Migration(migrations.Migration):
    dependencies = [
        ("disclosure", "0011_acts_at_commit"),
        ("agreements", "0006_requirements"),
    ]

    operations = [
        migrations.CreateModel(
            name="AgencyCase",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("agency_ori", models.TextField()),
                ("number", models.TextField()),
                ("owner_id", models.UUIDField()),
                ("opened_at", models.DateTimeField()),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("agency_ori", "number"),
                        condition=models.Q(closed_at__isnull=True),
                        name="case_open_once_per_agency",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CaseSubject",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("given_folded", models.TextField()),
                ("surname_folded", models.TextField()),
                ("birth_date", models.DateField()),
                (
                    "case",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="subjects",
                        to="disclosure.agencycase",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["birth_date", "surname_folded"], name="case_subject_person")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("case", "birth_date", "surname_folded", "given_folded"),
                        name="subject_once_per_case",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Approval",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("agency_ori", models.TextField()),
                ("asker_id", models.UUIDField()),
                ("case_number", models.TextField()),
                ("purpose", models.TextField()),
                ("approved_by", models.UUIDField()),
                ("approved_at", models.DateTimeField()),
                ("withdrawn_at", models.DateTimeField(null=True)),
            ],
            options={
                "indexes": [models.Index(fields=["asker_id", "approved_at"], name="approval_asker")],
            },
        ),
        migrations.AddIndex(
            "disclosure", models.Index(fields=["schema", "begun_at"], name="disclosure_permit_day")
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
