"""Who owns and who may read the tables: records for the owner of views, victims and witnesses behind the wall;
nothing for the log-in roles of the doors. And two rules that one row cannot check."""

from django.db import migrations

from openpars.engine import roles

# An arrest before birth is a mistyped date: refused for one row and for a million at once (set-based, so that a
# bulk load pays for one join and not for a look-up a row).
NOT_BEFORE_BIRTH = """
CREATE FUNCTION records_arrest_not_before_birth() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh a JOIN records_person p ON p.id = a.person_id
             WHERE a.arrested_at < p.birth_date::timestamp AT TIME ZONE 'UTC') THEN
    RAISE EXCEPTION 'an arrest cannot be earlier than the birth of the person arrested'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'arrest_not_before_birth';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER arrest_not_before_birth_new AFTER INSERT ON records_arrest
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION records_arrest_not_before_birth();
CREATE TRIGGER arrest_not_before_birth_changed AFTER UPDATE ON records_arrest
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION records_arrest_not_before_birth();

CREATE FUNCTION records_birth_not_after_arrest() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF EXISTS (SELECT FROM fresh p JOIN records_arrest a ON a.person_id = p.id
             WHERE a.arrested_at < p.birth_date::timestamp AT TIME ZONE 'UTC') THEN
    RAISE EXCEPTION 'an arrest cannot be earlier than the birth of the person arrested'
      USING ERRCODE = 'check_violation', CONSTRAINT = 'arrest_not_before_birth';
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER birth_not_after_arrest AFTER UPDATE ON records_person
  REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION records_birth_not_after_arrest();

-- What somebody did is not edited afterwards.
CREATE FUNCTION records_trace_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'a trace is append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER records_trace_append_only BEFORE UPDATE OR DELETE ON records_trace
  FOR EACH ROW EXECUTE FUNCTION records_trace_refuse();
"""

TABLES = (
    "records_person", "records_incident", "records_arrest", "records_charge", "records_custodystatuschange",
    "records_bail", "records_preliminaryarraignment", "records_disposition",
)


def grant(apps, schema_editor):
    database = schema_editor.connection.settings_dict["NAME"]
    views, walled = (f'"{roles.name(database, kind)}"' for kind in ("views", "walled"))
    schema_editor.execute(f"GRANT SELECT ON {', '.join(TABLES)} TO {views}")
    # Views of victims and witnesses decide rows by the arrest, and name its person by a pseudonym only.
    schema_editor.execute(f"GRANT SELECT ON records_arrest, records_incident TO {walled}")
    schema_editor.execute(f"GRANT SELECT (id, commitment_key, invented) ON records_person TO {walled}")
    schema_editor.execute(f"ALTER TABLE walled.victim OWNER TO {walled}")
    schema_editor.execute(f"ALTER TABLE walled.witness OWNER TO {walled}")


class Migration(migrations.Migration):
    dependencies = [("records", "0001_initial")]

    operations = [
        migrations.RunSQL(NOT_BEFORE_BIRTH, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
