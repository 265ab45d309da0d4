"""Juveniles who are charged as adults: on which ground, and that a parent was told of the hearing."""

from django.db import migrations, models

from openpars.engine import roles


def grant(apps, schema_editor):
    desk = roles.name(schema_editor.connection.settings_dict["NAME"], "desk")
    schema_editor.execute(f'GRANT SELECT (direct_file), UPDATE (direct_file) ON records_arrest TO "{desk}"')


class Migration(migrations.Migration):
    dependencies = [("records", "0015_erased")]

    operations = [
        migrations.AddField("arrest", "direct_file", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField(
            "preliminaryarraignment", "parents_told", models.TextField(blank=True, db_default="", default="")
        ),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
