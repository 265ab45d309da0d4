"""What the public says of proposals: kept as it was written, answered once."""

import django.db.models.deletion
from django.db import migrations, models

from openpars.engine import roles


def keep(apps, schema_editor):
    """The triggers, and SELECT to the pages."""
    schema_editor.execute(
        "CREATE TRIGGER kept BEFORE UPDATE ON agreements_comment"
        " FOR EACH ROW EXECUTE FUNCTION agreements_refuse_but('published', 'answer', 'answered_at')"
    )
    schema_editor.execute(
        "CREATE TRIGGER not_deleted BEFORE DELETE ON agreements_comment"
        " FOR EACH ROW EXECUTE FUNCTION agreements_refuse()"
    )
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(f'GRANT SELECT ON agreements_comment TO "{app}"')


class Migration(migrations.Migration):

    dependencies = [("agreements", "0006_requirements")]

    operations = [
        migrations.CreateModel(
            name="Comment",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("name", models.TextField()),
                ("words", models.TextField()),
                ("salt", models.BinaryField()),
                ("at", models.DateTimeField()),
                ("published", models.BooleanField(null=True)),
                ("answer", models.TextField()),
                ("answered_at", models.DateTimeField(null=True)),
                (
                    "proposal",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="comments",
                        to="agreements.proposal",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.CheckConstraint(
                condition=models.Q(published__isnull=True, answered_at__isnull=True)
                | models.Q(published__isnull=False, answered_at__isnull=False),
                name="agreements_comment_answered_whole",
            ),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
