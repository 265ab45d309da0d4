"""Who may touch agreements: the pages' role reads them, the gateway nothing. Only the owner's actions write.
What was signed stays as it was: a trigger refuses to rewrite a version, a permit or a change."""

from django.db import migrations

from openpars.engine import roles

KEEP = """
CREATE FUNCTION agreements_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'an agreement in force is not rewritten: % of % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'restrict_violation';
END $$;

CREATE FUNCTION agreements_refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF (to_jsonb(NEW) - 'suspended_at' - 'terminated_at') IS DISTINCT FROM
     (to_jsonb(OLD) - 'suspended_at' - 'terminated_at') THEN
    RAISE EXCEPTION 'only the standing of an agreement changes, never what it says'
      USING ERRCODE = 'restrict_violation';
  END IF;
  IF OLD.terminated_at IS NOT NULL THEN
    RAISE EXCEPTION 'an end is an end' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN NEW;
END $$;

CREATE TRIGGER agreements_version_kept BEFORE UPDATE ON agreements_agreementversion
  FOR EACH ROW EXECUTE FUNCTION agreements_refuse_rewriting();
CREATE TRIGGER agreements_version_not_deleted BEFORE DELETE ON agreements_agreementversion
  FOR EACH ROW EXECUTE FUNCTION agreements_refuse();
CREATE TRIGGER agreements_permit_kept BEFORE UPDATE OR DELETE ON agreements_permit
  FOR EACH ROW EXECUTE FUNCTION agreements_refuse();
CREATE TRIGGER agreements_change_kept BEFORE UPDATE OR DELETE ON agreements_change
  FOR EACH ROW EXECUTE FUNCTION agreements_refuse();
"""

UNDO = """
DROP FUNCTION agreements_refuse() CASCADE;
DROP FUNCTION agreements_refuse_rewriting() CASCADE;
"""


def grant(apps, schema_editor):
    """SELECT to the pages. The walled views' owner needs two columns of charges, for permits that show only
    arrests with an approved charge."""
    database = schema_editor.connection.settings_dict["NAME"]
    app, walled = (roles.name(database, kind) for kind in ("app", "walled"))
    schema_editor.execute(
        f'GRANT SELECT ON agreements_agreementversion, agreements_permit, agreements_change TO "{app}"'
    )
    schema_editor.execute(f'GRANT SELECT (arrest_id, status) ON records_charge TO "{walled}"')


class Migration(migrations.Migration):
    dependencies = [
        ("agreements", "0001_initial"),
        ("translog", "0001_initial"),
        ("records", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(KEEP, UNDO),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
