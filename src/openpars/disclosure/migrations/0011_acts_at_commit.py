"""An act at the log of looks that commits after its charter's last instant is refused, as an act on records is."""

from django.db import migrations

POWER_AT_COMMIT = """
CREATE CONSTRAINT TRIGGER power_at_commit AFTER INSERT ON public.disclosure_act
DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION guard.check_power()
"""


class Migration(migrations.Migration):
    dependencies = [("disclosure", "0010_erased_audits")]

    operations = [migrations.RunSQL(POWER_AT_COMMIT, "DROP TRIGGER power_at_commit ON public.disclosure_act")]
