"""Limited access is of a docket: the arrest comes under it with the last of them."""

from django.db import migrations, models

from openpars.engine import roles

VERBS = "report_arrest amend_arrest decide_charge file_charges withdraw_charge enter_docket limit_access correct"


def grant(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    desk, walled = (roles.name(database, kind) for kind in ("desk", "walled"))
    run = schema_editor.execute
    run(f'GRANT SELECT (limited_access_at), UPDATE (limited_access_at) ON records_charge TO "{desk}"')
    # Permits of victims that show arrests with an approved charge alone count no closed one.
    run(f'GRANT SELECT (limited_access_at) ON records_charge TO "{walled}"')
    run("DROP TRIGGER traced ON records_charge")
    run(
        "CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON records_charge FOR EACH STATEMENT"
        f" WHEN (current_user = current_database() || '_desk') EXECUTE FUNCTION records_traced('{VERBS}')"
    )


class Migration(migrations.Migration):
    dependencies = [("records", "0017_first_step")]

    operations = [
        migrations.AddField("charge", "limited_access_at", models.DateTimeField(blank=True, null=True)),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
