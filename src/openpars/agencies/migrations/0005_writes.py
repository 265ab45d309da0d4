"""Writing a record is an event too: which trace it stands for; and an erasure takes what opens it, at once."""

from django.db import migrations, models
from django.db.models.fields.json import KeyTextTransform

STAYS = """
CREATE OR REPLACE FUNCTION agencies_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND NEW.about IS NULL AND NEW.salt IS NULL
     AND (NEW.id, NEW.kind, NEW.door, NEW.outcome, NEW.times, NEW.at, NEW.pending_id)
       = (OLD.id, OLD.kind, OLD.door, OLD.outcome, OLD.times, OLD.at, OLD.pending_id)
     AND NEW.agency_ori IS NOT DISTINCT FROM OLD.agency_ori AND NEW.trace IS NOT DISTINCT FROM OLD.trace
     -- After a year all that opens it may go; what opens the writing of a record that is erased goes with that.
     AND (OLD.at < clock_timestamp() - interval '1 year' AND NEW."by" IS NULL AND NEW.source IS NULL
          OR OLD.trace IS NOT NULL AND NEW."by" IS NOT DISTINCT FROM OLD."by"
             AND NEW.source IS NOT DISTINCT FROM OLD.source) THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'events are append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0004_events")]

    operations = [
        migrations.AddField("event", "trace", models.BigIntegerField(null=True)),
        migrations.AddIndex(
            "event",
            models.Index(
                fields=["trace"], name="agencies_event_trace", condition=models.Q(trace__isnull=False)
            ),
        ),
        migrations.AddIndex(
            "event",
            models.Index(
                KeyTextTransform("arrest", "about"),
                name="agencies_event_arrest",
                condition=models.Q(trace__isnull=False),
            ),
        ),
        migrations.RunSQL(STAYS, migrations.RunSQL.noop),
    ]
