"""Witnesses of the log: the policy that says who they are, their cosignatures, and which checkpoints are published.
What was signed before witnesses came counts as published."""

from django.db import migrations, models

from openpars.engine import roles

TABLES = ("translog_policy", "translog_cosignature", "translog_publication")

APPEND_ONLY = "\n".join(
    f"""
CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table}
  FOR EACH ROW EXECUTE FUNCTION translog_refuse();
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table}
  FOR EACH STATEMENT EXECUTE FUNCTION translog_refuse();
"""
    for table in TABLES
)

CARRY_OVER = """
INSERT INTO translog_publication (size, published_at)
SELECT size, signed_at FROM translog_checkpoint ORDER BY size DESC LIMIT 1
"""


def grant(apps, schema_editor):
    """The pages' role may read who witnesses and what is published."""
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(f'GRANT SELECT ON {", ".join(TABLES)} TO "{app}"')


class Migration(migrations.Migration):
    dependencies = [("translog", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Policy",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("set_at", models.DateTimeField()),
                ("set_by", models.TextField()),
            ],
            options={"db_table": "translog_policy"},
        ),
        migrations.CreateModel(
            name="Cosignature",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("size", models.BigIntegerField()),
                ("witness", models.TextField()),
                ("line", models.TextField()),
                ("cosigned_at", models.DateTimeField()),
            ],
            options={
                "db_table": "translog_cosignature",
                "constraints": [
                    models.UniqueConstraint(fields=("witness", "size"), name="translog_cosignature_once")
                ],
                "indexes": [models.Index(fields=["size"], name="translog_cosignature_size")],
            },
        ),
        migrations.CreateModel(
            name="Publication",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("published_at", models.DateTimeField()),
            ],
            options={"db_table": "translog_publication"},
        ),
        migrations.AddIndex(
            model_name="checkpoint",
            index=models.Index(fields=["signed_at"], name="translog_checkpoint_signed_at"),
        ),
        migrations.RunSQL(APPEND_ONLY, migrations.RunSQL.noop),
        migrations.RunSQL(CARRY_OVER, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
