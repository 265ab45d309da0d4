"""A log halts where a witness has seen what this database has not; a cosignature is known by its key, whatever a policy
calls the witness, and may be made anew at the size that it has; growth is looked up among what was published."""

from django.db import migrations, models

import openpars.translog.models
from openpars.engine import roles


def grant(apps, schema_editor):
    """The pages' role may say that the log has halted."""
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(f'GRANT SELECT ON translog_halt TO "{app}"')


class Migration(migrations.Migration):
    dependencies = [("translog", "0003_leaf")]

    operations = [
        migrations.CreateModel(
            name="Halt",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("halted_at", models.DateTimeField()),
                ("why", models.TextField()),
                ("resumed_at", models.DateTimeField(null=True)),
                ("resumed_by", models.TextField(default="")),
            ],
            options={"db_table": "translog_halt"},
        ),
        migrations.RemoveConstraint("cosignature", "translog_cosignature_once"),
        migrations.AddField(
            "cosignature",
            "key",
            models.GeneratedField(
                db_persist=True,
                expression=openpars.translog.models.KeyOfLine("line"),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex("cosignature", models.Index(fields=["key", "size"], name="translog_cosignature_key")),
        migrations.AddIndex("publication", models.Index(fields=["published_at"], name="translog_publication_at")),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
