"""The first step of custody is the arrest itself: where the time of the arrest was wrong, so was the step's."""

from django.db import migrations

FOLLOW = """
CREATE FUNCTION records_first_step() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE records_custodystatuschange SET changed_at = NEW.arrested_at
    WHERE arrest_id = NEW.id AND changed_at = OLD.arrested_at AND reason = 'arrest';
    RETURN NULL;
END $$;
CREATE TRIGGER first_step AFTER UPDATE OF arrested_at ON records_arrest FOR EACH ROW
    WHEN (OLD.arrested_at <> NEW.arrested_at) EXECUTE FUNCTION records_first_step();
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0016_direct_file")]

    operations = [migrations.RunSQL(FOLLOW, migrations.RunSQL.noop)]
