"""Permits of victims and witnesses may show only arrests with a charge held for court: the owner of their views reads what
that asks of a disposition, and no more."""

from django.db import migrations

from openpars.engine import roles


def grant(apps, schema_editor):
    walled = roles.name(schema_editor.connection.settings_dict["NAME"], "walled")
    schema_editor.execute(f'GRANT SELECT (id) ON records_charge TO "{walled}"')
    schema_editor.execute(f'GRANT SELECT (charge_id, outcome) ON records_disposition TO "{walled}"')


class Migration(migrations.Migration):
    dependencies = [("records", "0018_closed_dockets")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
