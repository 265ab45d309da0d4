"""A change of bail says why, and who decided it (Pa.R.Crim.P. 529, 536)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("records", "0012_commitment")]

    operations = [
        migrations.AddField("bail", "reason", models.TextField(blank=True, db_default="", default="")),
        migrations.AddField("bail", "decided_by", models.UUIDField(blank=True, null=True)),
    ]
