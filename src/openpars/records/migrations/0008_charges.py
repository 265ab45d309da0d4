"""A charge ends once; how it ended can be corrected; and police may put a recommended charge in place of another."""

from django.db import migrations, models
from django.db.models import F, Q

from openpars.engine import roles

# What was is kept of a disposition too: it belongs to the arrest of its charge.
KEEP = """
CREATE OR REPLACE FUNCTION records_keep_was() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    earlier jsonb := to_jsonb(OLD);
    later jsonb := to_jsonb(NEW);
    was jsonb;
    became jsonb;
BEGIN
    SELECT jsonb_object_agg(k, earlier -> k), jsonb_object_agg(k, later -> k) INTO was, became
    FROM unnest(string_to_array(TG_ARGV[0], ', ')) k WHERE earlier -> k IS DISTINCT FROM later -> k;
    IF was IS NOT NULL THEN
        INSERT INTO records_correction (relation, row, person_id, arrest_id, was, became, why, at, trace_id)
        VALUES (substr(TG_TABLE_NAME, 9), NEW.id,
            CASE TG_TABLE_NAME WHEN 'records_person' THEN NEW.id ELSE (later ->> 'person_id')::uuid END,
            CASE TG_TABLE_NAME WHEN 'records_arrest' THEN NEW.id
                WHEN 'records_disposition' THEN
                    (SELECT c.arrest_id FROM records_charge c WHERE c.id = (later ->> 'charge_id')::uuid)
                ELSE (later ->> 'arrest_id')::uuid END,
            was, became, coalesce(current_setting('records.why', true), ''), clock_timestamp(),
            nullif(current_setting('records.trace', true), '')::bigint);
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER keep_was AFTER UPDATE OF outcome, disposed_on ON records_disposition FOR EACH ROW
    EXECUTE FUNCTION records_keep_was('outcome, disposed_on');
DROP TRIGGER traced ON records_disposition;
CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON records_disposition FOR EACH STATEMENT
    WHEN (current_user = current_database() || '_desk')
    EXECUTE FUNCTION records_traced('dispose report_disposition correct');
"""


def grant(apps, schema_editor):
    desk = f'"{roles.name(schema_editor.connection.settings_dict["NAME"], "desk")}"'
    # How a charge ended, as its state: a second end is refused by it.
    schema_editor.execute(f"GRANT SELECT (outcome), UPDATE (outcome, disposed_on) ON records_disposition TO {desk}")


class Migration(migrations.Migration):
    dependencies = [("records", "0007_drafts")]

    operations = [
        migrations.RemoveConstraint("charge", "charge_only_filed_follows"),
        migrations.AddConstraint(
            "charge",
            models.CheckConstraint(
                condition=Q(follows__isnull=True) | ~Q(follows=F("id")), name="charge_follows_another"
            ),
        ),
        migrations.AddConstraint(
            "disposition",
            models.UniqueConstraint(
                fields=["charge"], condition=~Q(outcome="Held for court"), name="charge_ends_once"
            ),
        ),
        migrations.AddConstraint(
            "disposition",
            models.UniqueConstraint(
                fields=["charge"], condition=Q(outcome="Held for court"), name="charge_held_for_court_once"
            ),
        ),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
