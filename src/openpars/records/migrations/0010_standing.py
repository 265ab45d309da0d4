"""Where an arrest stands is found without walking its history: the latest state of custody stands on the arrest, kept in
step by the database itself."""

from django.db import migrations, models
from django.db.models import Q

# Set-based, so that a bulk load pays for one join. As the owner: no desk may write the column.
KEEP = """
CREATE FUNCTION records_custody_now() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    UPDATE records_arrest a SET custody_now = k.state
    FROM (SELECT DISTINCT ON (k.arrest_id) k.arrest_id, k.state FROM records_custodystatuschange k
          WHERE k.arrest_id IN (SELECT n.arrest_id FROM fresh n)
          ORDER BY k.arrest_id, k.changed_at DESC, k.id DESC) k
    WHERE a.id = k.arrest_id AND a.custody_now IS DISTINCT FROM k.state;
    RETURN NULL;
END $$;
CREATE TRIGGER custody_now AFTER INSERT ON records_custodystatuschange
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION records_custody_now();

UPDATE records_arrest a SET custody_now = k.state
FROM (SELECT DISTINCT ON (k.arrest_id) k.arrest_id, k.state FROM records_custodystatuschange k
      ORDER BY k.arrest_id, k.changed_at DESC, k.id DESC) k
WHERE a.id = k.arrest_id;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0009_identified")]

    operations = [
        migrations.AddField("arrest", "custody_now", models.TextField(null=True, editable=False)),
        migrations.RunSQL(KEEP, migrations.RunSQL.noop),
        migrations.AddIndex(
            "arrest",
            models.Index(fields=["custody_now"], name="arrest_held", condition=~Q(custody_now="released")),
        ),
    ]
