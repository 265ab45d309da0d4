"""An act on agreements that commits after its charter's last instant is refused, as an act on records is."""

from django.db import migrations

# No act of a person ends a charter: one that had the power has it at the commit, unless the time is over.
POWER_AT_COMMIT = """
CREATE CONSTRAINT TRIGGER power_at_commit AFTER INSERT ON public.agreements_act
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard.check_power()
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0015_event_of_an_account")]

    operations = [migrations.RunSQL(POWER_AT_COMMIT, "DROP TRIGGER power_at_commit ON public.agreements_act")]
