"""A second hand vouches for a key: whoever registered it may have drafted what it signs."""

from django.db import migrations, models

KEPT = """
DROP TRIGGER kept ON agreements_partykey;
CREATE TRIGGER kept BEFORE UPDATE ON agreements_partykey
FOR EACH ROW EXECUTE FUNCTION agreements_refuse_but('revoked_at', 'vouched_by', 'vouched_at');
"""


class Migration(migrations.Migration):
    dependencies = [("agreements", "0011_plain")]

    operations = [
        migrations.AddField("partykey", "vouched_by", models.UUIDField(null=True)),
        migrations.AddField("partykey", "vouched_at", models.DateTimeField(null=True)),
        migrations.AddConstraint(
            "partykey",
            models.CheckConstraint(
                condition=models.Q(vouched_by__isnull=True, vouched_at__isnull=True)
                | models.Q(vouched_by__isnull=False, vouched_at__isnull=False),
                name="agreements_key_vouched_whole",
            ),
        ),
        migrations.RunSQL(KEPT, migrations.RunSQL.noop),
    ]
