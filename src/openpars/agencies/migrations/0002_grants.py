"""What the role of the pages may touch: people and tokens to read, log-ins and sessions to write."""

from django.db import migrations

from openpars.engine import roles

GRANTS = (
    "GRANT SELECT ON agencies_agency, agencies_user, agencies_token TO {app}",
    # Django notes each log-in, and hashes a password anew when the hasher's cost was raised.
    "GRANT UPDATE (last_login, password) ON agencies_user TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO {app}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON"
    " axes_accessattempt, axes_accesslog, axes_accessfailurelog, axes_accessattemptexpiration TO {app}",
    "GRANT USAGE ON SEQUENCE"
    " axes_accessattempt_id_seq, axes_accesslog_id_seq, axes_accessfailurelog_id_seq TO {app}",
)


def grant(apps, schema_editor):
    app = roles.name(schema_editor.connection.settings_dict["NAME"], "app")
    for statement in GRANTS:
        schema_editor.execute(statement.format(app=f'"{app}"'))


class Migration(migrations.Migration):
    dependencies = [
        ("agencies", "0001_initial"),
        ("sessions", "0001_initial"),
        ("axes", "0010_accessattemptexpiration"),
    ]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
