"""Cases are about people named by number or by an arrest too, and approvals are asked for before they are given."""

from pathlib import Path

import django.contrib.postgres.fields
from django.db import migrations, models

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"
FOR_THE_PAGES = (
    "add_subjects(uuid, jsonb, uuid)",
    "ask_approval(uuid, text, text, uuid)",
    "grant_approval(uuid, integer, text, uuid)",
)


def build(apps, schema_editor):
    app = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "app")}"'
    with schema_editor.connection.cursor() as cursor:
        for name in ("cases", "guard", "notices"):
            cursor.execute((SQL / f"{name}.sql").read_text())
        for function in FOR_THE_PAGES:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.{function} TO {app}")
        cursor.execute(f"REVOKE EXECUTE ON FUNCTION guard.approve(uuid, uuid, text, text, uuid) FROM {app}")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0019_holding")]

    operations = [
        migrations.AddField(
            "agencycase",
            "keys",
            django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), db_default=[], size=None),
        ),
        # Until now each subject was named by both names and a date of birth.
        migrations.RunSQL(
            "UPDATE disclosure_agencycase SET keys = '{birth_date,name}'", migrations.RunSQL.noop
        ),
        migrations.RemoveConstraint("casesubject", "subject_once_per_case"),
        migrations.AlterField("casesubject", "given_folded", models.TextField(db_default="")),
        migrations.AlterField("casesubject", "surname_folded", models.TextField(db_default="")),
        migrations.AlterField("casesubject", "birth_date", models.DateField(null=True)),
        migrations.AddField("casesubject", "otn", models.TextField(db_default="")),
        migrations.AddField("casesubject", "arrest_id", models.UUIDField(null=True)),
        migrations.AddConstraint(
            "casesubject",
            models.UniqueConstraint(
                fields=["case", "birth_date", "surname_folded", "given_folded", "otn", "arrest_id"],
                nulls_distinct=False,
                name="subject_once_per_case",
            ),
        ),
        migrations.AddIndex(
            "casesubject", models.Index(fields=["otn"], name="case_subject_otn", condition=~models.Q(otn=""))
        ),
        migrations.AddIndex("casesubject", models.Index(fields=["arrest_id"], name="case_subject_arrest")),
        migrations.AddField("approval", "asked_at", models.DateTimeField(null=True)),
        migrations.RunSQL(
            "UPDATE disclosure_approval SET asked_at = approved_at", migrations.RunSQL.noop
        ),
        migrations.AlterField("approval", "asked_at", models.DateTimeField()),
        migrations.AlterField("approval", "approved_by", models.UUIDField(null=True)),
        migrations.AlterField("approval", "approved_at", models.DateTimeField(null=True)),
        migrations.AddField("approval", "hours", models.IntegerField(null=True)),
        migrations.AddField("approval", "reason", models.TextField(db_default="")),
        migrations.AddConstraint(
            "approval",
            models.UniqueConstraint(
                fields=["asker_id", "case_number", "purpose"],
                condition=models.Q(approved_at=None, withdrawn_at=None),
                name="approval_asked_for_once",
            ),
        ),
        migrations.AddIndex("approval", models.Index(fields=["agency_ori", "asked_at"], name="approval_agency")),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
