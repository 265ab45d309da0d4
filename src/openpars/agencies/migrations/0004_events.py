"""Events beside their entries in the log. A row is never changed and never goes; after a year it may lose what opens its
entry's commitments. Who may write and read them, the guard says (disclosure/sql/events.sql)."""

from django.db import migrations, models

ONLY_FORGOTTEN = """
CREATE FUNCTION agencies_event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND OLD.at < clock_timestamp() - interval '1 year'
     AND NEW."by" IS NULL AND NEW.source IS NULL AND NEW.about IS NULL AND NEW.salt IS NULL
     AND (NEW.id, NEW.kind, NEW.door, NEW.outcome, NEW.times, NEW.at, NEW.pending_id)
       = (OLD.id, OLD.kind, OLD.door, OLD.outcome, OLD.times, OLD.at, OLD.pending_id)
     AND NEW.agency_ori IS NOT DISTINCT FROM OLD.agency_ori THEN
    RETURN NEW;
  END IF;
  RAISE EXCEPTION 'events are append-only: % is refused', TG_OP USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER agencies_event_append_only BEFORE UPDATE OR DELETE ON agencies_event
  FOR EACH ROW EXECUTE FUNCTION agencies_event_stays();
CREATE TRIGGER agencies_event_no_truncate BEFORE TRUNCATE ON agencies_event
  FOR EACH STATEMENT EXECUTE FUNCTION agencies_event_stays();
"""


class Migration(migrations.Migration):
    dependencies = [("agencies", "0003_offices")]

    operations = [
        migrations.CreateModel(
            name="Event",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("kind", models.TextField()),
                ("door", models.TextField()),
                ("outcome", models.TextField()),
                ("agency_ori", models.TextField(null=True)),
                ("by", models.TextField(null=True)),
                ("source", models.TextField(null=True)),
                ("about", models.JSONField(null=True)),
                ("salt", models.BinaryField(null=True)),
                ("times", models.IntegerField(default=1)),
                ("at", models.DateTimeField()),
                ("pending_id", models.BigIntegerField(unique=True)),
            ],
            options={
                "indexes": [
                    models.Index(fields=["at"], name="agencies_event_at"),
                    models.Index(fields=["kind", "at"], name="agencies_event_kind"),
                    models.Index(fields=["by", "at"], name="agencies_event_by"),
                    models.Index(fields=["agency_ori", "at"], name="agencies_event_agency"),
                ],
            },
        ),
        migrations.CreateModel(
            name="EventCount",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "kind", "door", "minute_at", blank=True, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.TextField()),
                ("door", models.TextField()),
                ("minute_at", models.DateTimeField()),
                ("times", models.IntegerField()),
            ],
        ),
        migrations.RunSQL(ONLY_FORGOTTEN, migrations.RunSQL.noop),
    ]
