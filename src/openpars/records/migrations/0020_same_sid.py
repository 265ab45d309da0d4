"""Prints that come back with a number that somebody else on record has: the desk is told that, and nothing more."""

from django.db import migrations

from openpars.engine import roles

SAME = """
-- Whether an arrest of another person, one that an order has not left on the prosecutor's list alone, has the same SID.
CREATE FUNCTION records_same_sid(which uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (
        SELECT FROM records_arrest a JOIN records_person p ON p.id = a.person_id AND p.sid <> ''
        JOIN records_person o ON o.sid = p.sid AND o.sid <> '' AND o.id <> p.id
        JOIN records_arrest b ON b.person_id = o.id AND b.listed_only_at IS NULL
        WHERE a.id = which)
$$;
REVOKE ALL ON FUNCTION records_same_sid(uuid) FROM PUBLIC;
"""


def grant(apps, schema_editor):
    desk = roles.name(schema_editor.connection.settings_dict["NAME"], "desk")
    schema_editor.execute(f'GRANT EXECUTE ON FUNCTION records_same_sid(uuid) TO "{desk}"')


class Migration(migrations.Migration):
    dependencies = [("records", "0019_held_for_court")]

    operations = [
        migrations.RunSQL(SAME, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
