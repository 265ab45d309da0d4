"""Accounting of disclosures and audits: tables, functions, who may call them. The door alone may (the gateway's role):
the pages' role reads nothing of what was asked about whom."""

from pathlib import Path

from django.db import migrations, models

from openpars.engine import roles

SQL = Path(__file__).resolve().parent.parent / "sql"

CALLED = (
    "begin_look(uuid, text, uuid, text, jsonb, bytea)",
    "account_lines()",
    "hand_out_keys()",
    "audit_rows(integer)",
    "look_subjects()",
    "end_look(bytea)",
    "issue_code(uuid, uuid, text, text)",
    "redeem_code(text, text, text)",
    "leave_session(text)",
    "delay_lines(uuid, uuid, text, text, text, timestamptz, bytea, text)",
    "lift_delay(uuid, uuid)",
    "delays_of(uuid)",
)


def build(apps, schema_editor):
    gateway = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "gateway")}"'
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            "UPDATE disclosure_disclosuresubject s SET tag = guard.tag(p.commitment_key, s.disclosure_id)"
            " FROM records_person p WHERE p.id = s.person_id"
        )
        for name in ("guard.sql", "accounting.sql", "notices.sql", "accounting_triggers.sql"):
            cursor.execute((SQL / name).read_text())
        for function in CALLED:
            cursor.execute(f"GRANT EXECUTE ON FUNCTION guard.{function} TO {gateway}")


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0005_proceedings"), ("records", "0008_charges")]

    operations = [
        migrations.AddField("disclosuresubject", "tag", models.TextField(default=""), preserve_default=False),
        migrations.CreateModel(
            name='AccessCode',
            fields=[
                ('handle', models.TextField(primary_key=True, serialize=False)),
                ('secret_digest', models.TextField()),
                ('person_id', models.UUIDField(db_index=True)),
                ('agency_ori', models.TextField()),
                ('issued_at', models.DateTimeField()),
                ('issued_by', models.UUIDField()),
                ('expires_at', models.DateTimeField()),
                ('tries', models.IntegerField(default=0)),
                ('used_at', models.DateTimeField(null=True)),
                ('session_digest', models.TextField(null=True, unique=True)),
                ('session_until_at', models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name='Act',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('verb', models.TextField()),
                ('by', models.TextField()),
                ('at', models.DateTimeField()),
                ('subject', models.TextField()),
                ('detail', models.JSONField(default=dict)),
            ],
        ),
        migrations.CreateModel(
            name='DelayedLine',
            fields=[
                ('id', models.UUIDField(primary_key=True, serialize=False)),
                ('agency_ori', models.TextField()),
                ('case_number', models.TextField()),
                ('authority', models.TextField()),
                ('until_at', models.DateTimeField()),
                ('placed_at', models.DateTimeField()),
                ('placed_by', models.UUIDField()),
                ('lifted_at', models.DateTimeField(null=True)),
                ('lifted_by', models.UUIDField(null=True)),
                ('salt', models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name='RetiredKey',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('person_id', models.UUIDField(db_index=True)),
                ('key', models.BinaryField()),
                ('retired_at', models.DateTimeField()),
            ],
        ),
        migrations.AlterField(
            model_name='disclosuresubject',
            name='arrest_id',
            field=models.UUIDField(db_index=True),
        ),
        migrations.AddIndex(
            model_name='disclosure',
            index=models.Index(fields=['agency_ori', 'begun_at'], name='disclosure_agency_day'),
        ),
        migrations.AddIndex(
            model_name='disclosure',
            index=models.Index(fields=['begun_at'], name='disclosure_day'),
        ),
        migrations.AddIndex(
            model_name='delayedline',
            index=models.Index(fields=['agency_ori', 'case_number'], name='delayed_line_case'),
        ),
        migrations.RunPython(build, migrations.RunPython.noop),
    ]
