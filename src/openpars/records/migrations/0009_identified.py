"""What was merged and split, and why, is read through the views of permits, like every other thing about a person."""

from django.db import migrations

from openpars.engine import roles

COLUMNS = "id, verb, to_id, arrests, rationale, at, undone_at"


def grant(apps, schema_editor):
    views = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "views")}"'
    schema_editor.execute(f"GRANT SELECT ({COLUMNS}) ON records_identification TO {views}")


class Migration(migrations.Migration):
    dependencies = [("records", "0008_charges")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
