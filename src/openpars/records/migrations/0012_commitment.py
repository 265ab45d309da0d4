"""No desk commits anybody by saying so: to commit is a magistrate's verb, and the database holds to it."""

from django.db import migrations

HOLD = """
-- Whoever was committed before comes back from the hospital or from court.
CREATE FUNCTION records_commitment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM records_trace t WHERE t.id = nullif(current_setting('records.trace', true), '')::bigint
          AND t.verb IN ('hold_arraignment', 'set_bail'))
       AND NOT EXISTS (SELECT FROM records_custodystatuschange k
                       WHERE k.arrest_id = NEW.arrest_id AND k.state = 'committed') THEN
        RAISE EXCEPTION 'only a magistrate commits' USING ERRCODE = 'OP011';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER commitment BEFORE INSERT ON records_custodystatuschange FOR EACH ROW
    WHEN (NEW.state = 'committed' AND current_user = current_database() || '_desk')
    EXECUTE FUNCTION records_commitment();
"""

SET_BAIL = """
DROP TRIGGER traced ON records_custodystatuschange;
CREATE TRIGGER traced BEFORE INSERT OR UPDATE OR DELETE ON records_custodystatuschange FOR EACH STATEMENT
    WHEN (current_user = current_database() || '_desk')
    EXECUTE FUNCTION records_traced('report_arrest change_custody hold_arraignment set_bail post_bail');
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0011_juveniles")]

    operations = [
        migrations.RunSQL(HOLD, migrations.RunSQL.noop),
        migrations.RunSQL(SET_BAIL, migrations.RunSQL.noop),
    ]
