"""An act that commits after its charter's last instant is refused, as a disclosure is: the power is asked for again at
the commit, however long the act took."""

from django.db import migrations

POWER_AT_COMMIT = """
CREATE CONSTRAINT TRIGGER power_at_commit AFTER INSERT ON public.records_trace
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (current_user = current_database() || '_desk')
EXECUTE FUNCTION guard.check_power()
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0008_feed"), ("records", "0008_charges")]

    operations = [
        migrations.RunSQL(POWER_AT_COMMIT, "DROP TRIGGER power_at_commit ON public.records_trace"),
    ]
