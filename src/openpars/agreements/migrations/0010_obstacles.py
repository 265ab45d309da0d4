"""What the keeper could not do stands where people look, not in the journal alone."""

from django.db import migrations, models

from openpars.engine import roles


def read(apps, schema_editor):
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    schema_editor.execute(f'GRANT SELECT ON agreements_obstacle TO "{app}"')


class Migration(migrations.Migration):
    dependencies = [("agreements", "0009_told")]

    operations = [
        migrations.CreateModel(
            name="Obstacle",
            fields=[
                ("about", models.TextField(primary_key=True, serialize=False)),
                ("words", models.TextField()),
                ("began_at", models.DateTimeField()),
            ],
        ),
        migrations.RunPython(read, migrations.RunPython.noop),
    ]
