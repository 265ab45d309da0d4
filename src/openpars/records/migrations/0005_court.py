"""The court's own: who stands surety for nominal bail; and a clerk's verb may compare what is paid with what is due."""

from django.db import migrations, models

from openpars.engine import roles


def grant(apps, schema_editor):
    desk = roles.name(schema_editor.connection.settings_dict["NAME"], "desk")
    schema_editor.execute(f'GRANT SELECT (amount, percent) ON records_bail TO "{desk}"')


class Migration(migrations.Migration):
    dependencies = [("records", "0004_writing")]

    operations = [
        migrations.AddField("bail", "surety", models.TextField(blank=True, db_default="", default="")),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
