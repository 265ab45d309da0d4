"""Whether an arrest is a juvenile's is told by the database itself, whenever what it follows from changes: the birth, the
offense, the arrest, whose arrest it is. A verb that forgot would leave a child's record on adults' lists."""

from django.db import migrations

from openpars.engine import roles

TELL = """
-- Under 18 on the city's day of the offense, or of the arrest where its time is not known. Where the birth is not known,
-- what was told stands.
CREATE FUNCTION records_tell_juveniles(arrests uuid[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE records_arrest a SET juvenile = t.minor
    FROM (SELECT b.id, p.birth_date > (coalesce(i.occurred_at, b.arrested_at) AT TIME ZONE guard.city_zone())::date
              - interval '18 years' AS minor
          FROM records_arrest b JOIN records_person p ON p.id = b.person_id
          LEFT JOIN records_incident i ON i.id = b.incident_id
          WHERE b.id = ANY (arrests) AND p.birth_date IS NOT NULL) t
    WHERE a.id = t.id AND a.juvenile IS DISTINCT FROM t.minor;
END $$;

-- Set-based, so that a bulk load pays for one join. What a file tells of a juvenile is not made less.
CREATE FUNCTION records_juveniles_added() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM records_tell_juveniles(ARRAY(SELECT n.id FROM fresh n WHERE NOT n.juvenile));
    RETURN NULL;
END $$;
CREATE TRIGGER juveniles_added AFTER INSERT ON records_arrest
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION records_juveniles_added();

CREATE FUNCTION records_juveniles_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM records_tell_juveniles(ARRAY(SELECT a.id FROM records_arrest a WHERE NEW.id = CASE TG_TABLE_NAME
        WHEN 'records_person' THEN a.person_id WHEN 'records_incident' THEN a.incident_id ELSE a.id END));
    RETURN NULL;
END $$;
CREATE TRIGGER juveniles_born AFTER UPDATE OF birth_date ON records_person
    FOR EACH ROW WHEN (OLD.birth_date IS DISTINCT FROM NEW.birth_date) EXECUTE FUNCTION records_juveniles_changed();
CREATE TRIGGER juveniles_offended AFTER UPDATE OF occurred_at ON records_incident
    FOR EACH ROW WHEN (OLD.occurred_at IS DISTINCT FROM NEW.occurred_at) EXECUTE FUNCTION records_juveniles_changed();
CREATE TRIGGER juveniles_moved AFTER UPDATE OF person_id, incident_id, arrested_at ON records_arrest
    FOR EACH ROW WHEN (OLD.person_id <> NEW.person_id OR OLD.incident_id IS DISTINCT FROM NEW.incident_id
        OR OLD.arrested_at <> NEW.arrested_at) EXECUTE FUNCTION records_juveniles_changed();
REVOKE ALL ON FUNCTION records_tell_juveniles(uuid[]) FROM PUBLIC;
DROP FUNCTION records_is_minor(uuid, date);

-- In a database without records the city's zone need not be known yet.
DO $$ BEGIN
    IF EXISTS (SELECT FROM records_arrest) THEN
        PERFORM records_tell_juveniles(ARRAY(SELECT a.id FROM records_arrest a WHERE NOT a.juvenile));
    END IF;
END $$;
"""


def revoke(apps, schema_editor):
    desk = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "desk")}"'
    schema_editor.execute(f"REVOKE UPDATE (juvenile) ON records_arrest FROM {desk}")


class Migration(migrations.Migration):
    dependencies = [("records", "0010_standing")]

    operations = [
        migrations.RunSQL(TELL, migrations.RunSQL.noop),
        migrations.RunPython(revoke, migrations.RunPython.noop),
    ]
